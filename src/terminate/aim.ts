import type { TerminateVerdict, Verdict } from '../decide/verdict.ts';
import type { NonEmpty, PlannedUser, Target } from '../plan/plan.ts';
import { LsidMap } from '../lsid-map.ts';
import type { Lsid } from '../session.ts';

/** What is left of a planned user once the sessions have been looked at again. */
export interface Aim {
  /** What to kill; undefined if nothing of the user matches any more. */
  readonly target: Target | undefined;
  /** The sessions that the kill is for; with a whole user also such as came since the plan. */
  readonly sessions: readonly TerminateVerdict[];
  readonly spared: readonly { readonly verdict: TerminateVerdict; readonly because: string }[];
}

/**
 * Takes a planned user, what the plan would be now (undefined if nothing), and what says which verdict a session has
 * now. It may only ever aim at less than was planned, but for new sessions of a whole user (P4).
 */
export function aimAt(
  planned: PlannedUser,
  now: PlannedUser | undefined,
  verdictNow: (lsid: Lsid) => Verdict | undefined,
): Aim {
  const matching = new LsidMap(now?.sessions.map((each) => [each.session.lsid, each]));
  const sessions: TerminateVerdict[] = [];
  const spared: Aim['spared'][number][] = [];
  for (const verdict of planned.sessions) {
    const { lsid } = verdict.session;
    const still = matching.get(lsid);
    if (still === undefined) spared.push({ verdict, because: whySpared(verdictNow(lsid)) });
    else sessions.push(still);
    matching.delete(lsid);
  }
  if (planned.target.by === 'user')
    for (const newcomer of matching.values()) if (newcomer.wholeUser) sessions.push(newcomer);
  return { target: targetOf(planned, now, sessions), sessions, spared };
}

function targetOf(
  planned: PlannedUser,
  now: PlannedUser | undefined,
  sessions: readonly TerminateVerdict[],
): Target | undefined {
  if (planned.target.by === 'user' && now?.target.by === 'user') return now.target;
  const [first, ...rest] = sessions.map((each): Lsid => each.session.lsid);
  if (first === undefined) return undefined;
  const lsids: NonEmpty<Lsid> = [first, ...rest];
  return { by: 'sessions', lsids };
}

function whySpared(verdict: Verdict | undefined): string {
  if (verdict === undefined) return 'no longer listed at the look before the kill';
  if (verdict.verdict === 'terminate') return 'ended meanwhile';
  return `no longer matches at the look before the kill (${verdict.verdict}: ${verdict.because})`;
}
