import { LsidMap } from '../lsid-map.ts';
import type { Lsid, Session } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Outcome } from '../terminate/outcome.ts';

/**
 * A session that an earlier run ended on every member, and that may still be listed (T9, T11). Or one `in_doubt`,
 * of which it can only be said that it is gone once it is not listed any more.
 */
export interface EndedSession {
  readonly lsid: Lsid;
  readonly user?: string | undefined;
  /** The primary's clock before the kill, ms since the epoch. */
  readonly at: number;
  readonly outcome: 'ended' | 'killed' | 'in_doubt';
  readonly runId: string;
}

/** What became of the sessions of earlier runs, as far as this snapshot tells. */
export interface Aftermath {
  /** Still listed, and nobody used it since. */
  readonly wasEnded: (session: Session) => boolean;
  /**
   * The same, but that a silent member may know of a use since. It is judged afresh, and is no reason to end another
   * session: who knows less must not end more.
   */
  readonly mayBeOver: (session: Session) => boolean;
  /** Ended by an earlier run and not listed any more: the last proof. */
  readonly confirmedGone: readonly EndedSession[];
  /** Used again since: to be judged afresh. */
  readonly usedAgain: readonly EndedSession[];
  /** Still listed and not used since, or not to be told: to be remembered. */
  readonly pending: readonly EndedSession[];
  /** In doubt and still listed: to be judged afresh, and remembered until a run ends it. */
  readonly inDoubt: readonly EndedSession[];
}

/** How well a deployment can be seen: `refreshMillis` is how late a use may reach the collection (L2). */
interface Sight {
  readonly refreshMillis: number;
  readonly membersComplete: boolean;
}

/**
 * Holds what earlier runs ended against a new snapshot. A `lastUse` in the collection up to one refresh after
 * the kill proves no use, since a flush stamps its own time (L2, T11); one in a local list does. Where not every
 * member can be seen, the use may have been there, and its flush is all that ever tells of it.
 */
export function aftermathOf(
  earlier: readonly EndedSession[],
  snapshot: Snapshot,
  { refreshMillis, membersComplete }: Sight,
): Aftermath {
  // Of few users mostly, and a map of a million sessions would take longer to make than all else.
  const owners = new Set(earlier.map(({ lsid }) => lsid.uid));
  const theirs = snapshot.sessions.filter(({ lsid }) => owners.has(lsid.uid));
  const listed = new LsidMap(theirs.map((session) => [session.lsid, session]));
  const pending = new LsidMap<EndedSession>();
  const confirmedGone: EndedSession[] = [];
  const usedAgain: EndedSession[] = [];
  const inDoubt: EndedSession[] = [];
  const margin = membersComplete ? refreshMillis : 0;
  for (const ended of earlier) {
    const session = listed.get(ended.lsid);
    if (session !== undefined) {
      // Perhaps the kill never came through.
      if (ended.outcome === 'in_doubt') inDoubt.push(ended);
      else if (usedSince(session, ended.at, margin)) usedAgain.push(ended);
      else pending.set(ended.lsid, ended);
    } else if (snapshot.silentMembers.length === 0) confirmedGone.push(ended);
    else pending.set(ended.lsid, ended);
  }
  const mayBeOver = (session: Session): boolean => pending.size > 0 && pending.has(session.lsid);
  return {
    wasEnded: (session) => snapshot.silentMembers.length === 0 && mayBeOver(session),
    mayBeOver,
    confirmedGone,
    usedAgain,
    pending: [...pending.values()],
    inDoubt,
  };
}

function usedSince({ flushed, local, held }: Session, at: number, margin: number): boolean {
  if (held.length > 0) return true;
  // By the clock of a member that is ahead every old use is after the kill.
  if (local.some((use) => use.at - (use.ahead ?? 0) > at)) return true;
  return flushed !== undefined && flushed > at + margin;
}

/** What a run did to one session. `at`: the primary's clock at the look before the kill, ms since the epoch. */
interface Done {
  readonly verdict: { readonly session: Session };
  readonly outcome: Outcome;
  readonly at: number;
}

/**
 * What the next run must look for: what this run ended and may still be listed, and of earlier runs what this one
 * has not settled. What has failed now is tried again, and never called already ended.
 */
export function toRemember(
  { pending, inDoubt }: Pick<Aftermath, 'pending' | 'inDoubt'>,
  done: readonly Done[],
  runId: string,
): EndedSession[] {
  const outcomes = new LsidMap(
    done.map(({ verdict: { session }, outcome }) => [session.lsid, outcome.outcome]),
  );
  const isOpen = ({ lsid, outcome }: EndedSession): boolean => {
    const now = outcomes.get(lsid);
    if (now === 'failed') return outcome === 'in_doubt';
    return now === undefined || now === 'spared' || now === 'already_ended';
  };
  return [
    ...[...pending, ...inDoubt].filter(isOpen),
    ...done.flatMap(({ verdict: { session }, outcome: { outcome, usedAgain }, at }): EndedSession[] => {
      if ((outcome !== 'ended' && outcome !== 'killed' && outcome !== 'in_doubt') || usedAgain) return [];
      return [{ lsid: session.lsid, user: session.user, at, outcome, runId }];
    }),
  ];
}
