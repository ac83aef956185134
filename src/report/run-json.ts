import type { Verdict } from '../decide/verdict.ts';
import { countsOf, type RunResult } from '../run-result.ts';
import { lastUse, type Session } from '../session.ts';
import type { Outcome } from '../terminate/outcome.ts';
import type { OfSessions } from './json-pieces.ts';
import type { RunJson } from './run-schema.ts';

type SessionJson = RunJson['sessions'][number];

/** Takes a run's result; `all` adds the sessions that are retained or exempt. */
export function runToJson(
  result: RunResult,
  all: boolean,
): Omit<RunJson, 'sessions'> & OfSessions<SessionJson> {
  const { deployment, policy } = result;
  return {
    run_id: result.runId,
    mode: result.mode,
    ...(result.notRequired !== undefined && { not_required: result.notRequired }),
    started_at: result.startedAt.toISOString(),
    finished_at: result.finishedAt.toISOString(),
    policy: { ...policy },
    deployment: {
      topology: deployment.topology,
      name: deployment.name,
      members: deployment.members.map(({ address, role }) => {
        const error = result.memberErrors.get(address);
        return { address, role, ok: error === undefined, ...(error !== undefined && { error }) };
      }),
      members_complete: deployment.membersComplete,
      versions: [...new Set(deployment.members.flatMap(({ version }) => version ?? []))],
      server_time: new Date(result.serverTime).toISOString(),
    },
    counts: countsOf(result),
    limits_exceeded: result.exceeded.map(({ limit, allowed, planned }) => ({ limit, allowed, planned })),
    sessions: {
      *[Symbol.iterator]() {
        for (const verdict of shownVerdicts(result, all)) yield sessionJson(verdict, result);
      },
    },
  };
}

/** The verdicts that a report shows: what ends or cannot be decided, and the rest with `all`. */
export function shownVerdicts({ verdicts }: Pick<RunResult, 'verdicts'>, all: boolean): readonly Verdict[] {
  if (all) return verdicts;
  return verdicts.filter(({ verdict }) => verdict === 'terminate' || verdict === 'indeterminate');
}

function sessionJson(verdict: Verdict, result: RunResult): SessionJson {
  const { session } = verdict;
  return {
    ...usageJson(session, result.serverTime),
    verdict: verdict.verdict,
    rule: verdict.rule ?? null,
    because: verdict.because,
    ...outcomeJson(result.outcomes.get(session.lsid)),
  };
}

function outcomeJson(outcome: Outcome | undefined): Partial<SessionJson> {
  if (outcome === undefined) return {};
  return {
    outcome: outcome.outcome,
    outcome_because: outcome.because,
    members: outcome.members.map(({ address, ok, error }) => ({
      address,
      ok,
      ...(error !== undefined && { error }),
    })),
  };
}

/** Whose session it is and how long it has been unused, in whole seconds by the server's clock. */
export function usageJson(
  session: Session,
  serverTime: number,
): Pick<SessionJson, 'lsid' | 'user' | 'last_use' | 'idle_seconds'> {
  const used = lastUse(session);
  return {
    lsid: { ...session.lsid },
    user: session.user ?? null,
    last_use: used === undefined ? null : new Date(used).toISOString(),
    idle_seconds: used === undefined ? null : Math.max(0, Math.floor((serverTime - used) / 1000)),
  };
}
