import { setTimeout as sleep } from 'node:timers/promises';
import { Long, MongoClient, type Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { readBatches, readDocuments, readRaw, type RawQuery } from '../../src/mongo/raw-cursor.ts';
import { startScriptedServer } from '../support/mongos/scripted-server.ts';
import { aServer } from './a-server.ts';

const query: RawQuery = {
  db: 'config',
  of: 'system.sessions',
  pipeline: [],
  batchSize: 1000,
  what: 'the listing',
  deadline: 60_000,
};

/** A client whose server answers with these rows for ever; it has been asked so many times. */
function endless(batch: readonly Uint8Array[]) {
  let asked = 0;
  const command = (): Promise<Document> => {
    asked++;
    return Promise.resolve({ cursor: { id: 1n, ns: 'config.system.sessions', nextBatch: batch } });
  };
  const startSession = () => ({ endSession: () => Promise.resolve() });
  return { client: { db: () => ({ command }), startSession } as unknown as MongoClient, asked: () => asked };
}

const gigabyte = 2 ** 30;
const megabytes = Array.from({ length: 1000 }, () => new Uint8Array(10_000));

describe('rows without end are an error', () => {
  test('where they are kept, before they fill the memory', async () => {
    const { client, asked } = endless(megabytes);
    await expect(readRaw(client, query, (row) => row)).rejects.toMatchObject({
      code: 'malformed-answer',
      message: 'the server’s listing has no end',
    });
    expect(asked() * 10e6).toBeLessThan(3 * gigabyte);
  });

  test('where they are passed on, after more than any deployment has', async () => {
    const { client, asked } = endless(megabytes);
    let passed = 0;
    const take = (rows: readonly unknown[]) => void (passed += rows.length);
    await expect(readBatches(client, query, () => 0, take)).rejects.toMatchObject({
      code: 'malformed-answer',
    });
    expect(asked() * 10e6).toBeGreaterThan(4 * gigabyte);
    expect(passed).toBe((asked() - 1) * 1000);
  });

  test('also where they are small: each takes room', async () => {
    const { client } = endless(Array.from({ length: 1_000_000 }, () => new Uint8Array(5)));
    let passed = 0;
    const take = (rows: readonly unknown[]) => void (passed += rows.length);
    await expect(readBatches(client, query, () => 0, take)).rejects.toThrow('has no end');
    expect(passed).toBeGreaterThan(20_000_000);
    expect(passed).toBeLessThan(100_000_000);
  });

  test('and batches without rows, but for some of them', async () => {
    const { client, asked } = endless([]);
    await expect(readRaw(client, query, (row) => row)).rejects.toThrow('has no end and no rows');
    expect(asked()).toBe(101);
  });
});

test('a reading that took too long goes on no longer', async () => {
  let asked = 0;
  const server = await startScriptedServer(
    aServer({
      aggregate: { cursor: { id: Long.ONE, ns: 'config.system.sessions', firstBatch: [{ a: 1 }] } },
      getMore: () => {
        asked++;
        return { cursor: { id: Long.ONE, ns: 'config.system.sessions', nextBatch: [{ a: 1 }] } };
      },
    }),
  );
  const client = new MongoClient(server.uri);
  try {
    const reading = readDocuments(client, { ...query, deadline: 300 }, (row) => row);
    await expect(reading).rejects.toThrow('no answer to the listing within 0.3 s');
    await sleep(50);
    const then = asked;
    await sleep(200);
    expect([then > 0, asked]).toEqual([true, then]);
  } finally {
    await client.close();
    await server.stop();
  }
});

describe('the next rows are asked for before these are read', () => {
  /** Two batches of one row; `next` is what comes of the second. */
  function twoBatches(next: () => Promise<Document>) {
    const steps: string[] = [];
    const command = (sent: Document): Promise<Document> => {
      steps.push(Object.keys(sent)[0] ?? '');
      if ('getMore' in sent) return next();
      return Promise.resolve({ cursor: { id: 1n, ns: 'config.a.b', firstBatch: [new Uint8Array(5)] } });
    };
    const startSession = () => ({ endSession: () => Promise.resolve() });
    const client = { db: () => ({ command }), startSession } as unknown as MongoClient;
    return { client, steps };
  }

  test('so that the server finds them meanwhile', async () => {
    const last = { cursor: { id: 0n, ns: 'config.a.b', nextBatch: [new Uint8Array(5)] } };
    const { client, steps } = twoBatches(() => Promise.resolve(last));
    await readRaw(client, query, () => steps.push('read'));
    expect(steps).toEqual(['aggregate', 'getMore', 'read', 'read']);
  });

  test('and nobody waits for them where a row is malformed, whatever comes of them', async () => {
    const { client } = twoBatches(() => Promise.reject(new Error('cursor not found')));
    const malformed = () => {
      throw new RangeError('malformed');
    };
    await expect(readRaw(client, query, malformed)).rejects.toThrow('malformed');
    // What was not caught would fail the test now.
    await sleep(10);
  });

  test('but not of a cursor that is none', async () => {
    const { client, steps } = twoBatches(() => Promise.resolve({ cursor: { id: 1, nextBatch: [] } }));
    await expect(readRaw(client, query, () => 0)).rejects.toMatchObject({ code: 'malformed-answer' });
    expect(steps).toEqual(['aggregate', 'getMore']);
  });
});
