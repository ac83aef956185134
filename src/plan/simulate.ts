import { decide } from '../decide/decide.ts';
import { makeContext, type Facts } from '../decide/make-context.ts';
import type { SparingVerdict, TerminateVerdict } from '../decide/verdict.ts';
import type { Policy } from '../policy/policy.ts';
import { LsidMap, type ReadonlyLsidMap } from '../lsid-map.ts';
import { lastUse, type Session } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import { asOf } from './as-of.ts';
import { exceededLimits } from './limits.ts';
import { makePlan } from './plan.ts';

/** Instants, ms since the epoch: `from`, then every so many ms, up to and with `to`. */
export interface Steps {
  readonly from: number;
  readonly to: number;
  readonly every: number;
}

interface SimulateInput {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly policy: Pick<Policy, 'rules' | 'exemptions' | 'timeIntervals' | 'limits'>;
  readonly steps: Steps;
  /** After how many ms without use a session leaves the listing (L6); undefined: never. */
  readonly sessionTimeout: number | undefined;
}

/** A verdict with the instant for which it was made. */
export interface At<V> {
  readonly at: number;
  readonly verdict: V;
}

/** Instants at which a limit would have stopped the run, with nothing between them that was not stopped. */
interface Stopped {
  readonly from: number;
  to: number;
  /** At the first of them. */
  readonly because: string;
}

/** What would have happened to the sessions of a snapshot. */
export interface Simulated {
  /** In the order of time. */
  readonly ended: readonly At<TerminateVerdict>[];
  /** Left the listing before any rule ended them; the first instant at which they were gone. */
  readonly left: readonly { readonly at: number; readonly session: Session }[];
  /** Never ended, and not decidable at least once; the first time. */
  readonly indeterminate: readonly At<SparingVerdict>[];
  readonly stopped: readonly Stopped[];
  /** Still listed after the last instant. */
  readonly alive: readonly Session[];
}

export function countSteps({ from, to, every }: Steps): number {
  return Math.floor((to - from) / every) + 1;
}

/**
 * Decides on a snapshot at each instant as a run at that time would have: uses stay as they were saved, so idle
 * times grow; what was ended is gone; a plan beyond a limit ends nothing.
 */
export function simulate({ snapshot, facts, policy, steps, sessionTimeout }: SimulateInput): Simulated {
  let sessions = snapshot.sessions;
  const ended: At<TerminateVerdict>[] = [];
  const left: { at: number; session: Session }[] = [];
  const indeterminate = new LsidMap<At<SparingVerdict>>();
  const stopped: Stopped[] = [];

  for (let at = steps.from; at <= steps.to && sessions.length > 0; at += steps.every) {
    const gone = new Set(sessions.filter((each) => hasLeft(each, at, snapshot.serverTime, sessionTimeout)));
    for (const session of gone) left.push({ at, session });
    sessions = sessions.filter((each) => !gone.has(each));

    const then = asOf({ ...snapshot, sessions }, at);
    const verdicts = decide(then.sessions, policy, makeContext(then, policy, facts, at));
    for (const verdict of verdicts) {
      const { lsid } = verdict.session;
      if (verdict.verdict === 'indeterminate' && !indeterminate.has(lsid))
        indeterminate.set(lsid, { at, verdict });
    }
    const exceeded = exceededLimits(
      makePlan(verdicts, () => false),
      verdicts,
      policy.limits,
    );
    if (exceeded.length > 0) {
      const last = stopped.at(-1);
      if (last !== undefined && last.to === at - steps.every) last.to = at;
      else stopped.push({ from: at, to: at, because: exceeded.map(({ because }) => because).join('; ') });
      continue;
    }
    const now = verdicts.filter((verdict) => verdict.verdict === 'terminate');
    if (now.length === 0) continue;
    for (const verdict of now) ended.push({ at, verdict });
    const over = new LsidMap(now.map((verdict) => [verdict.session.lsid, verdict]));
    for (const { session } of now) indeterminate.delete(session.lsid);
    sessions = sessions.filter(({ lsid }) => !over.has(lsid));
  }
  const undecided = [...indeterminate.values()].sort((a, b) => a.at - b.at);
  return { ended, left, indeterminate: undecided, stopped, alive: sessions };
}

/** What was listed when the snapshot was taken is listed then, whatever its last use; a running operation renews it. */
function hasLeft(session: Session, at: number, serverTime: number, timeout: number | undefined): boolean {
  const used = lastUse(session);
  if (timeout === undefined || used === undefined || session.holds.operations > 0) return false;
  return at > serverTime && at > used + timeout;
}

/** What one policy would do to a snapshot over a span that another would not. */
export interface Difference {
  readonly newlyEnded: readonly At<TerminateVerdict>[];
  /** With what the other policy says of them. */
  readonly noLongerEnded: readonly At<TerminateVerdict>[];
  readonly atOtherTimes: readonly { readonly here: At<TerminateVerdict>; readonly there: number }[];
}

/** Takes two simulations of one snapshot over the same span. */
export function differenceOf(here: Simulated, against: Simulated): Difference {
  const times = (of: Simulated): LsidMap<number> =>
    new LsidMap(of.ended.map(({ at, verdict }) => [verdict.session.lsid, at]));
  const [hereAt, thereAt] = [times(here), times(against)];
  const missingFrom =
    (known: ReadonlyLsidMap<number>) =>
    ({ verdict }: At<TerminateVerdict>): boolean =>
      !known.has(verdict.session.lsid);
  return {
    newlyEnded: here.ended.filter(missingFrom(thereAt)),
    noLongerEnded: against.ended.filter(missingFrom(hereAt)),
    atOtherTimes: here.ended.flatMap((each) => {
      const there = thereAt.get(each.verdict.session.lsid);
      return there === undefined || there === each.at ? [] : [{ here: each, there }];
    }),
  };
}
