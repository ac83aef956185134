import { describe, expect, test } from 'vitest';
import { noAuditLog } from '../../src/audit/audit-log.ts';
import { decide } from '../../src/decide/decide.ts';
import { makeContext } from '../../src/decide/make-context.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { Session } from '../../src/session.ts';
import type { Snapshot } from '../../src/snapshot.ts';
import { terminateChunk, type TerminateRun } from '../../src/terminate/terminate.ts';
import { aRule, aSession, minute, now, someFacts } from '../support/builders.ts';

const policy = {
  rules: [aRule({ users: ['alice@admin'], idle_for: '15m' })],
  exemptions: [],
  timeIntervals: new Map(),
};

const snapshotOf = (sessions: readonly Session[]): Snapshot => ({
  serverTime: now,
  sessions,
  silentMembers: [],
});

function decideAgain(snapshot: Snapshot) {
  const verdicts = decide(snapshot.sessions, policy, makeContext(snapshot, policy, someFacts()));
  return { verdicts, plan: makePlan(verdicts, () => false) };
}

const idle = aSession({ flushedAgo: 20 * minute });
const used = aSession({ flushedAgo: 0 });

/** A run in which the looks show this, one after the other; `m2` is lost during those that are named. */
function aRun(looks: readonly Session[][], lostIn: readonly number[]) {
  const lostMembers = new Map<string, string>();
  let looked = 0;
  const run = {
    deployment: { members: [] },
    log: noAuditLog,
    lostMembers,
    decideAgain,
    signal: new AbortController().signal,
    onStage: () => undefined,
    outcomeEvents: () => [],
    lookAgain: async () => {
      if (lostIn.includes(looked)) lostMembers.set('m2', 'no answer');
      return snapshotOf(looks[looked++] ?? []);
    },
  } as unknown as TerminateRun;
  return { run, looked: () => looked };
}

describe('the look before the kill', () => {
  const { users } = decideAgain(snapshotOf([idle])).plan;

  test('is made once more where a member was waited for in vain: what the others said is old', async () => {
    const { run, looked } = aRun([[idle], [used]], [0]);
    const [outcome] = await terminateChunk(users, run);
    expect(outcome?.outcome.outcome).toBe('spared');
    expect(looked()).toBe(2);
  });

  test('is made once where all answer, or the member was lost before', async () => {
    const { run, looked } = aRun([[used], [idle]], []);
    run.lostMembers.set('m3', 'no answer');
    const [outcome] = await terminateChunk(users, run);
    expect(outcome?.outcome.outcome).toBe('spared');
    expect(looked()).toBe(1);
  });
});
