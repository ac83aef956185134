declare const brand: unique symbol;

/** Names the owner of a session: base64 of the SHA-256 of `user@db` (T5). Made only by `parseUid`. */
export type Uid = string & { readonly [brand]: 'uid' };

/** The client's half of an lsid: a UUID in its usual text form. Made only by `parseSessionId`. */
export type SessionId = string & { readonly [brand]: 'session-id' };

/** The whole name of a session. The same `id` may belong to two users, so both halves count (T4). */
export interface Lsid {
  readonly id: SessionId;
  readonly uid: Uid;
}

/** What a session holds on the members that answered: how many of each. */
export interface Holds {
  readonly operations: number;
  readonly cursors: number;
  readonly transactions: number;
}

/** A cursor or a transaction that a session keeps open on a member. */
export interface Resource {
  readonly kind: 'cursor' | 'transaction';
  readonly member: string;
  /** ms since it was last used and since it was opened, by its member's own clock: lower bounds. */
  readonly idle: number;
  readonly open: number;
  /** Whether its client's connection is there no more (L14); unknown if connections were not asked for. */
  readonly clientGone: boolean | 'unknown';
}

/** A use that one member knows of: ms since the epoch, on the primary's clock or later, never earlier. */
export interface LocalUse {
  readonly at: number;
  readonly member: string;
  /** By how many ms it may be too late, since the clock of its member is ahead; none where it is not. */
  readonly ahead?: number;
}

/** One logical session, merged from everything that any member said of it. */
export interface Session {
  readonly lsid: Lsid;
  /** The owner as listed, `name@db`; undefined while nothing says who it is (L3). Never split it (L5). */
  readonly user: string | undefined;
  /** `lastUse` of the record in `config.system.sessions`, ms since the epoch on the primary's clock. */
  readonly flushed: number | undefined;
  /** `lastUse` in the local list of each member that has it, the latest first. */
  readonly local: readonly LocalUse[];
  readonly holds: Holds;
  /** What it holds, one name each (`member kind number`), so that a later look can tell old from new. */
  readonly held: readonly string[];
  /** Its idle or open cursors and transactions, with their times. */
  readonly resources: readonly Resource[];
  /** Client addresses and application names, known only of what runs or is in a transaction (L14). */
  readonly clients: readonly string[];
  readonly apps: readonly string[];
}

/**
 * The latest use seen anywhere, ms since the epoch on the primary's clock: an upper bound of the last use,
 * since a flush stamps its own time (L2). Undefined for a session that only `$currentOp` knows.
 */
export function lastUse(session: Session): number | undefined {
  const { flushed, local } = session;
  // Most sessions have none, and what is beyond the end of a list takes long to look up.
  const latest = local.length === 0 ? undefined : local[0]?.at;
  if (flushed === undefined) return latest;
  return latest === undefined ? flushed : Math.max(flushed, latest);
}

/** A session of this owner of which nothing else is known, to ask what holds of the owner as such. */
export function sessionOf(uid: Uid, user: string | undefined): Session {
  return {
    lsid: { id: parseSessionId('00000000-0000-0000-0000-000000000000'), uid },
    user,
    flushed: undefined,
    local: [],
    holds: { operations: 0, cursors: 0, transactions: 0 },
    held: [],
    resources: [],
    clients: [],
    apps: [],
  };
}

/** Takes base64 of 32 bytes and returns it as a uid; throws a RangeError for anything else. */
export function parseUid(text: string): Uid {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text)) {
    throw new RangeError(`not a uid (base64 of 32 bytes): ${JSON.stringify(text)}`);
  }
  return text as Uid;
}

/** Takes a UUID's text and returns it in lower case; throws a RangeError for anything else. */
export function parseSessionId(text: string): SessionId {
  if (typeof text !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new RangeError(`not a session id (UUID): ${JSON.stringify(text)}`);
  }
  return text.toLowerCase() as SessionId;
}

/** A text that is the same for the same lsid only; for maps and sets. */
export function keyOf(lsid: Lsid): string {
  return `${lsid.id} ${lsid.uid}`;
}
