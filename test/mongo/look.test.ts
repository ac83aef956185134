import type { Document, MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Deployment } from '../../src/mongo/deployment.ts';
import { look } from '../../src/mongo/look.ts';

/*
 * The members are stand-ins: a server that answers `hello` and then nothing for two minutes, as where only small
 * packets pass, cannot be waited for here.
 */

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A member that has no sessions, and notes what it is asked. */
function aClient(hangs: boolean) {
  const asked: string[] = [];
  const command = async (given: Document): Promise<Document> => {
    asked.push(Object.keys(given)[0] ?? '');
    if ('hello' in given) return { ok: 1, isWritablePrimary: true, localTime: new Date(), hosts: ['m1'] };
    if (hangs) await new Promise(() => undefined);
    return { cursor: { id: 0n, ns: 'config.system.sessions', firstBatch: [] as Uint8Array[] } };
  };
  const client = {
    db: () => ({ command }),
    startSession: () => ({ endSession: async () => undefined }),
  } as unknown as MongoClient;
  return { client, asked };
}

test('a member that is waited for in vain is told as such, and is not asked again', async () => {
  const [m1, m2] = [aClient(false), aClient(true)];
  const members = [m1, m2].map(({ client }, at) => ({ address: `m${at + 1}`, client, error: undefined }));
  const deployment = {
    topology: 'replica-set',
    primary: m1.client,
    members,
    wordsOf: (error: unknown) => (error as Error).message,
    failureOf: (error: unknown) => error,
  } as unknown as Deployment;

  const looking = look(deployment);
  await vi.advanceTimersByTimeAsync(120_000);
  const first = await looking;
  expect([...first.errors]).toEqual([['m2', expect.stringContaining('no answer to its operations')]]);
  expect([...first.hanging]).toEqual(['m2']);
  expect(first.members.map(({ sessions }) => sessions)).toEqual([[], undefined]);

  m2.asked.length = 0;
  const second = await look(deployment, { lost: first.errors });
  expect([...second.errors]).toEqual([...first.errors]);
  expect(second.hanging.size).toBe(0);
  expect(second.members.map(({ held }) => held)).toEqual([[], undefined]);
  expect(m2.asked).toEqual([]);
});
