import type { TerminateVerdict, Verdict } from '../decide/verdict.ts';
import { lastUse, type Lsid, type Uid } from '../session.ts';

/** At least one. */
export type NonEmpty<T> = readonly [T, ...T[]];

/**
 * What one kill is aimed at: a user by uid, or sessions by their whole lsids. There is no third way, since
 * the server takes anything else to mean every session of every user (T1, T2, T4).
 */
export type Target =
  { readonly by: 'user'; readonly uid: Uid } | { readonly by: 'sessions'; readonly lsids: NonEmpty<Lsid> };

/** One user's part of a plan: one command to every member (T3, T4). */
export interface PlannedUser {
  readonly uid: Uid;
  readonly user: string | undefined;
  /** Oldest last use first. */
  readonly sessions: NonEmpty<TerminateVerdict>;
  readonly target: Target;
}

/** What a run will end, and what of it an earlier run has ended already. */
export interface Plan {
  /** The user whose session was unused longest comes first. */
  readonly users: readonly PlannedUser[];
  readonly alreadyEnded: readonly TerminateVerdict[];
}

/**
 * Takes the verdicts on everything listed and returns who is to be ended how.
 * `wasEnded` says of a session whether an earlier run ended it and nobody used it since.
 */
export function makePlan(
  verdicts: readonly Verdict[],
  wasEnded: (verdict: TerminateVerdict) => boolean,
): Plan {
  const { users, alreadyEnded } = planOf(verdicts, wasEnded, (sessions) => sessions.sort(byAge));
  return { users: users.sort((a, b) => byAge(a.sessions[0], b.sessions[0])), alreadyEnded };
}

/** The same, but in the order of the verdicts: for who holds a plan against it. */
export function makePlanAsListed(
  verdicts: readonly Verdict[],
  wasEnded: (verdict: TerminateVerdict) => boolean,
): Plan {
  return planOf(verdicts, wasEnded, (sessions) => sessions);
}

function planOf(
  verdicts: readonly Verdict[],
  wasEnded: (verdict: TerminateVerdict) => boolean,
  arrange: (sessions: TerminateVerdict[]) => TerminateVerdict[],
): Plan & { readonly users: PlannedUser[] } {
  const spared = new Set<Uid>();
  const byUser = new Map<Uid, TerminateVerdict[]>();
  const alreadyEnded: TerminateVerdict[] = [];
  for (const verdict of verdicts) {
    const { uid } = verdict.session.lsid;
    if (verdict.verdict === 'exempt' || verdict.verdict === 'indeterminate') spared.add(uid);
    if (verdict.verdict !== 'terminate') continue;
    if (wasEnded(verdict)) {
      alreadyEnded.push(verdict);
      continue;
    }
    const ofUser = byUser.get(uid);
    if (ofUser) ofUser.push(verdict);
    else byUser.set(uid, [verdict]);
  }

  const users = [...byUser].flatMap(([uid, ofUser]): PlannedUser[] => {
    const [first, ...rest] = arrange(ofUser);
    if (first === undefined) return [];
    const sessions: NonEmpty<TerminateVerdict> = [first, ...rest];
    return [{ uid, user: first.session.user, sessions, target: targetOf(sessions, spared.has(uid)) }];
  });
  return { users, alreadyEnded };
}

/** The uid pattern also ends what is not listed yet, so it is used only where nothing of the user is spared (P4). */
function targetOf(sessions: NonEmpty<TerminateVerdict>, someSpared: boolean): Target {
  const [first, ...rest] = sessions;
  if (!someSpared && sessions.some((each) => each.wholeUser))
    return { by: 'user', uid: first.session.lsid.uid };
  return { by: 'sessions', lsids: [first.session.lsid, ...rest.map((each) => each.session.lsid)] };
}

function byAge(a: TerminateVerdict, b: TerminateVerdict): number {
  const difference = (lastUse(a.session) ?? Infinity) - (lastUse(b.session) ?? Infinity);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  // As their keys compare, without making these: a million sessions may have been used at one time.
  const [lsidA, lsidB] = [a.session.lsid, b.session.lsid];
  return compare(lsidA.id, lsidB.id) || compare(lsidA.uid, lsidB.uid);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
