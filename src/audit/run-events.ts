import type { EndedSession } from '../plan/already-ended.ts';
import type { Exceeded } from '../plan/limits.ts';
import type { Plan, PlannedUser } from '../plan/plan.ts';
import type { ReapInput } from '../reap.ts';
import { countsOf, type RunResult } from '../run-result.ts';
import { lastUse, type Session } from '../session.ts';
import type { AuditEvent } from './event.ts';
import type { OpenEnd } from './evidence.ts';
import type { JsonValue } from './json-value.ts';
import type { Unfinished } from './unfinished.ts';

/** A run has begun: which policy, where, as whom. */
export function startedEvent(input: ReapInput, mode: RunResult['mode']): AuditEvent {
  const { deployment, loaded } = input;
  return {
    action: 'run-started',
    outcome: 'success',
    reaper: {
      run_id: input.runId,
      mode,
      by_hand: input.byHand,
      only: input.only,
      policy: {
        name: loaded.policy.name,
        description: loaded.policy.description,
        file: loaded.file,
        sha256: loaded.sha256,
        authority: { ...loaded.policy.authority },
      },
      deployment: { topology: deployment.topology, name: deployment.name },
      members: deployment.members.map(({ address, role, error }) => ({ address, role, error })),
      account: deployment.account.users,
      actions: [...deployment.account.actions].sort(),
      unfinished: unfinishedOf(input.unfinished),
    },
  };
}

/** What the run before left open, since it was cut off. */
function unfinishedOf(unfinished: Unfinished | undefined): JsonValue {
  if (unfinished === undefined) return undefined;
  const those = (state: OpenEnd['state']): JsonValue =>
    unfinished.openEnds
      .filter((end) => end.state === state)
      .map(({ sessionId, uid, user }) => ({ id: sessionId, uid, user }));
  return {
    run_id: unfinished.runId,
    in_doubt: those('in_doubt'),
    not_attempted: those('not_attempted'),
  };
}

/** What the run is about to end, on disk before the first kill. */
export function planEvent(
  input: ReapInput,
  plan: Plan,
  exceeded: readonly Exceeded[],
  usedAgain: readonly EndedSession[],
): AuditEvent {
  const lastUseText = lastUseTexts();
  return {
    action: 'plan',
    outcome: exceeded.length === 0 ? 'success' : 'failure',
    reaper: {
      run_id: input.runId,
      limits: { ...input.limits },
      force: input.force,
      exceeded: exceeded.map(({ because }) => because),
      users: plan.users.map((user) => plannedUser(user, lastUseText)),
      already_ended: plan.alreadyEnded.map(({ session }) => ({ ...session.lsid })),
      used_again: usedAgain.map(({ lsid }) => ({ ...lsid })),
    },
  };
}

function plannedUser(
  { uid, user, target, sessions }: PlannedUser,
  lastUseText: (session: Session) => string | null,
): JsonValue {
  return {
    uid,
    user,
    by: target.by,
    sessions: sessions.map(({ session, rule, because }) => ({
      because,
      id: session.lsid.id,
      last_use: lastUseText(session),
      rule,
    })),
  };
}

/** The run is over. */
export function completedEvent(result: RunResult, exitCode: number, nextDue: number | undefined): AuditEvent {
  return {
    action: 'run-completed',
    outcome: exitCode === 0 ? 'success' : 'failure',
    reaper: {
      run_id: result.runId,
      mode: result.mode,
      policy: { ...result.policy },
      counts: { ...countsOf(result) },
      exit_code: exitCode,
      exceeded: result.exceeded.map(({ because }) => because),
      not_required: result.notRequired,
      members_silent: [...result.memberErrors.keys()],
      next_due: nextDue === undefined ? undefined : new Date(nextDue).toISOString(),
    },
  };
}

/** The run ended with an error, and this is all that can be said of it. */
export function brokenOffEvent(end: {
  runId: string;
  byHand: boolean;
  exitCode: number;
  code: string;
}): AuditEvent {
  return {
    action: 'run-completed',
    outcome: 'failure',
    reaper: { run_id: end.runId, by_hand: end.byHand, exit_code: end.exitCode, error: end.code },
  };
}

/**
 * Returns a function that tells when a session was last used as far as anyone knows, as the log writes it. It keeps the
 * last words said: a refresh stamps a thousand sessions alike.
 */
export function lastUseTexts(): (session: Session) => string | null {
  const last = { used: Number.NaN, text: '' };
  return (session) => {
    const used = lastUse(session);
    if (used === undefined) return null;
    if (used !== last.used) Object.assign(last, { used, text: new Date(used).toISOString() });
    return last.text;
  };
}
