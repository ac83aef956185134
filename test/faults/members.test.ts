import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Stage } from '../../src/reap.ts';
import { everyAction } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';
import { faultTable } from './fault.ts';
import { said, scenes } from './scene.ts';

const set = sharedReplicaSet();
const hidden = set.members.find((each) => each.hidden)!;
const { take, people } = scenes(() => set, 8);

const table = faultTable('members of a replica set fail', 'members');

/** Hangs the hidden member as a host without network does, until the work is done. */
async function hanging<T>(work: (hang: () => void) => Promise<T>): Promise<T> {
  try {
    return await work(() => process.kill(hidden.pid, 'SIGSTOP'));
  } finally {
    process.kill(hidden.pid, 'SIGCONT');
  }
}

table.fault(
  'a hidden member hangs; a rule on idle time',
  'what it may know better is `indeterminate`, which never ends a session',
  async () => {
    const scene = take();
    // Without getParameter the refresh counts as five minutes: what the collection says may be that late.
    const uri = await people().reaperUri(everyAction.filter((action) => action !== 'getParameter'));
    const rule = `{ name: idle, when: { users: ['${scene.owner.listed}'], idle_for: 1s } }`;
    const bench = await testBench(uri, `rules: [${rule}]`);
    const called = await hanging((hang) => {
      hang();
      return bench.run();
    });
    expect(called.json.sessions[0]?.because).toContain(hidden.address);
    const { members } = called.json.deployment;
    expect(members.find(({ address }) => address === hidden.address)).toMatchObject({ ok: false });
    await scene.expectLive();
    return `${said(scene, called, 'indeterminate')}; both sessions live`;
  },
);

for (const { when, stage, outcome, why } of [
  { when: 'from the start', stage: undefined, outcome: 'failed', why: 'could not be sent to' },
  { when: 'before the kill', stage: 'look', outcome: 'failed', why: 'could not be sent to' },
  {
    when: 'after the kill',
    stage: 'verify',
    outcome: 'in_doubt',
    why: 'could not be looked at afterwards',
  },
] as const) {
  table.fault(
    `a hidden member hangs ${when}, then goes on`,
    'not ended, since something may live on there; the next run sees to it',
    async () => {
      const scene = take();
      const first = await hanging((hang) => {
        if (stage === undefined) hang();
        return scene.bench.run([], {
          onStage: (reached) => {
            if (reached === stage) hang();
          },
        });
      });
      expect(first.json.sessions[0]?.outcome_because).toContain(why);
      const sentence = said(scene, first, outcome);
      const next = said(scene, await scene.bench.run(), 'ended');
      await scene.expectDead();
      return `${sentence}; the next run: ${next}`;
    },
  );
}

/** Lets the primary step down, and waits until there has been an election. */
async function newPrimary(): Promise<void> {
  const admin = (await people().root()).db('admin');
  const electionOf = async (): Promise<string | undefined> => {
    const hello = await admin.command({ hello: 1 }).catch(() => undefined);
    return hello?.['isWritablePrimary'] === true ? String(hello['electionId']) : undefined;
  };
  const before = await electionOf();
  for (;;) {
    const now = await electionOf();
    if (now !== undefined && now !== before) return;
    // Refused until a secondary has caught up, and by who is primary no more.
    if (now === before) {
      const stepDown = { replSetStepDown: 2, secondaryCatchUpPeriodSecs: 2 };
      await admin.command(stepDown).catch(() => undefined);
    }
    await sleep(100);
  }
}

for (const { when, stage } of [
  { when: 'before the listing', stage: 'list' },
  { when: 'before the kill', stage: 'kill' },
  { when: 'before the look after the kill', stage: 'verify' },
  { when: 'before endSessions', stage: 'end' },
] satisfies { when: string; stage: Stage }[]) {
  table.fault(
    `the primary steps down ${when}`,
    'the run goes on with its successor, and loses nothing',
    async () => {
      const scene = take();
      const called = await scene.bench.run([], {
        onStage: (reached) => (reached === stage ? newPrimary() : undefined),
      });
      const sentence = said(scene, called, 'ended');
      await scene.expectDead();
      return sentence;
    },
  );
}

table.compare();
