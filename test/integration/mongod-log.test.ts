import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Binary, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyLog } from '../../src/audit/verify.ts';
import { readServerLog } from '../../src/audit/mongod-log.ts';
import { collectSentKills, type SentKill } from '../../src/audit/mongod-log/sent-kills.ts';
import { rememberingUidOf } from '../../src/mongo/uid.ts';
import { everyAction, openCursor, people, type Person } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, close } = people(set);
const uidOf = rememberingUidOf();
const many = 80;
const { address } = set.members[1]!;

let direct: MongoClient;
let bench: Awaited<ReturnType<typeof testBench>>;
let alice: Person;
let bob: Person;
let carol: Person;
let dan: Person;

beforeAll(async () => {
  await collection();
  direct = await new MongoClient(set.memberUri(address), { appName: 'by-hand' }).connect();
  [alice, bob, carol, dan] = await Promise.all([
    person('alice'),
    person('bob'),
    person('carol'),
    person('dan'),
  ]);
  bench = await testBench(
    await reaperUri(everyAction),
    [
      'rules:',
      `  - { name: whole, when: { users: ['${alice.listed}'] }, terminate: user }`,
      `  - { name: some, when: { users: ['${bob.listed}', '${carol.listed}'] } }`,
    ].join('\n'),
  );
});
afterAll(async () => {
  await Promise.all([direct.close(), close()]);
});

/** What this member wrote since; it keeps the last 1024 lines for whoever asks. */
async function serverLog(since: number): Promise<string> {
  const { log } = await direct.db('admin').command({ getLog: 'global' });
  const lines = (log as string[]).filter((line) => Date.parse(JSON.parse(line).t.$date) >= since);
  const file = join(bench.dir, 'mongod.log');
  await writeFile(file, lines.map((line) => `${line.trimEnd()}\n`).join(''));
  return file;
}

async function sentKills(): Promise<readonly SentKill[]> {
  const { add, kills } = collectSentKills();
  await verifyLog(bench.stateDir, {}, add);
  return kills;
}

it('a server’s own log confirms a run’s kills, and shows a stranger’s', async () => {
  const since = Date.now();
  const cursors = await Promise.all(
    [alice, bob, dan].map(async (who) => openCursor(await who.client(address))),
  );
  const client = await carol.client(address);
  await Promise.all(
    Array.from({ length: many }, () =>
      client.db('admin').command({ ping: 1 }, { session: client.startSession() }),
    ),
  );
  const { code } = await bench.run();
  expect(code).toBe(0);

  const kills = await sentKills();
  expect(kills.map(({ user, by }) => [user, by]).sort()).toEqual(
    [
      [alice.listed, 'user'],
      [bob.listed, 'sessions'],
      [carol.listed, 'sessions'],
    ].sort(),
  );
  // So many patterns are logged in part, without the comment that follows them.
  expect(kills.find(({ user }) => user === carol.listed)?.sessionIds.length).toBeGreaterThanOrEqual(many);

  const file = await serverLog(since);
  expect(await readFile(file, 'utf8')).toContain('"truncated":{"command":');
  const before = await readServerLog(file, kills);
  expect(before).toMatchObject({ confirmed: 3, missing: [], foreign: [], unreadable: 0 });
  expect(before.cursorsClosed).toBe(2);

  const uid = Binary.createFromBase64(uidOf(dan.listed));
  const byHand = { killAllSessionsByPattern: [{ uid }], comment: { reaper: 'a run that never was' } };
  await direct.db('admin').command(byHand);
  await direct.db('admin').command({ killAllSessions: [{ user: dan.name, db: 'admin' }] });
  expect(await cursors[2]!.drain()).toBe('CursorNotFound');

  const after = await readServerLog(await serverLog(since), kills);
  expect(after).toMatchObject({ confirmed: 3, missing: [], cursorsClosed: 2 });
  const by = expect.stringMatching(new RegExp(`^${set.adminUser}@admin from .+ with by-hand$`));
  expect(after.foreign).toEqual([
    {
      at: expect.any(Number),
      by,
      command: expect.stringContaining(uid.toString('base64')),
      because: 'its comment names run a run that never was, of which the audit log knows no kill',
    },
    {
      at: expect.any(Number),
      by,
      command: JSON.stringify({ killAllSessions: [{ user: dan.name, db: 'admin' }] }),
      because: 'its comment names no run of reaper',
    },
  ]);
});
