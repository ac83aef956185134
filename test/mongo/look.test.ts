import type { Document, MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Deployment } from '../../src/mongo/deployment.ts';
import { look } from '../../src/mongo/look.ts';
import { lookAfter } from '../../src/mongo/look-again.ts';

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

interface Clock {
  /** How far it is ahead, and how long `hello` takes to the server and back, in ms. */
  readonly ahead?: number;
  readonly there?: number;
  readonly back?: number;
}

/** A member that has no sessions, and notes what it is asked. */
function aClient(hangs: boolean, { ahead = 0, there = 0, back = 0 }: Clock = {}) {
  const asked: string[] = [];
  const command = async (given: Document): Promise<Document> => {
    asked.push(Object.keys(given)[0] ?? '');
    if ('hello' in given) {
      await sleep(there);
      const localTime = new Date(Date.now() + ahead);
      await sleep(back);
      return { ok: 1, isWritablePrimary: true, localTime, hosts: ['m1'] };
    }
    if (hangs) await new Promise(() => undefined);
    return { cursor: { id: 0n, ns: 'config.system.sessions', firstBatch: [] as Uint8Array[] } };
  };
  const client = {
    db: () => ({ command }),
    startSession: () => ({ endSession: async () => undefined }),
  } as unknown as MongoClient;
  return { client, asked };
}

const sleep = (millis: number): Promise<void> =>
  millis === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, millis));

function aSetOf(clients: readonly MongoClient[]): Deployment {
  return {
    topology: 'replica-set',
    primary: clients[0],
    members: clients.map((client, at) => ({ address: `m${at + 1}`, client, error: undefined })),
    wordsOf: (error: unknown) => (error as Error).message,
    failureOf: (error: unknown) => error,
  } as unknown as Deployment;
}

test.each([
  { primary: {}, member: { there: 2000 } },
  { primary: {}, member: { back: 2000 } },
  { primary: { there: 2000 }, member: {} },
  { primary: { back: 2000 }, member: { there: 1000, back: 500 } },
])(
  'a member is never said to be further ahead than it is, however slow the network: %j',
  async ({ primary, member }) => {
    const ahead = 90_000;
    const looking = look(
      aSetOf([aClient(false, primary).client, aClient(false, { ...member, ahead }).client]),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    const behind = (await looking).members[1]?.behind ?? 0;
    expect(-behind).toBeLessThanOrEqual(ahead);
    // Nor is it taken for one whose clock is right.
    expect(-behind).toBeGreaterThan(ahead - 5000);
  },
);

test('a member that is waited for in vain is told as such, and is not asked again', async () => {
  const [m1, m2] = [aClient(false), aClient(true)];
  const deployment = aSetOf([m1.client, m2.client]);

  const looking = look(deployment);
  await vi.advanceTimersByTimeAsync(120_000);
  const first = await looking;
  expect([...first.errors]).toEqual([['m2', expect.stringContaining('no answer to its operations')]]);
  expect([...first.hanging]).toEqual(['m2']);
  expect(first.members.map(({ sessions }) => sessions)).toEqual([[], undefined]);

  m2.asked.length = 0;
  const second = await lookAfter(deployment, [], 0, { lost: first.errors });
  expect([...second.errors]).toEqual([...first.errors]);
  expect(second.hanging.size).toBe(0);
  expect(second.members.map(({ held }) => held)).toEqual([[], undefined]);
  expect(m2.asked).toEqual([]);
});
