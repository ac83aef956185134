import type { Context } from './decide/condition.ts';
import { decide } from './decide/decide.ts';
import { decidesEachAlone } from './decide/decides-each-alone.ts';
import { namedUsers } from './decide/named-users.ts';
import type { Verdict } from './decide/verdict.ts';
import { LsidMap } from './lsid-map.ts';
import type { Policy } from './policy/policy.ts';
import { mostEach } from './run-result.ts';
import { lastUse, type Uid } from './session.ts';
import {
  takeSnapshot,
  type ListedOwner,
  type ListedSession,
  type Listing,
  type Snapshot,
} from './snapshot.ts';

/** Sessions of one user that came to the same by the same rule; the one unused longest stands for them. */
interface Group {
  /** Whether they are to end or undecided, and so to be shown. */
  readonly isShown: boolean;
  row: ListedSession;
  count: number;
}

/** Keeps little of many rows. */
export interface Digest {
  /** Forgets everything: the listing begins anew. */
  readonly clear: () => void;
  /** Decides rows that no member knows, the rest of the listing being known, and forgets most. */
  readonly add: (rows: readonly ListedSession[], listing: Listing) => void;
  /** What is left of them. */
  readonly rows: () => ListedSession[];
  /** For how many each of these stands. */
  readonly standsFor: () => LsidMap<number>;
}

/** Whether each session is decided by itself, whatever the others are, and without asking more. */
export function decidesAlone(policy: Policy): boolean {
  const all = [...policy.rules, ...policy.exemptions];
  return (
    decidesEachAlone(policy) && all.every(({ criteria }) => criteria.every(({ needs }) => needs.size === 0))
  );
}

/**
 * A digest of what is to be reported by user and not by session: a million sessions then take the room of a few. Only
 * for policies that decide each session by itself. `contextOf` is asked for each batch.
 */
export function makeDigest(
  policy: Policy,
  uidOf: (name: string) => Uid,
  contextOf: (snapshot: Snapshot) => Context,
): Digest {
  const names = namedUsers(policy);
  const groups = new Map<Uid, Map<string, Group>>();
  let owners: readonly ListedOwner[] | undefined;
  // Those to be told of, while they are few enough to be told one by one.
  let each: ListedSession[] | undefined = [];
  const keep = ({ session, verdict, rule }: Verdict): void => {
    const { lsid, user } = session;
    const row = { lsid, lastUse: lastUse(session) ?? Infinity, user };
    const isShown = verdict === 'terminate' || verdict === 'indeterminate';
    if (isShown && each !== undefined) each = each.length < mostEach ? [...each, row] : undefined;
    let ofUser = groups.get(lsid.uid);
    if (ofUser === undefined) groups.set(lsid.uid, (ofUser = new Map<string, Group>()));
    const kind = `${verdict} ${rule}`;
    const group = ofUser.get(kind);
    if (group === undefined) ofUser.set(kind, { isShown, row, count: 1 });
    else {
      group.count += 1;
      if (row.lastUse < group.row.lastUse) group.row = row;
    }
  };
  const kept = (): Group[] =>
    [...groups.values()]
      .flatMap((ofUser) => [...ofUser.values()])
      .filter(({ isShown }) => each === undefined || !isShown);
  return {
    clear() {
      groups.clear();
      each = [];
      owners = undefined;
    },
    add(rows, listing) {
      const members = listing.members.map((member) => ({
        ...member,
        sessions: member.sessions && [],
        held: member.held && [],
      }));
      owners ??= ownersIn(listing);
      const snapshot = takeSnapshot({ ...listing, collection: rows, members, owners }, uidOf, names);
      for (const verdict of decide(snapshot.sessions, policy, contextOf(snapshot))) keep(verdict);
    },
    rows: () => [...kept().map(({ row }) => row), ...(each ?? [])],
    standsFor: () => new LsidMap(kept().map(({ row, count }) => [row.lsid, count])),
  };
}

/** All who are named as owners anywhere: perhaps only a member names whom no record of a batch names. */
function ownersIn({ owners = [], members }: Listing): ListedOwner[] {
  const told = new Map<string, ListedOwner>();
  const add = (uid: Uid, user: string | undefined): void => {
    if (user !== undefined) told.set(`${uid} ${user}`, { uid, user, count: 0 });
  };
  for (const { sessions = [], held = [] } of members) {
    for (const { lsid, user } of sessions) add(lsid.uid, user);
    for (const { lsid, users } of held) for (const user of users) add(lsid.uid, user);
  }
  return [...owners, ...told.values()];
}
