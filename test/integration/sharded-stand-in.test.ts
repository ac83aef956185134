import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { through } from '../support/mongos/cluster.ts';
import type { Listening } from '../support/mongos/listen.ts';
import { startStandInRouter } from '../support/mongos/stand-in-router.ts';
import { documents, everyAction, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

// What can be shown only where the shard’s members are at hand: behind a stand-in for a router, before the shared set.
const set = sharedReplicaSet();
const { person, reaperUri, collection, close, root } = people(set);
let router: Listening;
let uri: string;

beforeAll(async () => {
  router = await startStandInRouter(set);
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(async () => {
  await close();
  await router?.stop();
});

const named = (user: string): string => `rules: [{ name: named, when: { users: ['${user}'] } }]`;
const throughRouter = (): string => through(uri.replace(/replicaSet=\w+&?/, ''), [router.address]);

async function secondary(): Promise<{ address: string; pid: number }> {
  const { primary } = await (await root()).db('admin').command({ hello: 1 });
  return set.members.find(({ address, hidden }) => !hidden && address !== primary)!;
}

describe('a kill sent to a router', () => {
  it('T8 is passed on to the secondaries of a shard, which a router does not show, and not to a hidden member', async () => {
    const alice = await person('alice');
    const onSecondary = await openCursor(await alice.client((await secondary()).address));
    const onHidden = await openCursor(await alice.client(set.members.find(({ hidden }) => hidden)!.address));
    const bench = await testBench(throughRouter(), named(alice.listed));
    const listed = async () => (await bench.run(['--dry-run'])).json.counts.terminate;
    await expect.poll(listed, { timeout: 20_000 }).toBe(2);

    const { code, json } = await bench.run();
    expect(code).toBe(0);
    expect(json.sessions.map(({ outcome }) => outcome)).toEqual(['killed', 'killed']);
    expect(await onSecondary.drain()).toBe('CursorNotFound');
    expect(await onHidden.drain()).toBe(documents);
  });

  it('that a member of a shard did not get fails, with the member’s name', async () => {
    const bob = await person('bob');
    const cursor = await openCursor(await bob.client());
    const bench = await testBench(throughRouter(), named(bob.listed));
    const { address, pid } = await secondary();
    try {
      const { code, json } = await bench.run([], {
        onStage: (stage) => {
          if (stage === 'kill') process.kill(pid, 'SIGSTOP');
        },
      });
      expect(code).toBe(4);
      const mine = json.sessions.find(({ lsid }) => lsid.id === cursor.id);
      expect(mine).toMatchObject({ outcome: 'failed' });
      expect(mine?.outcome_because).toContain(`Failed to kill on some hosts: ${address}`);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await cursor.drain()).toBe('CursorNotFound');
  });
});

describe('a connection string that names a mongos and a mongod', () => {
  it.each(['list', 'check', 'run'])('is refused by %s with exit 2', async (command) => {
    const mixed = through(throughRouter(), [router.address, (await secondary()).address]);
    const bench = await testBench(mixed, named('nobody@admin'));
    const { code, stderr } = await bench.call([
      command,
      ...(command === 'list' ? [] : ['--policy', bench.policyFile]),
      ...(command === 'run' ? ['--state-dir', bench.stateDir] : []),
    ]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('is mixed') });
  });
});
