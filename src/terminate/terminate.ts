import { createHash } from 'node:crypto';
import type { AuditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { TerminateVerdict, Verdict } from '../decide/verdict.ts';
import type { Deployment } from '../mongo/deployment.ts';
import type { Plan, PlannedUser } from '../plan/plan.ts';
import { LsidMap } from '../lsid-map.ts';
import type { Lsid, Uid } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import { aimAt } from './aim.ts';
import { endUnused, type EndOf } from './end-unused.ts';
import { killEverywhere, type Aimed, type Killed } from './kill.ts';
import { lookUntilGone, type Sight } from './look-after.ts';
import { outcomeOf, type Aftersight, type Outcome } from './outcome.ts';

/** The outcome of one session, with the verdict that led to it. */
export interface SessionOutcome {
  readonly verdict: TerminateVerdict;
  readonly outcome: Outcome;
  /** The primary's clock at the look before the kill, ms since the epoch. */
  readonly at: number;
}

/** What the terminator needs of the run that it is part of. */
export interface TerminateRun {
  readonly deployment: Deployment;
  readonly log: AuditLog;
  readonly runId: string;
  readonly policyName: string;
  /** Whether the policy wants killed sessions out of the listing. */
  readonly endSessions: boolean;
  /** What these users' sessions do now: all that decisions on those that are planned depend on. */
  readonly lookAgain: (users: readonly PlannedUser[]) => Promise<Snapshot>;
  /** What these users' sessions do after a kill; of the collection only what was used since `time`, ms since the epoch. */
  readonly lookAfter: (uids: readonly Uid[], time: number) => Promise<Snapshot>;
  /** Members that stopped answering during this run, and why: nothing more is sent to them. */
  readonly lostMembers: Map<string, string>;
  /** Decides and plans anew, with the whole policy, from what a look shows now. */
  readonly decideAgain: (snapshot: Snapshot) => { verdicts: readonly Verdict[]; plan: Plan };
  readonly outcomeEvents: (outcomes: readonly SessionOutcome[]) => AuditEvent[];
  /** Aborted when the run is to stop: no kill is sent any more, and what was sent comes to its end. */
  readonly signal: AbortSignal;
  /** Called before each stage; a test may hold the run here. */
  readonly onStage: (
    stage: 'look' | 'attempt' | 'kill' | 'verify' | 'end' | 'outcome',
  ) => void | Promise<void>;
}

/** Ends one chunk's users: look, record, kill on every member, look, end, record. Returns an outcome per session. */
export async function terminateChunk(
  users: readonly PlannedUser[],
  run: TerminateRun,
): Promise<SessionOutcome[]> {
  await run.onStage('look');
  if (run.signal.aborted) return recorded(notSent(users, whyStopped(run)), run);
  let before: Snapshot;
  try {
    before = await lookNow(users, run);
  } catch (error) {
    return recorded(notSent(users, `the look before the kill failed: ${run.deployment.wordsOf(error)}`), run);
  }
  if (run.signal.aborted) return recorded(notSent(users, whyStopped(run)), run);
  const { aims, spared } = aimAgain(users, before, run);

  await run.onStage('attempt');
  await run.log.append(aims.map((aim) => attemptEvent(aim, run)));

  await run.onStage('kill');
  const kills = await Promise.all(
    aims.map(async (aim) => ({ aim, results: await killEverywhere(aim, run) })),
  );
  if (kills.length === 0) return recorded(spared, run);

  await run.onStage('verify');
  const sight = await lookUntilGone(kills, before, run);

  await run.onStage('end');
  const endOf = await endUnused(kills, sight, run);

  const outcomes = kills.flatMap((killed) => outcomesOf(killed, sight, endOf, before.serverTime));
  return recorded([...spared, ...outcomes], run);
}

/** One for each session of a kill. What was seen alike has an outcome in common, and so a line of the log. */
function outcomesOf(killed: Killed, sight: Sight, endOf: EndOf, at: number): SessionOutcome[] {
  const outcomes = new Map<Aftersight, Outcome>();
  return killed.aim.sessions.map((verdict) => {
    const after = sight(verdict.session);
    const outcome = outcomes.get(after) ?? outcomeOf(killed.results, after, endOf(killed, after));
    outcomes.set(after, outcome);
    return { verdict, outcome, at };
  });
}

/** A member that is waited for in vain makes what the others said old: they are asked again, and it is not. */
async function lookNow(users: readonly PlannedUser[], run: TerminateRun): Promise<Snapshot> {
  const lost = run.lostMembers.size;
  const seen = await run.lookAgain(users);
  return run.lostMembers.size > lost ? run.lookAgain(users) : seen;
}

function whyStopped({ signal }: TerminateRun): string {
  return (signal.reason as Error).message;
}

/** Nothing was sent for these users: a later run tries again. */
function notSent(users: readonly PlannedUser[], why: string): SessionOutcome[] {
  const outcome = { outcome: 'failed', because: `not sent, since ${why}`, members: [] } as const;
  return users.flatMap(({ sessions }) => sessions.map((verdict) => ({ verdict, outcome, at: 0 })));
}

async function recorded(outcomes: SessionOutcome[], run: TerminateRun): Promise<SessionOutcome[]> {
  await run.onStage('outcome');
  await run.log.append(run.outcomeEvents(outcomes));
  return outcomes;
}

/** Holds the chunk's users against the policy once more, with what their sessions do now. */
function aimAgain(
  users: readonly PlannedUser[],
  snapshot: Snapshot,
  run: TerminateRun,
): { aims: Aimed[]; spared: SessionOutcome[] } {
  const { verdicts, plan } = run.decideAgain(snapshot);
  // Mostly all of it matches still, and nobody asks.
  let byLsid: LsidMap<Verdict> | undefined;
  const verdictNow = (lsid: Lsid): Verdict | undefined => {
    byLsid ??= new LsidMap(verdicts.map((verdict) => [verdict.session.lsid, verdict]));
    return byLsid.get(lsid);
  };
  const userNow = new Map(plan.users.map((user) => [user.uid, user]));
  const aims = users.map((user) => aimAt(user, userNow.get(user.uid), verdictNow));
  return {
    aims: aims.flatMap((aim) => (aim.target === undefined ? [] : [{ ...aim, target: aim.target }])),
    spared: aims.flatMap((aim) =>
      aim.spared.map(({ verdict, because }) => ({
        verdict,
        outcome: { outcome: 'spared' as const, because, members: [] },
        at: snapshot.serverTime,
      })),
    ),
  };
}

function attemptEvent({ target, sessions }: Aimed, run: TerminateRun): AuditEvent {
  const uid = target.by === 'user' ? target.uid : target.lsids[0].uid;
  return {
    action: 'attempt',
    outcome: 'unknown',
    reaper: {
      run_id: run.runId,
      command: 'killAllSessionsByPattern',
      by: target.by,
      uid,
      user: sessions[0]?.session.user,
      session_ids: sessions.map((each) => each.session.lsid.id),
      members: run.deployment.members.map(({ address }) => address),
      pattern_sha256: createHash('sha256').update(JSON.stringify(target)).digest('hex'),
    },
  };
}
