import { LsidMap } from './lsid-map.ts';
import {
  keyOf,
  type Holds,
  type LocalUse,
  type Lsid,
  type Resource,
  type Session,
  type Uid,
} from './session.ts';

/** One row of `$listSessions` or `$listLocalSessions`. */
export interface ListedSession {
  readonly lsid: Lsid;
  /** ms since the epoch, on the clock of the server that stamped it. */
  readonly lastUse: number;
  readonly user: string | undefined;
}

/** One thing that `$currentOp` shows under an lsid. */
export interface HeldThing {
  readonly lsid: Lsid;
  readonly kind: 'operation' | 'cursor' | 'transaction';
  /** Tells it from others of its kind on that member: opid, cursor id, transaction number. */
  readonly number: string;
  readonly users: readonly string[];
  readonly client: string | undefined;
  readonly app: string | undefined;
  /** ms since its last use and since it was opened, by its member's clock; of cursors and transactions only. */
  readonly idle?: number;
  readonly open?: number;
  /** Which connection a transaction belongs to (L14). */
  readonly connection?: string;
}

/** The connections of one member. */
export interface Connections {
  readonly ids: ReadonlySet<string>;
  /** `user@db` of those who are logged in. */
  readonly users: ReadonlySet<string>;
}

/** What one data-bearing member said; a part that it did not answer is undefined. */
export interface MemberListing {
  readonly address: string;
  /** How far this member's clock is behind the primary's, in ms; negative when it is ahead. */
  readonly behind: number;
  readonly sessions: readonly ListedSession[] | undefined;
  readonly held: readonly HeldThing[] | undefined;
  /** Asked for after `held`, so that what is held and has no connection here has lost it; only where needed. */
  readonly connections?: Connections | undefined;
}

/** How many records of the collection are one user's. */
export interface ListedOwner {
  readonly uid: Uid;
  readonly count: number;
  readonly user: string | undefined;
}

/** Everything that one look at a deployment returned. */
export interface Listing {
  /** The primary's clock just before it was asked, ms since the epoch (L8). */
  readonly serverTime: number;
  /** `config.system.sessions`. */
  readonly collection: readonly ListedSession[];
  /** Sessions as an earlier snapshot had them, whose record is still the same. */
  readonly unchanged?: readonly Session[];
  readonly members: readonly MemberListing[];
  /** Only where `collection` is not all that the collection holds: what it holds, by owner. */
  readonly owners?: readonly ListedOwner[];
}

/** One entry per lsid, with the latest use seen anywhere. */
export interface Snapshot {
  readonly serverTime: number;
  readonly sessions: readonly Session[];
  /** Members whose local sessions or operations are not in it: what is idle there is not known (P3). */
  readonly silentMembers: readonly string[];
}

/** A session while it is being put together; what most sessions have in common they share. */
interface Draft extends Session {
  user: Session['user'];
  flushed: Session['flushed'];
  local: Session['local'];
  holds: Session['holds'];
  held: string[];
  resources: Resource[];
  clients: string[];
  apps: string[];
}

const holdsNothing: Holds = { operations: 0, cursors: 0, transactions: 0 };
const none: never[] = [];

/**
 * Merges what all members said into one entry per lsid (L1 to L3).
 *
 * `uidOf` gives the uid of a name. A name is believed only if its uid is the session's: so the name that is
 * shown is always the user that a kill by uid would meet (T5). `names` are tried on owners whom nobody else names.
 */
export function takeSnapshot(
  listing: Listing,
  uidOf: (name: string) => Uid,
  names: readonly string[] = [],
): Snapshot {
  const sessions: Draft[] = [];
  const drafts = new LsidMap<Draft>();
  const owners = new Map<Uid, string>();

  const learnOwner = (uid: Uid, name: string | undefined): void => {
    if (name !== undefined && !owners.has(uid) && uidOf(name) === uid) owners.set(uid, name);
  };
  const entry = (lsid: Lsid): Draft => {
    const known = drafts.get(lsid);
    if (known !== undefined) return known;
    const draft: Draft = {
      lsid,
      user: undefined,
      flushed: undefined,
      local: none,
      holds: holdsNothing,
      held: none,
      resources: none,
      clients: none,
      apps: none,
    };
    drafts.set(lsid, draft);
    sessions.push(draft);
    return draft;
  };

  for (const name of names) learnOwner(uidOf(name), name);
  for (const owner of listing.owners ?? []) learnOwner(owner.uid, owner.user);
  const listed = ({ lsid, lastUse, user }: ListedSession): void => {
    learnOwner(lsid.uid, user);
    const draft = entry(lsid);
    draft.flushed = Math.max(lastUse, draft.flushed ?? lastUse);
  };
  for (const row of listing.collection) listed(row);
  for (const member of listing.members) {
    // A member whose clock is behind stamps its uses too early: without this they would look too idle.
    const correction = Math.max(0, member.behind);
    // What is ahead stays so, and is told: that makes a session look used later, never idler.
    const ahead = member.behind < 0 ? { ahead: -member.behind } : {};
    for (const row of member.sessions ?? []) {
      learnOwner(row.lsid.uid, row.user);
      const draft = entry(row.lsid);
      const at = row.lastUse + correction;
      draft.local = withUse(draft.local, { at, member: member.address, ...ahead });
    }
    const connected = new Set([...(member.connections?.users ?? [])].map(uidOf));
    // Any user may open as many cursors in a session as the server has room for.
    const seen = new Set<string>();
    for (const thing of member.held ?? []) {
      for (const name of thing.users) learnOwner(thing.lsid.uid, name);
      const draft = entry(thing.lsid);
      const name = `${member.address} ${thing.kind} ${thing.number}`;
      const key = `${name} ${keyOf(thing.lsid)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const { kind, client, app } = thing;
      draft.held = withItem(draft.held, name);
      draft.holds = { ...draft.holds, [`${kind}s`]: draft.holds[`${kind}s`] + 1 };
      if (kind !== 'operation')
        draft.resources = withItem(draft.resources, resourceOf(kind, thing, member, connected));
      if (client !== undefined && !draft.clients.includes(client))
        draft.clients = withItem(draft.clients, client);
      if (app !== undefined && !draft.apps.includes(app)) draft.apps = withItem(draft.apps, app);
    }
  }
  // After all others: of most of these nothing else is told, and what is as it was need not be made anew.
  const unchanged = (listing.unchanged ?? []).filter((session) => {
    const { lsid, flushed: lastUse, user, local, held } = session;
    if (lastUse === undefined) return false;
    const isAsItWas = user !== undefined && local.length === 0 && held.length === 0 && !drafts.has(lsid);
    if (!isAsItWas) listed({ lsid, lastUse, user });
    return isAsItWas;
  });
  for (const draft of sessions) draft.user = owners.get(draft.lsid.uid);

  return {
    serverTime: listing.serverTime,
    sessions: sessions.length === 0 ? unchanged : [...sessions, ...unchanged],
    silentMembers: listing.members
      .filter((member) => member.sessions === undefined || member.held === undefined)
      .map((member) => member.address),
  };
}

/** Who has records that are not in a snapshot, given how many the collection holds; nobody where these were not counted. */
export function partlyReadOwners(
  { sessions }: Snapshot,
  owners: readonly ListedOwner[] = [],
): ReadonlySet<Uid> {
  const read = countByOwner(sessions.filter(isListed));
  return new Set(owners.flatMap(({ uid, count }) => ((read.get(uid) ?? 0) < count ? [uid] : [])));
}

/** Whether the collection has it, and not only a member. */
export function isListed({ flushed }: Session): boolean {
  return flushed !== undefined;
}

/** How many of these are whose; each counts for as many as `standsFor` says. */
export function countByOwner<T extends { readonly lsid: Lsid }>(
  items: readonly T[],
  standsFor: (item: T) => number = () => 1,
): Map<Uid, number> {
  const counts = new Map<Uid, number>();
  for (const item of items) counts.set(item.lsid.uid, (counts.get(item.lsid.uid) ?? 0) + standsFor(item));
  return counts;
}

/** Adds to a list that a draft has of its own; the empty one is everybody's. */
function withItem<T>(list: T[], item: T): T[] {
  if (list === none) return [item];
  list.push(item);
  return list;
}

/** A member may list a session twice, and then its latest use counts. */
function withUse(uses: Session['local'], use: LocalUse): Session['local'] {
  if (uses.some(({ member, at }) => member === use.member && at >= use.at)) return uses;
  const others = uses.filter(({ member }) => member !== use.member);
  return [...others, use].sort((a, b) => b.at - a.at);
}

function resourceOf(
  kind: Resource['kind'],
  { lsid, idle = 0, open = 0, connection }: HeldThing,
  { address, connections }: MemberListing,
  connected: ReadonlySet<Uid>,
): Resource {
  const resource = { kind, member: address, idle, open };
  if (connections === undefined) return { ...resource, clientGone: 'unknown' };
  // An idle cursor does not tell its connection: its client is surely gone once its owner has none left here.
  const clientGone = connection === undefined ? !connected.has(lsid.uid) : !connections.ids.has(connection);
  return { ...resource, clientGone };
}
