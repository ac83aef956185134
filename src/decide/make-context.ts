import { groupsOf } from '../groups.ts';
import type { Policy } from '../policy/policy.ts';
import { isOpen, localZoneFor } from '../policy/time-interval.ts';
import { keyOf, lastUse, type Session, type SessionId, type Uid } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Context, Need } from './condition.ts';

/** What a run knows besides the snapshot and the policy. */
export interface Facts {
  readonly refreshMillis: number;
  readonly uidOf: (name: string) => Uid;
  /** `user@db` of those that this run is logged in as. */
  readonly self: readonly string[];
  /** The IANA zone that `location: Local` means. */
  readonly localZone: string;
  /** False where hidden members could not be looked for: then one of them may know better. */
  readonly membersComplete: boolean;
  /** Roles by owner, `role@db`; without an entry they are not known. */
  readonly roles: ReadonlyMap<Uid, readonly string[]>;
  /** When each session was first seen, by `keyOf(lsid)`; undefined where nobody remembers. */
  readonly firstSeen: ReadonlyMap<string, number> | undefined;
}

/**
 * What a decision on this snapshot may depend on. `now` is the snapshot's own time unless given, ms since the epoch.
 * What an earlier run ended counts for no rank: a dead session must not push a live one into the excess.
 */
export function makeContext(
  snapshot: Snapshot,
  policy: Pick<Policy, 'timeIntervals'>,
  facts: Facts,
  now: number = snapshot.serverTime,
  mayBeOver: (session: Session) => boolean = () => false,
): Context {
  const open = new Map<string, boolean>();
  let byOwner: ReadonlyMap<Uid, readonly Session[]> | undefined;
  const ranks = new Map<Uid, ReadonlyMap<SessionId, number>>();
  return {
    now,
    silentMembers: facts.membersComplete
      ? snapshot.silentMembers
      : [...snapshot.silentMembers, 'hidden members, if any'],
    refreshMillis: facts.refreshMillis,
    uidOf: facts.uidOf,
    self: new Set(facts.self.map(facts.uidOf)),
    isOpen(name) {
      const interval = policy.timeIntervals.get(name);
      if (interval === undefined) throw new RangeError(`no such time interval: ${name}`);
      const known = open.get(name) ?? isOpen(interval, now, localZoneFor(interval, facts));
      open.set(name, known);
      return known;
    },
    rolesOf: (session) => (session.user === undefined ? undefined : facts.roles.get(session.lsid.uid)),
    firstSeen: ({ lsid }) =>
      facts.firstSeen === undefined ? undefined : (facts.firstSeen.get(keyOf(lsid)) ?? now),
    rankOf({ lsid: { id, uid } }) {
      byOwner ??= new Map(
        groupsOf(snapshot.sessions, ({ lsid }) => [lsid.uid]).map((theirs) => [theirs[0].lsid.uid, theirs]),
      );
      const known = ranks.get(uid) ?? rank((byOwner.get(uid) ?? []).filter((each) => !mayBeOver(each)));
      ranks.set(uid, known);
      return known.get(id) ?? 0;
    },
  };
}

/** What the rules and exemptions of a policy must be told of. */
export function needsOf(policy: Pick<Policy, 'rules' | 'exemptions'>): ReadonlySet<Need> {
  return new Set(
    [...policy.rules, ...policy.exemptions].flatMap(({ criteria }) =>
      criteria.flatMap(({ needs }) => [...needs]),
    ),
  );
}

/** How many of one user's sessions were used later; ties by lsid, so that the order is always the same (P9). */
function rank(sessions: readonly Session[]): Map<SessionId, number> {
  const latestFirst = sessions
    .map((session) => ({ id: session.lsid.id, used: lastUse(session) ?? Infinity }))
    .sort((a, b) => (a.used === b.used ? (a.id < b.id ? 1 : -1) : b.used > a.used ? 1 : -1));
  return new Map(latestFirst.map(({ id }, at) => [id, at]));
}
