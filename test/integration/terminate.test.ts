import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, errorName, everyAction, idOf, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, untilIdle, close, root } = people(set);
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

describe('one of three users is matched', () => {
  it('ends that user’s cursors on every member, hidden ones too, and nobody else’s', async () => {
    const [alice, bob, carol] = await Promise.all([person('alice'), person('bob'), person('carol')]);
    const cursorsOf = async (who: typeof alice) =>
      Promise.all(set.members.map(async ({ address }) => openCursor(await who.client(address))));
    const [hers, his, others] = await Promise.all([cursorsOf(alice), cursorsOf(bob), cursorsOf(carol)]);

    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${alice.listed}'] } }]`);
    const { code, json } = await bench.run();

    expect(code).toBe(0);
    expect(json.sessions.map(({ user, outcome }) => ({ user, outcome }))).toEqual(
      json.sessions.map(() => ({ user: alice.listed, outcome: 'ended' })),
    );
    expect(json.counts.ended).toBeGreaterThanOrEqual(set.members.length);
    expect(json.sessions[0]?.members?.map(({ address, ok }) => ({ address, ok }))).toEqual(
      set.members.map(({ address }) => ({ address, ok: true })),
    );
    expect(await Promise.all(hers.map((cursor) => cursor.drain()))).toEqual(
      set.members.map(() => 'CursorNotFound'),
    );
    expect(await Promise.all([...his, ...others].map((cursor) => cursor.drain()))).toEqual(
      [...his, ...others].map(() => documents),
    );
  });
});

describe.concurrent('terminate', () => {
  const secondary = set.members[1]!.address;

  it('sessions: ends of one user’s two sessions only the one that matches', async () => {
    const dora = await person('dora');
    const idle = await openCursor(await dora.client(secondary));
    await untilIdle(10_000, idle.id);
    const busy = await openCursor(await dora.client(secondary));
    // While a refresh is written, neither list may have it, and then it cannot be decided (L2).
    await untilIdle(0, busy.id);

    const bench = await testBench(
      uri,
      `rules: [{ name: idle, when: { users: ['${dora.listed}'], idle_for: 10s } }]`,
    );
    const { json } = await bench.run();

    expect(json.sessions.find(({ lsid }) => lsid.id === idle.id)?.outcome).toBe('ended');
    expect(json.sessions.find(({ lsid }) => lsid.id === busy.id)).toBeUndefined();
    expect(await idle.drain()).toBe('CursorNotFound');
    expect(await busy.drain()).toBe(documents);
  });

  it('user: ends both, and one that came after the listing', async () => {
    const emil = await person('emil');
    const client = await emil.client(secondary);
    const idle = await openCursor(client);
    await untilIdle(10_000, idle.id);
    const busy = await openCursor(client);
    await untilIdle(0, busy.id);
    const late: Awaited<ReturnType<typeof openCursor>>[] = [];

    const bench = await testBench(
      uri,
      `rules: [{ name: idle, when: { users: ['${emil.listed}'], idle_for: 10s }, terminate: user }]`,
    );
    const { json } = await bench.run([], {
      onStage: async (stage) => {
        if (stage === 'kill') late.push(await openCursor(client));
      },
    });

    expect(json.sessions.find(({ lsid }) => lsid.id === idle.id)?.outcome).toBe('ended');
    expect(json.sessions.find(({ lsid }) => lsid.id === busy.id)?.because).toContain('selected by session');
    expect(await Promise.all([idle, busy, late[0]!].map((cursor) => cursor.drain()))).toEqual([
      'CursorNotFound',
      'CursorNotFound',
      'CursorNotFound',
    ]);
  });
});

describe('transactions', () => {
  it('aborts a matched session’s transaction, and lets another user’s commit', async () => {
    const [fay, gus] = await Promise.all([person('fay'), person('gus')]);
    const begin = async (who: typeof fay) => {
      const client = await who.client();
      const session = client.startSession();
      session.startTransaction();
      await client.db('test').collection('written').insertOne({ by: who.name }, { session });
      return session;
    };
    const [hers, his] = await Promise.all([begin(fay), begin(gus)]);

    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${fay.listed}'] } }]`);
    const { json } = await bench.run();

    expect(json.sessions.find(({ lsid }) => lsid.id === idOf(hers))?.outcome).toBe('ended');
    expect(await hers.commitTransaction().catch(errorName)).toBe('NoSuchTransaction');
    await his.commitTransaction();
    const written = (await root()).db('test').collection('written');
    expect(await written.distinct('by', { by: { $in: [fay.name, gus.name] } })).toEqual([gus.name]);
  });

  it('interrupts a running operation', async () => {
    const hal = await person('hal');
    const client = await hal.client(secondaryOf());
    const slow = client
      .db('test')
      .collection('things')
      .find({ $where: 'sleep(200); return true' })
      .toArray()
      .catch(errorName);
    await sleep(1000);

    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${hal.listed}'] } }]`);
    const { json } = await bench.run();

    expect(json.counts.failed).toBe(0);
    expect(await slow).toBe('Interrupted');
  });
});

function secondaryOf(): string {
  return set.members[1]!.address;
}
