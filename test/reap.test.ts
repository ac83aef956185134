import { Binary, BSON, UUID, type Document, type MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { noAuditLog } from '../src/audit/audit-log.ts';
import type { Deployment } from '../src/mongo/deployment.ts';
import type { EndedSession } from '../src/plan/already-ended.ts';
import { parsePolicy } from '../src/policy/load.ts';
import { reap, type ReapInput } from '../src/reap.ts';
import { idOf, lsidOf, minute, now, uidOf } from './support/builders.ts';

/*
 * The servers are stand-ins for what the driver would bring: more sessions than a test could make on real ones, and
 * ended ones that stay listed for minutes while a member is silent.
 */

const owner = 'alice@admin';

/** A record of the collection: the session of this number, used so long ago. */
function aRecord(number: number, ago: number): Document {
  const uid = new Binary(Buffer.from(uidOf(owner), 'base64'));
  return { _id: { id: new UUID(idOf(number)), uid }, lastUse: new Date(now - ago), user: { name: owner } };
}

/** A primary whose collection has these records; nothing runs there, and it answers nothing while it is `down`. */
function aPrimary(records: readonly Document[]) {
  const state = { down: false };
  const rows = records.map((record) => BSON.serialize(record));
  const command = async (given: Document): Promise<Document> => {
    if (state.down) throw new Error('down');
    if ('hello' in given) return { ok: 1, isWritablePrimary: true, localTime: new Date(now), hosts: ['m1'] };
    const firstBatch = given['aggregate'] === 'system.sessions' ? rows : [];
    return { cursor: { id: 0n, ns: 'config.system.sessions', firstBatch } };
  };
  const client = {
    db: () => ({ command }),
    startSession: () => ({ endSession: async () => undefined }),
  } as unknown as MongoClient;
  return { client, state };
}

/** A set of this primary and of members that do not answer. */
function aSet(client: MongoClient, silent: readonly string[] = []): Deployment {
  return {
    topology: 'replica-set',
    name: 'rs',
    primary: client,
    members: [
      { address: 'm1', role: 'primary', client, version: '7.0.15', error: undefined },
      ...silent.map((address) => ({ address, role: 'unknown', client, version: undefined, error: 'down' })),
    ],
    membersComplete: true,
    account: { users: ['reaper@admin'], actions: new Set(['impersonate']), accessControl: true },
    sessionTimeoutMinutes: 30,
    refreshMillis: 5 * minute,
    refreshMillisKnown: true,
    wordsOf: (error: unknown) => (error as Error).message,
    failureOf: (error: unknown) => error,
  } as unknown as Deployment;
}

function run(deployment: Deployment, rules: string, rest: Partial<ReapInput> = {}) {
  const policy = parsePolicy(Buffer.from(`version: 1\nname: p\nrules: ${rules}`), 'p.yaml');
  return reap({
    runId: 'a-run',
    loaded: { policy, file: 'p.yaml', sha256: '', exposure: undefined },
    policy,
    limits: {},
    force: undefined,
    dryRun: false,
    names: 'all',
    deployment,
    log: noAuditLog,
    byHand: false,
    only: false,
    every: undefined,
    earlier: [],
    unfinished: undefined,
    remember: async () => undefined,
    localZone: 'UTC',
    firstSeen: undefined,
    at: undefined,
    clock: () => new Date(now),
    signal: new AbortController().signal,
    ...rest,
  });
}

test('more sessions than a call may have arguments come to an outcome each', async () => {
  const sessions = 200_000;
  const records = Array.from({ length: sessions }, (_, number) => aRecord(number, 20 * minute));
  const { client, state } = aPrimary(records);
  const { result } = await run(aSet(client), `[{ name: r, when: { users: ['${owner}'] } }]`, {
    onStage: (stage) => {
      // Where the look before the kill fails nothing is sent, and each outcome says so.
      if (stage === 'look') state.down = true;
    },
  });
  expect(result.outcomes.size).toBe(sessions);
  expect(new Set(Array.from(result.outcomes.values(), ({ outcome }) => outcome))).toEqual(
    new Set(['failed']),
  );
}, 60_000);

const ended = (number: number, ago: number): EndedSession => ({
  lsid: lsidOf(number, owner),
  user: owner,
  at: now - ago,
  outcome: 'ended',
  runId: 'an-earlier-run',
});

test.each([
  {
    how: 'selects its user, where a member is silent',
    silent: ['m2'],
    rule: '{ name: r, when: { idle_for: 5m }, terminate: user }',
    over: { used: 29 * minute, ended: 28 * minute },
    alive: 1 * minute,
  },
  {
    // Where a member is silent nobody is in the excess.
    how: 'pushes another one into the excess',
    silent: [],
    rule: '{ name: r, when: { more_than_per_user: 1 } }',
    over: { used: 2 * minute, ended: 1 * minute },
    alive: 3 * minute,
  },
])('a session that may be over never $how', async ({ silent, rule, over, alive }) => {
  const { client } = aPrimary([aRecord(1, over.used), aRecord(2, alive)]);
  const set = aSet(client, silent);
  const verdicts = async (earlier: readonly EndedSession[]) => {
    const { result } = await run(set, `[${rule}]`, { dryRun: true, earlier });
    return Object.fromEntries(result.verdicts.map(({ session, verdict }) => [session.lsid.id, verdict]));
  };
  // Were it not over, it would.
  expect((await verdicts([]))[idOf(2)]).toBe('terminate');
  expect((await verdicts([ended(1, over.ended)]))[idOf(2)]).toBe('retain');
});
