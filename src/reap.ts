import pMap from 'p-map';
import type { AuditLog } from './audit/audit-log.ts';
import { completedEvent, planEvent, startedEvent } from './audit/run-events.ts';
import { goneEvents, outcomeEvents } from './audit/session-events.ts';
import { decide } from './decide/decide.ts';
import { decidesEachAlone } from './decide/decides-each-alone.ts';
import { needsOf } from './decide/make-context.ts';
import type { Verdict } from './decide/verdict.ts';
import type { Deployment } from './mongo/deployment.ts';
import type { Look } from './mongo/look.ts';
import { lookAfter, lookAgain } from './mongo/look-again.ts';
import { watchMembers } from './mongo/member-watch.ts';
import { rememberingUidOf } from './mongo/uid.ts';
import { LsidMap } from './lsid-map.ts';
import { aftermathOf, toRemember, type Aftermath, type EndedSession } from './plan/already-ended.ts';
import { exceededLimits } from './plan/limits.ts';
import { makePlan, makePlanAsListed, type Plan, type PlannedUser } from './plan/plan.ts';
import type { LoadedPolicy } from './policy/load.ts';
import { endsNothing, type Limits, type Policy } from './policy/policy.ts';
import { exitCodeOf, sessionsOf, type RunResult } from './run-result.ts';
import type { Unfinished } from './audit/unfinished.ts';
import type { FirstSeen } from './state/first-seen.ts';
import type { Progress } from './progress.ts';
import { survey, type Known } from './survey.ts';
import { glance, type Names } from './glance.ts';
import { unlessStopped } from './stop.ts';
import { partlyReadOwners, type Snapshot } from './snapshot.ts';
import { chunksOf } from './terminate/chunks.ts';
import { terminateChunk, type SessionOutcome, type TerminateRun } from './terminate/terminate.ts';

/** The stages of a run, in their order; those from `look` to `outcome` come once for each chunk. */
export type Stage =
  'list' | 'decide' | 'record' | 'look' | 'attempt' | 'kill' | 'verify' | 'end' | 'outcome' | 'complete';

/** Everything that a run needs from outside. */
export interface ReapInput {
  readonly runId: string;
  readonly loaded: LoadedPolicy;
  /** The loaded policy as this run follows it, with locks and what else was asked for. */
  readonly policy: Policy;
  readonly limits: Limits;
  /** Why the policy's limits were raised for this run; recorded. */
  readonly force: string | undefined;
  readonly dryRun: boolean;
  readonly names: Names;
  readonly deployment: Deployment;
  readonly log: AuditLog;
  /** Whether somebody asked for this run, instead of the schedule. */
  readonly byHand: boolean;
  /** Whether it is for one user or session, and does not ask the policy’s rules. */
  readonly only: boolean;
  /** How often the schedule starts a run, in ms, so that the record can say when the next is due. */
  readonly every: number | undefined;
  /** What earlier runs ended and has not been seen to leave the listing yet. */
  readonly earlier: readonly EndedSession[];
  /** What the run before left open if it was cut off. */
  readonly unfinished: Unfinished | undefined;
  /** Keeps what the next run must look for; done before the run is recorded as complete. */
  readonly remember: (pending: readonly EndedSession[]) => Promise<void>;
  readonly localZone: string;
  readonly firstSeen: FirstSeen | undefined;
  /** The time for which to decide, ms since the epoch; the server’s own unless given (dry runs only). */
  readonly at: number | undefined;
  readonly clock: () => Date;
  /** Aborted when the run is to stop: before the first kill it ends there, later it sends no more. */
  readonly signal: AbortSignal;
  readonly onStage?: ((stage: Stage) => void | Promise<void>) | undefined;
  /** Told how far the run is. */
  readonly tell?: Progress['tell'] | undefined;
}

/** What a run leaves behind. */
export interface Reaped {
  readonly result: RunResult;
  readonly snapshot: Snapshot;
}

const chunksAtOnce = 2;

interface Decided {
  readonly aftermath: Aftermath;
  readonly verdicts: readonly Verdict[];
  readonly plan: Plan;
}

/**
 * One run, from the listing to its result: list, snapshot, decide, plan, record, terminate, verify, record.
 * In a dry run, in report mode and where termination is not required it goes the same way and ends nothing.
 */
export async function reap(input: ReapInput): Promise<Reaped> {
  const { runId, deployment, log, loaded, clock } = input;
  const { onStage = () => undefined, tell = () => undefined } = input;
  const { policy } = input;
  const startedAt = clock();
  const mode = modeOf(input);
  await log.append([startedEvent(input, mode)]);

  await onStage('list');
  tell('listing sessions');
  const known: Known = {
    uidOf: rememberingUidOf(),
    firstSeen: input.firstSeen,
    at: input.at,
    onRead: (records) => tell('listing sessions', records),
    get localZone() {
      return input.localZone;
    },
  };
  const also = input.earlier.map(({ lsid }) => lsid);
  const idle = await unlessStopped(
    input.signal,
    glance(deployment, policy, { names: input.names, also }, known),
  );
  const { seen, snapshot, snapshotOf, contextOf } =
    idle ?? (await unlessStopped(input.signal, survey(deployment, policy, known)));
  const members = watchMembers(seen);

  await onStage('decide');
  tell('deciding');
  const decideAndPlan = (from: Snapshot, make = makePlanAsListed): Decided => {
    const aftermath = aftermathOf(input.earlier, from, deployment);
    const { mayBeOver } = aftermath;
    const verdicts = decide(from.sessions, policy, contextOf(from, mayBeOver), mayBeOver);
    return { aftermath, verdicts, plan: make(verdicts, ({ session }) => aftermath.wasEnded(session)) };
  };
  const { aftermath, verdicts, plan } = decideAndPlan(snapshot, makePlan);
  const standsFor = idle?.standsFor;
  const exceeded = exceededLimits(plan, verdicts, input.limits, idle?.unread, (verdict) =>
    sessionsOf(verdict, standsFor),
  );

  await onStage('record');
  input.signal.throwIfAborted();
  const kills = mode === 'enforce' && exceeded.length === 0 && plan.users.length > 0;
  // What could not be remembered afterwards would be ended again by every run.
  if (kills) await input.remember(input.earlier);
  await log.append([
    ...goneEvents(runId, aftermath.confirmedGone),
    planEvent(input, plan, exceeded, aftermath.usedAgain),
  ]);

  const outcomes: SessionOutcome[] = plan.alreadyEnded.map((verdict) => ({
    verdict,
    outcome: {
      outcome: 'already_ended',
      because: 'an earlier run ended it, and no later use has been seen',
      members: [],
    },
    at: snapshot.serverTime,
  }));
  if (kills) {
    const partlyRead = partlyReadOwners(snapshot, seen.owners);
    const earlier = { clock: seen.clock, snapshot, partlyRead, eachAlone: decidesEachAlone(policy) };
    const asked = { connections: needsOf(policy).has('connections'), lost: members.hanging };
    const see = (again: Look): Snapshot => {
      members.see(again);
      return snapshotOf(again);
    };
    const run: TerminateRun = {
      deployment,
      log,
      runId,
      policyName: policy.name,
      endSessions: policy.endSessions,
      lookAgain: async (users) => see(await lookAgain(deployment, users, earlier, asked)),
      lookAfter: async (uids, time) => see(await lookAfter(deployment, uids, time, asked)),
      lostMembers: members.lost,
      decideAgain: decideAndPlan,
      outcomeEvents: (outcomes) => outcomeEvents(runId, outcomes),
      signal: input.signal,
      onStage,
    };
    const sessions = plan.users.reduce((sum, user) => sum + user.sessions.length, 0);
    let done = 0;
    tell('ending sessions', done, sessions);
    const end = async (chunk: readonly PlannedUser[]): Promise<Settled<SessionOutcome[]>> => {
      const ended = await settled(terminateChunk(chunk, run));
      done += chunk.reduce((sum, user) => sum + user.sessions.length, 0);
      tell('ending sessions', done, sessions);
      return ended;
    };
    // Every chunk comes to its end, also if another one fails: what was sent is recorded.
    const chunks = await pMap(chunksOf(plan.users), end, { concurrency: chunksAtOnce });
    const failure = chunks.find((chunk) => 'error' in chunk);
    if (failure !== undefined) throw failure.error;
    const ended = chunks.map((chunk) => ('value' in chunk ? chunk.value : []));
    // Not spread: a call takes some hundred thousand arguments, and no more.
    for (const each of ended.flat()) outcomes.push(each);
  }

  const result: RunResult = {
    runId,
    mode,
    notRequired: policy.authority?.notRequired,
    startedAt,
    finishedAt: clock(),
    policy: { name: policy.name, sha256: loaded.sha256 },
    deployment,
    memberErrors: members.errors,
    serverTime: snapshot.serverTime,
    verdicts: withNewcomers(verdicts, plan, outcomes),
    unread: idle?.unread,
    standsFor,
    outcomes:
      mode === 'enforce'
        ? new LsidMap(outcomes.map((each) => [each.verdict.session.lsid, each.outcome]))
        : new LsidMap(),
    exceeded,
  };
  await onStage('complete');
  await input.remember(toRemember(aftermath, outcomes, runId));
  const nextDue = input.every === undefined ? undefined : startedAt.getTime() + input.every;
  await log.append([completedEvent(result, exitCodeOf(result), nextDue)]);
  return { result, snapshot };
}

function modeOf({ dryRun, loaded: { policy } }: ReapInput): RunResult['mode'] {
  if (dryRun) return 'dry-run';
  return endsNothing(policy) ? 'report' : 'enforce';
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/** A whole user's sessions that came after the plan were ended too: they count as listed. */
function withNewcomers(
  verdicts: readonly Verdict[],
  plan: Plan,
  outcomes: readonly SessionOutcome[],
): readonly Verdict[] {
  const planned = plan.users.reduce((sum, user) => sum + user.sessions.length, plan.alreadyEnded.length);
  // What was planned has one outcome each.
  if (outcomes.length <= planned) return verdicts;
  const known = new LsidMap(verdicts.map((each) => [each.session.lsid, each]));
  return [
    ...verdicts,
    ...outcomes.map((each) => each.verdict).filter((each) => !known.has(each.session.lsid)),
  ];
}
