import { setTimeout as sleep } from 'node:timers/promises';
import { UUID, type MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, errorName, everyAction, idOf, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, untilIdle, untilGone, close } = people(set);
const member = set.members[1]!.address;
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

describe.concurrent('what must not die lives', () => {
  it('a session that is used between listing and kill is spared', async () => {
    const alice = await person('alice');
    const client = await alice.client(member);
    const [used, idle] = [await openCursor(client), await openCursor(client)];
    await untilIdle(10_000, used.id, idle.id);

    const bench = await testBench(
      uri,
      `rules: [{ name: idle, when: { users: ['${alice.listed}'], idle_for: 10s } }]`,
    );
    const { code, json } = await bench.run([], {
      onStage: async (stage) => {
        if (stage === 'look')
          await client.db('test').collection('things').findOne({}, { session: used.session });
      },
    });

    expect(code).toBe(0);
    const outcomeOf = (id: string) => json.sessions.find(({ lsid }) => lsid.id === id);
    expect(outcomeOf(used.id)).toMatchObject({ verdict: 'terminate', outcome: 'spared' });
    expect(outcomeOf(used.id)?.outcome_because).toMatch(/no longer matches/);
    expect(outcomeOf(idle.id)).toMatchObject({ outcome: 'ended' });
    expect(await used.drain()).toBe(documents);
    expect(await idle.drain()).toBe('CursorNotFound');
  });

  it('with terminate: user the user is spared only if nothing matches any more', async () => {
    const [ann, ben] = await Promise.all([person('ann'), person('ben')]);
    const [anns, bens] = await Promise.all([ann.client(member), ben.client(member)]);
    const [annIdle, benOne, benTwo] = [
      await openCursor(anns),
      await openCursor(bens),
      await openCursor(bens),
    ];
    await untilIdle(10_000, annIdle.id, benOne.id, benTwo.id);

    const bench = await testBench(
      uri,
      `rules: [{ name: idle, when: { users: ['${ann.listed}', '${ben.listed}'], idle_for: 10s }, terminate: user }]`,
    );
    const { json } = await bench.run([], {
      onStage: async (stage) => {
        if (stage !== 'look') return;
        await anns.db('test').collection('things').findOne({}, { session: annIdle.session });
        await bens.db('test').collection('things').findOne({}, { session: benOne.session });
      },
    });

    const outcomes = new Map(json.sessions.map(({ lsid, outcome }) => [lsid.id, outcome]));
    expect([annIdle, benTwo].map(({ id }) => outcomes.get(id))).toEqual(['spared', 'ended']);
    // Used in the very moment of the look: it may count as used since, and then stays listed.
    expect(['ended', 'killed']).toContain(outcomes.get(benOne.id));
    expect(await annIdle.drain()).toBe(documents);
    expect(await benOne.drain()).toBe('CursorNotFound');
  });

  /** Runs while a session leaves the listing just before the look, sees that it is spared, and returns all outcomes. */
  async function runWhileItLeaves(
    bench: Awaited<ReturnType<typeof testBench>>,
    client: MongoClient,
    left: UUID,
  ) {
    const { json } = await bench.run([], {
      onStage: async (stage) => {
        if (stage !== 'look') return;
        await client.db('admin').command({ endSessions: [{ id: left }] });
        await untilGone(left.toString());
      },
    });
    const outcomes = new Map(json.sessions.map(({ lsid, ...rest }) => [lsid.id, rest]));
    expect(outcomes.get(left.toString())).toMatchObject({
      outcome: 'spared',
      outcome_because: 'no longer listed at the look before the kill',
    });
    return outcomes;
  }

  it('with terminate: user nothing dies for a session that has left the listing', async () => {
    const eve = await person('eve');
    const client = await eve.client();
    const left = new UUID();
    await client.db('admin').command({ refreshSessions: [{ id: left }] });
    await untilIdle(10_000, left.toString());
    const fresh = await openCursor(await eve.client(member));
    await untilIdle(0, fresh.id);

    const bench = await testBench(
      uri,
      `rules: [{ name: idle, when: { users: ['${eve.listed}'], idle_for: 10s }, terminate: user }]`,
    );
    const outcomes = await runWhileItLeaves(bench, client, left);
    expect(outcomes.get(fresh.id)).toMatchObject({ verdict: 'terminate', outcome: 'spared' });
    expect(await fresh.drain()).toBe(documents);
  });

  it('with terminate: sessions, one that has left the listing is spared, and the others die', async () => {
    const fay = await person('fay');
    const client = await fay.client();
    const [left, idle] = [new UUID(), new UUID()];
    await client.db('admin').command({ refreshSessions: [{ id: left }, { id: idle }] });
    await untilIdle(10_000, left.toString(), idle.toString());

    const bench = await testBench(
      uri,
      `rules: [{ name: idle, when: { users: ['${fay.listed}'], idle_for: 10s } }]`,
    );
    const outcomes = await runWhileItLeaves(bench, client, left);
    expect(outcomes.get(idle.toString())).toMatchObject({ outcome: 'ended' });
  });

  it('a busy session is never idle, however long its operation runs', async () => {
    const carol = await person('carol');
    const client = await carol.client(member);
    const session = client.startSession();
    const busy = client
      .db('test')
      .collection('things')
      .find({ $where: 'sleep(40); return true' }, { session })
      .toArray()
      .then((rows) => rows.length, errorName);
    await sleep(2500);

    const bench = await testBench(
      uri,
      `rules: [{ name: idle, when: { users: ['${carol.listed}'], idle_for: 1s } }]`,
    );
    const { json } = await bench.run(['--all']);

    expect(json.sessions.find(({ lsid }) => lsid.id === idOf(session))).toMatchObject({ verdict: 'retain' });
    expect(await busy).toBe(documents);
  });

  it('an exempt session of a user whom terminate: user selects lives on; the others die by lsid', async () => {
    const dora = await person('dora');
    const client = await dora.client(member);
    const idle = await openCursor(client);
    await untilIdle(10_000, idle.id);
    const fresh = await openCursor(client);
    // While a refresh is written, neither list may have it, and then its exemption cannot be decided (L2).
    await untilIdle(0, fresh.id);

    // The exemption spares whatever is idle for longer than the rule asks: of her two sessions the older one.
    const bench = await testBench(
      uri,
      `exemptions: [{ name: kept, users: ['${dora.listed}'], idle_for: 10s }]
rules: [{ name: hers, when: { users: ['${dora.listed}'] }, terminate: user }]`,
    );
    const { json } = await bench.run(['--all']);

    const of = (id: string) => json.sessions.find(({ lsid }) => lsid.id === id);
    expect(of(idle.id)).toMatchObject({ verdict: 'exempt', rule: 'kept' });
    expect(of(fresh.id)).toMatchObject({ verdict: 'terminate', outcome: 'ended' });
    expect(await idle.drain()).toBe(documents);
    expect(await fresh.drain()).toBe('CursorNotFound');
  });
});
