import { appendFile, chmod, chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { readUnfinished } from '../../src/audit/unfinished.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import type { Called } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';
import { testBench } from '../support/reaper.ts';
import { faultTable } from './fault.ts';
import { ownProcess } from './own-process.ts';
import { actionsIn, afterRefresh, said, scenes, type Scene } from './scene.ts';

const set = sharedReplicaSet();
const { take, uri } = scenes(() => set, 21);
const { withDiskOf } = ownProcess();

const record = faultTable('what a run does cannot be recorded', 'record');

/** What was seen of a run that ended nothing. */
async function endedNothing(scene: Scene, called: Called): Promise<string> {
  await scene.expectLive();
  return `both sessions live, exit status ${called.code}`;
}

const isRoot = process.geteuid?.() === 0;
const nobody = 65_534;

/** Does the work as a user who may not write everywhere; root may. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (!isRoot) return work();
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** What lies in the way of the record before a run. */
const before: readonly {
  done: string;
  prepare: (scene: Scene) => Promise<unknown>;
  words: RegExp;
  /** Where root would not be kept from it. */
  ordinary?: true;
}[] = [
  {
    done: 'the state directory is a file',
    words: /cannot be recorded: a file stands where a folder is needed/,
    prepare: ({ bench }) => writeFile(bench.stateDir, ''),
  },
  {
    done: 'the audit log is a directory',
    words: /cannot be recorded: this is a folder/,
    prepare: ({ bench }) => mkdir(bench.auditLog, { recursive: true }),
  },
  {
    done: 'the state directory is read-only for this user',
    words: /cannot be recorded: this user may not write there/,
    ordinary: true,
    prepare: async ({ bench }) => {
      await mkdir(bench.stateDir);
      await chmod(bench.stateDir, 0o555);
    },
  },
  {
    done: 'the audit log is another user’s',
    words: /cannot be recorded: this user may not write there/,
    ordinary: true,
    prepare: async ({ bench }) => {
      await mkdir(bench.stateDir);
      if (isRoot) await chown(bench.stateDir, nobody, nobody);
      await writeFile(bench.auditLog, '', { mode: 0o400 });
    },
  },
  {
    done: 'the last line of the log was edited',
    words: /has a last line that was changed/,
    prepare: async ({ bench }) => {
      await runOfNobody(bench.stateDir);
      const text = await readFile(bench.auditLog, 'utf8');
      await writeFile(bench.auditLog, text.replace(/"exit_code":0(?!.*\n.)/s, '"exit_code":1'));
      expect(await readFile(bench.auditLog, 'utf8')).not.toBe(text);
    },
  },
  {
    done: 'the log was cut',
    words: /had come to line \d+ of the log, and now it ends with 1/,
    prepare: async ({ bench }) => {
      await runOfNobody(bench.stateDir);
      const [first] = (await readFile(bench.auditLog, 'utf8')).split('\n');
      await writeFile(bench.auditLog, `${first}\n`);
    },
  },
  {
    done: 'the log was emptied',
    words: /had come to line \d+ of the log, and now it is empty/,
    prepare: async ({ bench }) => {
      await runOfNobody(bench.stateDir);
      await writeFile(bench.auditLog, '');
    },
  },
  {
    done: 'what this run ends cannot be remembered for the next',
    words: /ended-sessions\.json: what this run does cannot be recorded: this is a folder/,
    prepare: ({ bench }) => mkdir(`${bench.stateDir}/ended-sessions.json.new`, { recursive: true }),
  },
  {
    done: 'the state directory is that of another deployment',
    words: /holds the record of another deployment, replica set elsewhere \(n1:27017\)/,
    prepare: async ({ bench }) => {
      await mkdir(bench.stateDir);
      const other = { topology: 'replica-set', name: 'elsewhere', members: ['n1:27017'] };
      await writeFile(`${bench.stateDir}/deployment.json`, JSON.stringify(other));
    },
  },
];

/** Makes an audit log of a run that ends nothing. */
async function runOfNobody(stateDir: string): Promise<void> {
  const bench = await testBench(uri(), `rules: [{ name: n, when: { users: ['nobody@admin'] } }]`);
  const { code } = await bench.run(['--state-dir', stateDir]);
  expect(code).toBe(0);
}

for (const { done, prepare, words, ordinary } of before) {
  record.fault(done, 'what cannot be recorded is not done: exit status 73', async () => {
    const scene = take();
    // Everybody may come to the place; and what is loaded late is loaded.
    await chmod(scene.bench.dir, 0o755);
    expect((await scene.bench.run(['--dry-run'])).code).toBe(0);
    await prepare(scene);
    const called = await (ordinary ? asOrdinaryUser(() => scene.bench.run()) : scene.bench.run());
    expect(called.stderr).toMatch(words);
    return endedNothing(scene, called);
  });
}

record.fault(
  'the disk is full when the plan is recorded',
  'nothing is ended, no half line stays, and the next run goes on',
  async () => {
    const scene = take();
    const { policyFile, stateDir, auditLog } = scene.bench;
    const ended = await withDiskOf(1536, ['run', '--policy', policyFile, '--state-dir', stateDir], uri());
    expect(ended).toBe('exit 73');
    expect(await actionsIn(auditLog)).toEqual(['run-started']);
    const next = said(scene, await scene.bench.run(), 'ended');
    const { faults } = await verifyLog(stateDir, {}, () => undefined);
    expect(faults).toEqual([]);
    await scene.expectDead();
    return `exit status 73; the next run: ${next}`;
  },
);

record.fault(
  'a torn line is left by a loss of power',
  'the next line vouches for it, and the run goes on',
  async () => {
    const scene = take();
    await runOfNobody(scene.bench.stateDir);
    await appendFile(scene.bench.auditLog, '{"@timestamp":"2026-');
    const sentence = said(scene, await scene.bench.run(), 'ended');
    const { faults } = await verifyLog(scene.bench.stateDir, {}, () => undefined);
    expect(faults).toEqual([]);
    return `${sentence}; the log is whole`;
  },
);

for (const { when, stage, lives } of [
  { when: 'before the plan is recorded', stage: 'record', lives: true },
  { when: 'before the attempt is recorded', stage: 'attempt', lives: true },
  { when: 'before the outcomes are recorded', stage: 'outcome', lives: false },
] as const) {
  record.fault(
    `the state directory is lost ${when}`,
    'no kill without its attempt on disk; what was begun is in doubt until the next run',
    async () => {
      const scene = take();
      const { stateDir } = scene.bench;
      const first = await scene.bench.run([], {
        onStage: (reached) => (reached === stage ? rename(stateDir, `${stateDir}-lost`) : undefined),
      });
      expect(first.code).toBe(73);
      await rename(`${stateDir}-lost`, stateDir);
      const doubtful = (await readUnfinished(stateDir))?.openEnds ?? [];
      const states = doubtful.map(({ state }) => state);
      expect(new Set(states).size).toBeLessThanOrEqual(1);
      const left = states.length === 0 ? 'nothing left open' : `2 left \`${states[0]}\``;
      if (lives) {
        const next = said(scene, await scene.bench.run(), 'ended');
        await scene.expectDead();
        return `exit status 73, ${left}; the next run: ${next}`;
      }
      await sleep(afterRefresh);
      expect((await scene.bench.run()).code).toBe(0);
      expect(await actionsIn(scene.bench.auditLog)).toContain('confirmed-gone');
      await scene.expectDead();
      return `exit status 73, ${left}; the next run sees that they are gone`;
    },
  );
}

record.compare();

const runs = faultTable('runs meet, or take too long', 'runs');

runs.fault('a run while another one works', 'one run per state directory: exit status 75', async () => {
  const scene = take();
  let second: Called | undefined;
  const first = await scene.bench.run([], {
    onStage: async (stage) => {
      if (stage === 'list') second = await scene.bench.run();
    },
  });
  expect(second?.stderr).toContain('holds the lock');
  return `the first: ${said(scene, first, 'ended')}; the second: exit status ${second?.code}`;
});

runs.fault(
  'a run of another host holds the lock',
  'nobody here can ask whether it lives: exit status 75, and how to remove it',
  async () => {
    const scene = take();
    await mkdir(scene.bench.stateDir);
    const holder = { pid: 1, host: 'elsewhere', run_id: 'other', since: new Date().toISOString() };
    await writeFile(`${scene.bench.stateDir}/run.lock`, JSON.stringify(holder));
    const called = await scene.bench.run();
    expect(called.stderr).toContain('on elsewhere');
    expect(called.stderr).toContain('rm ');
    return endedNothing(scene, called);
  },
);

runs.fault(
  'two runs at once, each with its own state directory, as on two hosts',
  'neither ends what its policy does not name, and neither fails because of the other',
  async () => {
    const [scene, bystander] = [take(), take()];
    const calls = await Promise.all([
      scene.bench.run(),
      scene.bench.run(['--state-dir', `${scene.bench.stateDir}-2`]),
    ]);
    expect(calls.map(({ code }) => code)).toEqual([0, 0]);
    await scene.expectDead();
    await bystander.expectLive();
    return 'both exit with 0; the sessions are over, another user’s live';
  },
);

for (const { when, stage, timeout, exit } of [
  { when: 'in the listing', stage: 'list', timeout: 1, exit: 3 },
  { when: 'before the kill', stage: 'look', timeout: 5, exit: 4 },
] as const) {
  runs.fault(
    `a run takes longer than --timeout ${when}`,
    'no kill after it, and the end is recorded',
    async () => {
      const scene = take();
      const called = await scene.bench.run(['--timeout', `${timeout}s`], {
        onStage: (reached) => (reached === stage ? sleep(timeout * 1000) : undefined),
      });
      expect(called.code).toBe(exit);
      expect((await actionsIn(scene.bench.auditLog)).at(-1)).toBe('run-completed');
      expect(await readUnfinished(scene.bench.stateDir)).toBeUndefined();
      return endedNothing(scene, called);
    },
  );
}

runs.compare();
