import { expect } from 'vitest';
import { openRunBook } from '../../src/audit/run-book.ts';
import { readUnfinished } from '../../src/audit/unfinished.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import type { Line } from '../../src/audit/chain.ts';
import { readEndedSessions } from '../../src/state/ended-sessions.ts';
import { sharedReplicaSet } from '../support/shared.ts';
import { faultTable } from './fault.ts';
import { ownProcess } from './own-process.ts';
import { auditOf, scenes, type Scene } from './scene.ts';

const set = sharedReplicaSet();
const { take, uri } = scenes(() => set, 16);
const { until } = ownProcess();

function cutOff({ bench }: Scene, stage: string, signal: NodeJS.Signals): Promise<string> {
  return until(stage, signal, ['run', '--policy', bench.policyFile, '--state-dir', bench.stateDir], uri());
}

async function logOf(dir: string): Promise<Line[]> {
  const lines: Line[] = [];
  const chain = await verifyLog(dir, {}, (line) => lines.push(line));
  expect(chain.faults).toEqual([]);
  return lines;
}

/** Of an outcome or a confirmation: the sessions that it tells of. */
function namedIn({ reaper: { sessions = [] } }: Line): string[] {
  return (sessions as { id: string }[]).map(({ id }) => id);
}

/** What an assessor is told before the next run: never that all is well. */
async function toldOf(scene: Scene) {
  const { status, open_ends: ends } = await auditOf(scene);
  const count = (state: string): number => ends.filter((end) => end.state === state).length;
  return {
    status: status === 'not_a_finding',
    in_doubt: count('in_doubt'),
    not_attempted: count('not_attempted'),
  };
}

const table = faultTable('reaper is killed with -9 in the middle of a run', 'killed-run');

const none = { in_doubt: 0, not_attempted: 0 };
const untried = { in_doubt: 0, not_attempted: 2 };
const doubtful = { in_doubt: 2, not_attempted: 0 };

for (const { stage, when, left } of [
  { stage: 'list', when: 'before the listing', left: none },
  { stage: 'decide', when: 'before the decision', left: none },
  { stage: 'record', when: 'before the plan is recorded', left: none },
  { stage: 'look', when: 'after the plan, before the second look', left: untried },
  { stage: 'attempt', when: 'before the attempt is recorded', left: untried },
  { stage: 'kill', when: 'after the attempt is recorded, before the kill', left: doubtful },
  { stage: 'verify', when: 'after the kill, before the look', left: doubtful },
  { stage: 'end', when: 'after the look, before endSessions', left: doubtful },
  { stage: 'outcome', when: 'before the outcomes are recorded', left: doubtful },
  { stage: 'complete', when: 'after the outcomes, before the end is recorded', left: none },
]) {
  table.fault(
    `kill -9 ${when}`,
    'the log and `audit` tell what is open; the next run clears it up and counts nothing twice',
    async () => {
      const scene = take();
      const { bench } = scene;
      const ids = scene.cursors.map(({ id }) => id);
      expect(await cutOff(scene, stage, 'SIGKILL')).toBe('SIGKILL');

      const open = (await readUnfinished(bench.stateDir))?.openEnds ?? [];
      const count = (state: string): number => open.filter((end) => end.state === state).length;
      const found = { in_doubt: count('in_doubt'), not_attempted: count('not_attempted') };
      expect(found).toEqual(left);
      expect(await toldOf(scene)).toEqual({ status: false, ...left });
      const book = openRunBook(0);
      for (const line of await logOf(bench.stateDir)) book.add(line);
      expect(book.runs()).toMatchObject([{ state: 'unfinished' }]);

      const next = await bench.run();
      expect(next.code).toBe(0);
      await scene.expectDead();
      // What was not to be seen at one of the two looks of that run is seen to by one after it: while a refresh is
      // being written, no list may have a session.
      const keepsDoubt = async () =>
        (await readEndedSessions(bench.stateDir)).ended.some((each) => each.outcome === 'in_doubt');
      for (let more = 0; more < 3 && (await keepsDoubt()); more++) expect((await bench.run()).code).toBe(0);
      const after = await logOf(bench.stateDir);
      for (const line of after) book.add(line);
      expect(book.openEnds()).toEqual([]);
      // Ended once, or killed by the run that cannot say so and seen to be gone by the next.
      const endings = ids.map(
        (id) =>
          after.filter(
            (line) =>
              namedIn(line).includes(id) &&
              (line['event.action'] === 'confirmed-gone' ||
                line.reaper['outcome'] === 'ended' ||
                line.reaper['outcome'] === 'killed'),
          ).length,
      );
      // The ending and, where the listing was already without it, the proof.
      for (const times of endings) expect(times).toBeGreaterThanOrEqual(1);
      const ended = after.filter(({ reaper: { outcome } }) => outcome === 'ended' || outcome === 'killed');
      const named = ended.filter((line) => line['event.action'] === 'outcome').flatMap(namedIn);
      expect(named).toEqual([...new Set(named)]);
      return `${left.not_attempted} not attempted, ${left.in_doubt} in doubt; after the next run none, each ending recorded once`;
    },
  );
}

table.compare();

const stopped = faultTable('reaper is asked to stop', 'stopped-run');

for (const { signal = 'SIGTERM', stage, when, lives, exit } of [
  { stage: 'list', when: 'during the listing', lives: true, exit: 3 },
  { stage: 'record', when: 'before the plan is recorded', lives: true, exit: 3 },
  { stage: 'look', when: 'before the kill', lives: true, exit: 4 },
  { stage: 'verify', when: 'after the kill', lives: false, exit: 0 },
  { signal: 'SIGINT', stage: 'look', when: 'before the kill', lives: true, exit: 4 },
  { signal: 'SIGINT', stage: 'verify', when: 'after the kill', lives: false, exit: 0 },
] as const) {
  stopped.fault(
    `${signal} ${when}`,
    'no kill after it; what was sent comes to its end; the end is recorded',
    async () => {
      const scene = take();
      expect(await cutOff(scene, stage, signal)).toBe(`exit ${exit}`);
      expect(await readUnfinished(scene.bench.stateDir)).toBeUndefined();
      await (lives ? scene.expectLive() : scene.expectDead());
      return `both sessions ${lives ? 'live' : 'ended'}, exit status ${exit}`;
    },
  );
}

stopped.compare();
