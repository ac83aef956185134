import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyAction, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, untilIdle, close, root } = people(set);
const member = set.members[1]!.address;
const afterRefresh = 2000;
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

const isListed = async (id: string): Promise<boolean> => {
  const rows = (await root())
    .db('config')
    .collection('system.sessions')
    .aggregate([{ $listSessions: { allUsers: true } }]);
  for await (const row of rows) if (row['_id'].id.toString() === id) return true;
  return false;
};

async function eventsOf(auditLog: string) {
  const lines = (await readFile(auditLog, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

describe.concurrent('after a run', () => {
  it('an ended session leaves the listing within a refresh, and the next run confirms it', async () => {
    const alice = await person('alice');
    const { id } = await openCursor(await alice.client(member));
    await untilIdle(0, id);
    expect(await isListed(id)).toBe(true);

    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${alice.listed}'] } }]`);
    const first = await bench.run();
    expect(first.json.sessions.map(({ outcome }) => outcome)).toEqual(['ended']);
    await sleep(afterRefresh);

    expect(await isListed(id)).toBe(false);
    const second = await bench.run();
    expect(second.json.counts).toMatchObject({ terminate: 0, ended: 0, already_ended: 0 });
    const gone = (await eventsOf(bench.auditLog)).filter(
      (event) => event['event.action'] === 'confirmed-gone',
    );
    expect(gone.flatMap(({ reaper }) => reaper.sessions.map((each: { id: string }) => each.id))).toEqual([
      id,
    ]);
  });

  it('a session still listed is not ended twice, and counts against no limit', async () => {
    const bob = await person('bob');
    const { id } = await openCursor(await bob.client(member));
    await untilIdle(0, id);
    const bench = await testBench(
      uri,
      `end_sessions: false\nlimits: { sessions: 1 }\nrules: [{ name: named, when: { users: ['${bob.listed}'] } }]`,
    );
    expect((await bench.run()).json.counts).toMatchObject({ killed: 1 });

    const { code, json } = await bench.run(['--limit-sessions', '0']);
    expect(code).toBe(0);
    expect(json.sessions.map(({ lsid, outcome }) => [lsid.id, outcome])).toEqual([[id, 'already_ended']]);
  });
});

describe.concurrent('killed, not ended', () => {
  it.each([
    {
      where: 'end_sessions is false',
      yaml: 'end_sessions: false\n',
      actions: everyAction,
      why: /end_sessions: false/,
    },
    {
      where: 'the account lacks impersonate',
      yaml: '',
      actions: everyAction.filter((action) => action !== 'impersonate'),
      why: /lacks impersonate/,
    },
  ])('where $where: it says so, and the session stays listed', async ({ yaml, actions, why }) => {
    const carol = await person('carol');
    const cursor = await openCursor(await carol.client(member));
    const bench = await testBench(
      await reaperUri(actions),
      `${yaml}rules: [{ name: named, when: { users: ['${carol.listed}'] } }]`,
    );
    const { code, json } = await bench.run();

    expect(code).toBe(0);
    expect(json.sessions.map(({ outcome }) => outcome)).toEqual(['killed']);
    expect(json.sessions[0]?.outcome_because).toMatch(why);
    expect(await cursor.drain()).toBe('CursorNotFound');
    await sleep(afterRefresh);
    expect(await isListed(cursor.id)).toBe(true);
  });

  it('where the look after the kill shows it in use again', async () => {
    const dan = await person('dan');
    const client = await dan.client(member);
    const cursor = await openCursor(client);
    // Flushed, so that a refresh between the kill and the look cannot hide the use that follows.
    await untilIdle(0, cursor.id);
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${dan.listed}'] } }]`);
    const { json } = await bench.run([], {
      onStage: async (stage) => {
        // Between the kill and the look.
        if (stage === 'verify')
          await client.db('test').collection('things').findOne({}, { session: cursor.session });
      },
    });

    const mine = json.sessions.find(({ lsid }) => lsid.id === cursor.id);
    expect(mine).toMatchObject({ outcome: 'killed' });
    expect(mine?.outcome_because).toMatch(/used it again/);
    expect(await cursor.drain()).toBe('CursorNotFound');
  });
});
