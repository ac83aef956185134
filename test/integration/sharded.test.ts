import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandStartedEvent } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listJson } from '../../src/report/list.ts';
import { startCluster, through, type Cluster } from '../support/mongos/cluster.ts';
import { listen } from '../support/mongos/listen.ts';
import { startRelay } from '../support/mongos/relay.ts';
import { documents, everyAction, openCursor, people } from '../support/people.ts';
import { callReaper, testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

/*
 * REAPER_TEST_MONGOS_URI names the real cluster that these tests run against: at least two routers, a user with the
 * role root, and `--setParameter logicalSessionRefreshMillis=500` on every router and server, as
 * test/support/mongos/start-cluster.ts starts it (CI does so). Without the variable two stand-ins play the routers,
 * since no package of the tests brings a mongos: they show that reaper says and takes what routers do, no more.
 */
let cluster: Cluster;
let folk: ReturnType<typeof people>;
let uri: string;

beforeAll(async () => {
  cluster = await startCluster(sharedReplicaSet());
  folk = people(cluster);
  await folk.collection();
  uri = await folk.reaperUri(everyAction);
});
afterAll(async () => {
  await folk?.close();
  await cluster?.stop();
});

const named = (user: string): string => `rules: [{ name: named, when: { users: ['${user}'] } }]`;

/** A user with a cursor that was opened through one of the routers. */
async function someone(name: string, router = 0) {
  const person = await folk.person(name);
  const cursor = await openCursor(await person.client(cluster.routers[router]));
  return { person, cursor };
}

describe.concurrent('through the routers of a sharded cluster', () => {
  it.each([0, 1])('list shows whose session holds a cursor that router %i opened', async (router) => {
    const { person, cursor } = await someone('alice', router);
    const { code, stdout } = await callReaper(['list', '--json'], { env: { REAPER_MONGODB_URI: uri } });
    expect(code).toBe(0);
    const listed = listJson.parse(JSON.parse(stdout));
    expect(listed.silent_members).toEqual([]);
    const mine = listed.sessions.find(({ lsid }) => lsid.id === cursor.id);
    // The router’s own cursor, and the shard’s that it reads from.
    expect(mine).toMatchObject({ user: person.listed, holds: { operations: 0, cursors: 2 } });
  });

  it('check says what it is connected to, and finds nothing wrong', async () => {
    const bench = await testBench(uri, named('nobody@admin'));
    const { code, stdout } = await bench.call(['check', '--policy', bench.policyFile]);
    expect(code).toBe(0);
    expect(stdout).toContain(`sharded ${cluster.routers.join(',')}`);
    for (const router of cluster.routers) expect(stdout).toContain(`member ${router}`);
    // Nothing is taken out of the listing here, so nobody is asked to allow it.
    expect(stdout).not.toContain('impersonate');
    expect(stdout).not.toContain('privilege replSetGetConfig');
  });

  it('a dry run says who would end, and ends nothing', async () => {
    const { person, cursor } = await someone('bob');
    const bench = await testBench(uri, named(person.listed));
    const events: CommandStartedEvent[] = [];
    const { code, json } = await bench.run(['--dry-run'], {
      onClient: (client) => client.on('commandStarted', (event) => events.push(event)),
    });
    expect(code).toBe(0);
    expect(json).toMatchObject({ mode: 'dry-run', counts: { terminate: 1, killed: 0 } });
    expect(json.deployment).toMatchObject({ topology: 'sharded', members_complete: false });
    expect(json.deployment.members).toEqual(
      cluster.routers.map((address) => ({ address, role: 'router', ok: true })),
    );
    const sent = events.map(({ commandName }) => commandName);
    expect(sent).not.toContain('killAllSessionsByPattern');
    expect(sent).not.toContain('replSetGetConfig');
    expect(await cursor.drain()).toBe(documents);
  });

  it.each([0, 1])(
    'run ends one user’s cursor that router %i opened, and nobody else’s; it is called killed, with the reason',
    async (router) => {
      const [carol, dora] = [await someone('carol', router), await someone('dora', router)];
      const bench = await testBench(uri, named(carol.person.listed));
      const { code, json } = await bench.run();

      expect(code).toBe(0);
      expect(json.sessions.filter(({ user }) => user !== carol.person.listed)).toEqual([]);
      const hers = json.sessions.find(({ lsid }) => lsid.id === carol.cursor.id);
      expect(hers).toMatchObject({ user: carol.person.listed, outcome: 'killed' });
      expect(hers?.outcome_because).toContain('routers do not show all');
      expect(hers?.members).toEqual(cluster.routers.map((address) => ({ address, ok: true })));
      expect(await carol.cursor.drain()).toBe('CursorNotFound');
      expect(await dora.cursor.drain()).toBe(documents);
    },
  );

  it('the kill names the user’s uid to every router, and endSessions is not sent', async () => {
    const { person, cursor } = await someone('emil');
    const bench = await testBench(
      uri,
      `rules: [{ name: named, when: { users: ['${person.listed}'] }, terminate: user }]`,
    );
    const kills: CommandStartedEvent[] = [];
    const { code } = await bench.run([], {
      onClient: (client) =>
        client.on('commandStarted', (event) => {
          const { commandName, command } = event;
          const isGoodbye = command['endSessions']?.every(
            (lsid: { uid?: unknown }) => lsid.uid === undefined,
          );
          if (/kill(All)?Sessions|endSessions/.test(commandName) && isGoodbye !== true) kills.push(event);
        }),
    });
    expect(code).toBe(0);
    expect(kills.map(({ address }) => address).sort()).toEqual([...cluster.routers].sort());
    for (const { commandName, command } of kills) {
      expect(commandName).toBe('killAllSessionsByPattern');
      expect(command['killAllSessionsByPattern'].map(Object.keys)).toEqual([['uid']]);
    }
    expect(await cursor.drain()).toBe('CursorNotFound');
  });

  it('what was killed is not killed again once its last use is written down', async () => {
    const { person, cursor } = await someone('frida');
    const bench = await testBench(uri, named(person.listed));
    const outcome = async () => {
      const { json } = await bench.run(['--all']);
      return json.sessions.find(({ lsid }) => lsid.id === cursor.id)?.outcome;
    };
    expect(await outcome()).toBe('killed');
    // A refresh may still write down the use that was known at the kill: through a router that nobody names it would
    // be the only sign of another one.
    await sleep(1500);
    expect(await outcome()).toMatch(/^(killed|already_ended)$/);
    expect(await outcome()).toBe('already_ended');
  });

  describe('idle_for', () => {
    const idle = (user: string) => `rules: [{ name: idle, when: { users: ['${user}'], idle_for: 1s } }]`;

    it('is decided once the use is older by two refreshes: it could be in use where routers do not show it', async ({
      expect,
    }) => {
      const { person, cursor } = await someone('greta');
      const bench = await testBench(uri, idle(person.listed));
      const verdict = async () => {
        const { json } = await bench.run(['--dry-run', '--all']);
        return json.sessions.find(({ lsid }) => lsid.id === cursor.id)?.verdict;
      };
      await expect.poll(verdict, { timeout: 20_000 }).toBe('terminate');
    });

    it('is unknown within them', async () => {
      const { person, cursor } = await someone('hugo');
      // An account that may not ask for the refresh goes by its default, five minutes.
      const blind = await folk.reaperUri(everyAction.filter((action) => action !== 'getParameter'));
      const bench = await testBench(blind, idle(person.listed));
      await sleep(2500);
      const { json } = await bench.run();
      expect(json.sessions.find(({ lsid }) => lsid.id === cursor.id)).toMatchObject({
        verdict: 'indeterminate',
      });
      expect(await cursor.drain()).toBe(documents);
    });
  });
});

describe.concurrent('a router that does not answer', () => {
  it.each([
    { what: 'is down', start: async () => ({ address: '127.0.0.1:1', stop: () => Promise.resolve() }) },
    { what: 'hangs', start: () => listen(() => undefined) },
  ])('and $what is a failure of that member, in list, a dry run and a run', async ({ start }) => {
    const silent = await start();
    const { person, cursor } = await someone('ida');
    try {
      const [router = ''] = cluster.routers;
      const bench = await testBench(through(uri, [silent.address, router]), named(person.listed));

      const list = await bench.call(['list', '--json']);
      expect(list.code).toBe(3);
      expect(listJson.parse(JSON.parse(list.stdout)).silent_members).toEqual([silent.address]);

      const dry = await bench.run(['--dry-run']);
      expect(dry.code).toBe(3);
      expect(dry.json.counts).toMatchObject({ terminate: 1 });
      expect(dry.json.deployment.members.map(({ address, ok }) => ({ address, ok }))).toEqual([
        { address: silent.address, ok: false },
        { address: router, ok: true },
      ]);

      const real = await bench.run();
      expect(real.code).toBe(4);
      const mine = real.json.sessions.find(({ lsid }) => lsid.id === cursor.id);
      expect(mine).toMatchObject({ outcome: 'failed' });
      expect(mine?.outcome_because).toContain(`could not be sent to ${silent.address}`);
      // The router that answers has passed it on all the same.
      expect(await cursor.drain()).toBe('CursorNotFound');
    } finally {
      await silent.stop();
    }
  });

  it.each([
    { stage: 'look', outcome: 'failed', code: 4, why: 'could not be sent to' },
    { stage: 'verify', outcome: 'in_doubt', code: 3, why: 'could not be looked at afterwards' },
  ] as const)(
    'from $stage on: $outcome, and the run comes to its end',
    { timeout: 90_000 },
    async (expected) => {
      const [first = '', second = ''] = cluster.routers;
      const relay = await startRelay(second);
      const { person, cursor } = await someone('jan');
      try {
        const bench = await testBench(through(uri, [first, relay.address]), named(person.listed));
        const { code, json } = await bench.run([], {
          onStage: (stage) => {
            if (stage === expected.stage) relay.hang();
          },
        });
        const mine = json.sessions.find(({ lsid }) => lsid.id === cursor.id);
        // Any router may have been asked for the listing: where it was the one that hangs, nothing was sent.
        if (mine?.outcome_because?.startsWith('not sent') === true) {
          expect(mine.outcome).toBe('failed');
          expect(await cursor.drain()).toBe(documents);
          return;
        }
        expect(code).toBe(expected.code);
        expect(mine).toMatchObject({ outcome: expected.outcome });
        expect(mine?.outcome_because).toContain(expected.why);
        expect(json.deployment.members.find(({ address }) => address === relay.address)?.ok).toBe(false);
        expect(await cursor.drain()).toBe('CursorNotFound');
      } finally {
        await relay.stop();
      }
    },
  );
});
