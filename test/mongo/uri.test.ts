import { describe, expect, test } from 'vitest';
import { readUri } from '../../src/mongo/uri.ts';

const refusalOf = async (uri: string): Promise<unknown> =>
  readUri({ uriFile: undefined, env: { REAPER_MONGODB_URI: uri } }).catch((error: unknown) => error);

describe('a connection string that is none is told why, in words that quote nothing', () => {
  test.each([
    [' ', 'nothing is written there'],
    ['hello', 'it does not begin with mongodb:// or mongodb+srv://'],
    ['http://h:1/', 'it does not begin with mongodb:// or mongodb+srv://'],
    ['mongodb://', 'no host is named'],
    ['mongodb://u:p@/?tls=true', 'no host is named'],
    ['mongodb://u:p%zz@h/', 'a % without two hex digits after it; write %25 for a % itself'],
    ['mongodb://u:p@h:1/ x', 'a line break or a space in it; one line is expected, and nothing else'],
    ['mongodb://:p@h/', 'a password without a user before it'],
    ['mongodb+srv://u:p@h.example.net:1/', 'a port in mongodb+srv'],
    ['mongodb://u:p@[x/', 'what stands for a host is none; perhaps the @ before the hosts is missing'],
  ])('%s', async (uri, words) => {
    expect(await refusalOf(uri)).toMatchObject({
      code: 'uri-invalid',
      message: `REAPER_MONGODB_URI: this is not a MongoDB connection string (${words})`,
    });
  });

  test.each([
    'mongodb://h',
    'mongodb://h:1,i:2/?replicaSet=rs',
    'mongodb://u:p%25@h/db',
    'mongodb+srv://u:123@h.example.net/',
    'mongodb+srv://u:p@h.example.net/?tls=true',
  ])('%s is one', async (uri) => {
    expect(await refusalOf(uri)).toBe(uri);
  });
});
