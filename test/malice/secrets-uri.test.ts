import { describe, expect, test } from 'vitest';
import { messageOf } from '../../src/mongo/connect.ts';
import { callReaper } from '../support/reaper.ts';
import { encoded, marked, nowhere, password, writtenBy } from './marked-secrets.ts';

const broken: Record<string, string> = {
  'an @ in the password': `mongodb://u:a@mArKeD@${nowhere}/`,
  'an @ and a slash in it': `mongodb://u:a@mArKeD/b@${nowhere}/`,
  'an @ and a question mark in it': `mongodb://u:a@mArKeD?b=mArKeD@${nowhere}/`,
  'a colon in it': `mongodb://u:a:mArKeD@${nowhere}/`,
  'a slash in it': `mongodb://u:mArKeD/mArKeD@${nowhere}/`,
  'a number and a slash in it': `mongodb://u:1234/mArKeD@${nowhere}/`,
  'a question mark in it': `mongodb://u:mArKeD?mArKeD@${nowhere}/`,
  'a hash in it': `mongodb://u:mArKeD#mArKeD@${nowhere}/`,
  'a percent sign in it': `mongodb://u:mArKeD%mArKeD@${nowhere}/`,
  'brackets in it': `mongodb://u:[mArKeD]@${nowhere}/`,
  'a comma in it, and an @': `mongodb://u:a@mArKeD,mArKeD@${nowhere}/`,
  'a line end in it': `mongodb://u:mArKeD\nmArKeD@${nowhere}/`,
  'a space in it': `mongodb://u:mArKeD mArKeD@${nowhere}/`,
  'two of them, one a line': `mongodb://u:a@${nowhere}/\nmongodb://u:mArKeD@${nowhere}/`,
  'another behind a comment': `mongodb://u:a@${nowhere}/ # was mArKeD`,
  'no user': `mongodb://:mArKeD@${nowhere}/`,
  'no @': `mongodb://u:mArKeD/`,
  'an encoded @': `mongodb://u:mArKeD%40${nowhere}/`,
  'no host': `mongodb://u:mArKeD@/`,
  'no host at all': `mongodb://u:mArKeD@`,
  'a port that is none': `mongodb://u:mArKeD@h:mArKeD/`,
  'brackets that do not close': `mongodb://u:mArKeD@[::1/`,
  'another protocol': `http://u:mArKeD@${nowhere}/`,
  'no protocol': `u:mArKeD@${nowhere}`,
  'srv with a port': `mongodb+srv://u:mArKeD@a.example:27017/`,
  'srv with an @ too many': `mongodb+srv://u:a@mArKeD@a.b.example/`,
  'an option cut in two by an &': `mongodb://u:${encoded}@${nowhere}/?tlsCertificateKeyFilePassword=a&mArKeD`,
  'an option cut in two by an & and a =': `mongodb://u:p@${nowhere}/?proxyHost=h&proxyPassword=a&mArKeD=b`,
  'a token cut in two': `mongodb://u:p@${nowhere}/?authMechanismProperties=AWS_SESSION_TOKEN:a&mArKeD`,
  'a token for another mechanism': `mongodb://u:p@${nowhere}/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:mArKeD`,
  'a token that is no pair': `mongodb://u:${encoded}@${nowhere}/?authMechanismProperties=mArKeD`,
  'a password where none may be': `mongodb://u:${encoded}@${nowhere}/?authMechanism=MONGODB-X509`,
  'AWS keys where none may be': `mongodb://u:${encoded}@${nowhere}/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:mArKeD`,
  'a secret twice': `mongodb://u:p@${nowhere}/?proxyPassword=mArKeD&proxyPassword=mArKeD2`,
  'a proxy’s secret without a proxy': `mongodb://u:p@${nowhere}/?proxyPassword=mArKeD`,
  'a proxy without a port': `mongodb://u:p@${nowhere}/?proxyHost=h&proxyPort=x&proxyPassword=mArKeD`,
  'TLS both on and off': `mongodb://u:${encoded}@${nowhere}/?tls=true&ssl=false&tlsCertificateKeyFilePassword=mArKeD`,
  'the password as an option': `mongodb://u@${nowhere}/?password=mArKeD`,
  'a file that is not there': `mongodb://u:${encoded}@${nowhere}/?tls=true&tlsCAFile=/nowhere&tlsCertificateKeyFilePassword=mArKeD`,
  'a file that is a folder': `mongodb://u:${encoded}@${nowhere}/?tls=true&tlsCertificateKeyFile=/tmp&tlsCertificateKeyFilePassword=mArKeD`,
};

describe('a connection string with', () => {
  test.each(Object.entries(broken))('%s is refused, and no part of a secret shown', async (_name, uri) => {
    for (const argv of [['list'], ['run', '--json'], ['check']]) {
      for (const { code, all } of await writtenBy(argv, uri)) {
        expect([1, 2]).toContain(code);
        expect(all).not.toMatch(marked);
        expect(all).not.toMatch(/unexpected error|\n\s+at /);
      }
    }
  });
});

test('a secret is replaced in every way in which it may be written', () => {
  const token = `mArKeD/token+==`;
  const uri = `mongodb://u:${encoded}@h/?tlsCertificateKeyFilePassword=${encoded}2&authMechanismProperties=AWS_SESSION_TOKEN:${encodeURIComponent(token)},A:b&proxyPassword=${encoded}3`;
  const words = [uri, password, encoded, `${password}2`, `${encoded}3`, token, encodeURIComponent(token)];
  for (const word of words) expect(messageOf(new Error(`a ${word} b`), uri)).not.toMatch(marked);
  expect(messageOf(new Error('a word'), 'mongodb://u:wor@h/')).toBe('a word');
});

describe('as an argument', () => {
  const uri = `mongodb://u:mArKeD@${nowhere}/`;
  test.each<[string, string[]]>([
    ['a file', ['list', '--uri-file', uri]],
    ['a file of another option', ['run', '--policy', uri]],
    ['a folder', ['locks', '--state-dir', uri]],
    ['an option that does not exist', ['list', `--uri=${uri}`]],
    ['an argument that no command takes', ['list', uri]],
    ['a user', ['explain', uri]],
    ['a user to lock', ['lock', uri, '--for', '1h', '--reason', 'r']],
    ['a reason', ['lock', 'alice@admin', '--for', '1h', '--reason', `found ${uri}`]],
    ['a command', [uri]],
    ['a password with a slash in it', ['list', '--uri-file', `mongodb+srv://u:a/mArKeD@h/`]],
  ])('%s: refused, and not shown', async (_name, argv) => {
    const { code, stdout, stderr } = await callReaper(argv);
    expect([code, marked.exec(stdout + stderr)]).toEqual([2, null]);
    expect(stderr).toContain('change that password');
  });
});
