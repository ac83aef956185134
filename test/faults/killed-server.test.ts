import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Stage } from '../../src/reap.ts';
import { startReplicaSet, type OwnSet } from '../support/deployment.ts';
import { documents, openCursor } from '../support/people.ts';
import type { Called } from '../support/reaper.ts';
import { faultTable } from './fault.ts';
import { auditOf, said, scenes, type Scene } from './scene.ts';

// A set of its own, which is thrown away: what was killed with -9 is not to be handed on.
let set: OwnSet;
beforeAll(async () => {
  set = await startReplicaSet();
}, 120_000);
afterAll(() => set?.stop(), 60_000);
const { take, people } = scenes(() => set, 4);

/** The second member has the sessions of every scene; the primary is another one. */
async function membersNow(): Promise<{ theirs: string; other: string; primary: string }> {
  const admin = (await people().root()).db('admin');
  const theirs = set.members[1]!.address;
  for (;;) {
    const primary = await admin.command({ hello: 1 }).then(
      (hello) => String(hello['primary']),
      () => theirs,
    );
    const other = set.members.find(({ address }) => address !== theirs && address !== primary);
    if (primary !== theirs && other !== undefined) return { theirs, other: other.address, primary };
    const stepDown = { replSetStepDown: 10, secondaryCatchUpPeriodSecs: 5 };
    await admin.command(stepDown).catch(() => undefined);
    await sleep(500);
  }
}

/** Somebody whom the policy does not name, with a cursor on each member but one. */
async function neighbour(killed: string) {
  const bob = await people().person('bob');
  const addresses = set.members.map(({ address }) => address).filter((address) => address !== killed);
  const cursors = await Promise.all(addresses.map(async (address) => openCursor(await bob.client(address))));
  return {
    expectUnharmed: async () =>
      expect(await Promise.all(cursors.map((cursor) => cursor.drain()))).toEqual([documents, documents]),
  };
}

/** What an assessor is told of these two sessions: whether all is well, and what of them is open. */
async function audited(scene: Scene) {
  const { steps, open_ends: ends, ended } = await auditOf(scene);
  const { state, because = [] } = steps.find(({ name }) => name === 'termination') ?? {};
  return { termination: state, because: because.join(' '), ends: ends.map((end) => end.state), ended };
}

const becauseOf = ({ json }: Called): string => json.sessions[0]?.outcome_because ?? '';

const table = faultTable('a server is killed with -9 in the middle of a run', 'killed-server');

/** By the stage at which it dies. */
const becauseOfDeath = {
  kill: /no answer to the kill from/,
  verify: /could not be looked at afterwards/,
} satisfies Partial<Record<Stage, RegExp>>;

interface Death {
  readonly done: string;
  readonly stage: keyof typeof becauseOfDeath;
  readonly who: 'theirs' | 'other' | 'primary';
}

for (const { done, stage, who } of [
  {
    done: 'the secondary with the sessions, with the kill in its hands',
    stage: 'kill',
    who: 'theirs',
  },
  {
    done: 'another secondary, with the kill in its hands',
    stage: 'kill',
    who: 'other',
  },
  {
    done: 'the secondary with the sessions, between the kill and the look',
    stage: 'verify',
    who: 'theirs',
  },
  {
    done: 'the primary, with the kill in its hands',
    stage: 'kill',
    who: 'primary',
  },
] satisfies Death[]) {
  table.fault(
    done,
    'never assumed to be ended, nobody else’s session dies, `audit` tells it, and the next run clears it up',
    async () => {
      const scene = take();
      const members = await membersNow();
      const dying = members[who];
      const bob = await neighbour(dying);
      let death: Promise<void> | undefined;
      const first = await scene.bench.run([], {
        onStage: async (reached) => {
          if (reached !== stage || death !== undefined) return;
          if (stage === 'verify') {
            await set.kill(dying);
            return;
          }
          // Hung first, so that the kill is surely on its way to it, and not carried out.
          process.kill(set.members.find(({ address }) => address === dying)!.pid, 'SIGSTOP');
          death = sleep(500).then(() => set.kill(dying));
        },
      });
      await death;
      expect(becauseOf(first)).toMatch(becauseOfDeath[stage]);
      expect(becauseOf(first)).toContain(dying);
      const sentence = said(scene, first, 'in_doubt');
      const doubt = await audited(scene);
      expect(doubt).toMatchObject({ termination: 'contradicted', ends: ['in_doubt', 'in_doubt'] });
      expect(doubt.because).toContain('Of 2 sessions it is in doubt whether it ended.');
      expect(doubt.ended).toMatchObject([{ ended: 0, killed: 0, in_doubt: 2 }]);

      const meanwhile = said(scene, await scene.bench.run(), 'failed');
      await set.revive(dying);
      const next = said(scene, await scene.bench.run(), 'ended');
      expect(await audited(scene)).toMatchObject({ termination: 'shown', ends: [] });
      await scene.expectDead();
      await bob.expectUnharmed();
      return `${sentence}; a run while it is down: ${meanwhile}; the next one with it: ${next}`;
    },
    120_000,
  );
}

table.compare();
