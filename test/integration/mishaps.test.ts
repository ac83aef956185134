import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, everyAction, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, untilIdle, close, root } = people(set);
const member = set.members[1]!.address;
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

describe('a member that is lost during the run', () => {
  it('the primary, between kill and look: in doubt or looked at on its successor, never lost', async () => {
    const bob = await person('bob');
    const cursor = await openCursor(await bob.client(member));
    const bench = await testBench(uri, `rules: [{ name: r, when: { users: ['${bob.listed}'] } }]`);
    const admin = (await root()).db('admin');
    const { code, json } = await bench.run([], {
      onStage: async (at) => {
        if (at === 'verify') await admin.command({ replSetStepDown: 5, secondaryCatchUpPeriodSecs: 2 });
      },
    });
    const mine = json.sessions.find(({ lsid }) => lsid.id === cursor.id);
    expect(['ended', 'killed', 'in_doubt']).toContain(mine?.outcome);
    expect(code).toBe(mine?.outcome === 'in_doubt' ? 3 : 0);
    expect(await cursor.drain()).toBe('CursorNotFound');
  });
});

describe.concurrent('an account without replSetGetConfig', () => {
  it('takes hidden members into account: idle needs the margin, and nothing is called ended', async () => {
    const carol = await person('carol');
    const cursor = await openCursor(await carol.client(member));
    await untilIdle(2000, cursor.id);
    const without = (action: string) => action !== 'replSetGetConfig' && action !== 'getParameter';
    const blind = await reaperUri(everyAction.filter(without));
    const idle = await testBench(
      blind,
      `rules: [{ name: r, when: { users: ['${carol.listed}'], idle_for: 2s } }]`,
    );
    const undecided = (await idle.run()).json.sessions.find(({ lsid }) => lsid.id === cursor.id);
    expect(undecided).toMatchObject({ verdict: 'indeterminate' });
    expect(undecided?.because).toContain('hidden members');

    const named = await testBench(blind, `rules: [{ name: r, when: { users: ['${carol.listed}'] } }]`);
    const killed = (await named.run()).json.sessions.find(({ lsid }) => lsid.id === cursor.id);
    expect(killed).toMatchObject({ outcome: 'killed' });
    expect(killed?.outcome_because).toContain('hidden member');
  });
});

describe.concurrent('a user who is back', () => {
  it('is not ended again because a session of an earlier run is still listed', async () => {
    const dora = await person('dora');
    const client = await dora.client(member);
    const old = await openCursor(client);
    await untilIdle(10_000, old.id);
    const bench = await testBench(
      uri,
      `end_sessions: false\nrules: [{ name: r, when: { users: ['${dora.listed}'], idle_for: 10s }, terminate: user }]`,
    );
    const first = await bench.run();
    expect(first.json.sessions.find(({ lsid }) => lsid.id === old.id)).toMatchObject({ outcome: 'killed' });

    const back = await openCursor(client);
    const second = await bench.run(['--all']);
    expect(second.json.sessions.find(({ lsid }) => lsid.id === old.id)).toMatchObject({
      outcome: 'already_ended',
    });
    expect(second.json.sessions.find(({ lsid }) => lsid.id === back.id)).toMatchObject({ verdict: 'retain' });
    expect(await back.drain()).toBe(documents);
  });
});

describe.concurrent('a connection string without a user', () => {
  it('is refused as not logged in', async () => {
    const anonymous = uri.replace(/\/\/[^@]*@/, '//').replace(/[?&]authSource=admin/, '');
    const bench = await testBench(anonymous, `rules: [{ name: r, when: { users: ['a@b'] } }]`);
    const { code, stderr } = await bench.run(['--dry-run']);
    expect(code).toBe(77);
    expect(stderr).toContain('not logged in');
  });
});
