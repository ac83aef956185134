import type { Session } from '../../src/session.ts';
import type { Snapshot } from '../../src/snapshot.ts';
import { terminateChunk } from '../../src/terminate/terminate.ts';
import { aRule, aSession, minute, now } from '../support/builders.ts';
import { decided, scriptedRun, type Script, type Step } from './scripted-run.ts';

/** The sessions of alice and bob that are unused for 15 minutes. */
export const policy: Script['policy'] = {
  rules: [aRule({ users: ['alice@admin', 'bob@admin'], idle_for: '15m' })],
  exemptions: [],
  timeIntervals: new Map(),
};

export const idle = aSession({ flushedAgo: 20 * minute });
export const used = aSession({ flushedAgo: 20 * minute, localAgo: -1 });
export const holding = aSession({ flushedAgo: 20 * minute, cursors: 1 });

export const snapshotOf = (sessions: readonly Session[], silentMembers: string[] = []): Snapshot => ({
  serverTime: now,
  sessions,
  silentMembers,
});

/** Ends what `planned` names; `looks` are the later ones. */
export async function ended(
  planned: readonly Session[],
  looks: readonly (readonly Session[] | Snapshot | 'fails')[],
  rest: Partial<Script> = {},
) {
  const { users } = decided(rest.policy ?? policy, snapshotOf(planned)).plan;
  const shown = looks.map((each) => (Array.isArray(each) ? snapshotOf(each as Session[]) : each));
  const { run, steps, stages } = scriptedRun({ policy, looks: shown as Script['looks'], ...rest });
  const outcomes = await terminateChunk(users, run);
  return {
    outcomes: outcomes.map(({ outcome: { outcome, because } }) => [outcome, because]),
    at: outcomes.map(({ at }) => at),
    members: outcomes.map(({ outcome }) => outcome.members),
    sent: steps.flatMap((each) => (each.step === 'kill' || each.step === 'end' ? [each] : [])),
    steps,
    stages,
    run,
  };
}

export const words = (steps: readonly Step[]): string[] =>
  steps.map((each) => (each.step === 'record' ? each.event.action : each.step));
