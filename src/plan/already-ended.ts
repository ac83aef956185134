import { keyOf, type Lsid, type Session } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';

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
  /** Ended by an earlier run and not listed any more: the last proof. */
  readonly confirmedGone: readonly EndedSession[];
  /** Used again since: to be judged afresh. */
  readonly usedAgain: readonly EndedSession[];
  /** Still listed and not used since: to be remembered. */
  readonly pending: readonly EndedSession[];
}

/**
 * Holds what earlier runs ended against a new snapshot. A `lastUse` in the collection up to one refresh after
 * the kill proves no use, since a flush stamps its own time (L2, T11); one in a local list does.
 */
export function aftermathOf(
  earlier: readonly EndedSession[],
  snapshot: Snapshot,
  refreshMillis: number,
): Aftermath {
  // Of few users mostly, and a million keys would take longer to make than all else.
  const owners = new Set(earlier.map(({ lsid }) => lsid.uid));
  const theirs = snapshot.sessions.filter(({ lsid }) => owners.has(lsid.uid));
  const listed = new Map(theirs.map((session) => [keyOf(session.lsid), session]));
  const pending = new Map<string, EndedSession>();
  const confirmedGone: EndedSession[] = [];
  const usedAgain: EndedSession[] = [];
  for (const ended of earlier) {
    const key = keyOf(ended.lsid);
    const session = listed.get(key);
    if (session !== undefined) {
      // Perhaps the kill never came through: what is in doubt is judged afresh.
      if (ended.outcome === 'in_doubt') continue;
      if (usedSince(session, ended.at, refreshMillis)) usedAgain.push(ended);
      else pending.set(key, ended);
    } else if (snapshot.silentMembers.length === 0) confirmedGone.push(ended);
    else pending.set(key, ended);
  }
  return {
    // What a silent member knows of a later use is not known here.
    wasEnded: (session) =>
      pending.size > 0 && snapshot.silentMembers.length === 0 && pending.has(keyOf(session.lsid)),
    confirmedGone,
    usedAgain,
    pending: [...pending.values()],
  };
}

/** What an earlier run left in doubt and this one spared, perhaps since it was gone at the look: the next run sees. */
export function stillInDoubt(earlier: readonly EndedSession[], spared: readonly Session[]): EndedSession[] {
  const keys = new Set(spared.map(({ lsid }) => keyOf(lsid)));
  return earlier.filter(({ lsid, outcome }) => outcome === 'in_doubt' && keys.has(keyOf(lsid)));
}

function usedSince({ flushed, local, held }: Session, at: number, refreshMillis: number): boolean {
  if (held.length > 0) return true;
  if (local !== undefined && local.at > at) return true;
  return flushed !== undefined && flushed > at + refreshMillis;
}
