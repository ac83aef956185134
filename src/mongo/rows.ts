import { Binary, type Document } from 'mongodb';
import type { ReaperError } from '../errors.ts';
import { parseSessionId, parseUid, type Lsid } from '../session.ts';
import type { Connections, HeldThing, ListedOwner, ListedSession } from '../snapshot.ts';
import { isUserName } from './answers.ts';
import { isCount, isTime, malformedAnswer } from './malformed-answer.ts';

/** Takes a row of `$listSessions` or `$listLocalSessions`; throws a ReaperError if it is not one (L1, L2). */
export function parseListedSession(row: Document): ListedSession {
  const user: unknown = row['user'];
  const name = typeof user === 'object' && user !== null ? (user as { name?: unknown }).name : user;
  const used: unknown = row['lastUse'];
  if (!isTime(used)) throw malformed('lastUse', row);
  if (name !== undefined && name !== null && typeof name !== 'string') throw malformed('user', row);
  if (name && Buffer.byteLength(name) > longestName) throw malformed('user', row);
  return { lsid: parseLsid(row['_id'], row), lastUse: used.getTime(), user: name || undefined };
}

/** In bytes: the server makes no session for a user whose name has 10,000, and this leaves room. */
export const longestName = 65_536;

/** Takes a row of the count of sessions by owner; throws a ReaperError if it is not one. */
export function parseListedOwner(row: Document): ListedOwner {
  const { count } = row;
  const { uid, user } = (row['_id'] ?? {}) as { uid?: unknown; user?: unknown };
  if (!(uid instanceof Binary) || uid.length() !== 32 || !isCount(count)) throw malformed('count', row);
  return { uid: parseUid(uid.toString('base64')), count, user: textOf(user) };
}

/** How many records are one user's, and the earliest last use of these, ms since the epoch. */
export interface OldestOfOwner extends ListedOwner {
  readonly lastUse: number;
}

/** The same with the earliest last use. */
export function parseOldestOfOwner(row: Document): OldestOfOwner {
  const { oldest } = row;
  if (!isTime(oldest)) throw malformed('count', row);
  return { ...parseListedOwner(row), lastUse: oldest.getTime() };
}

/**
 * Takes a document of `$currentOp` that has an lsid, and its member's clock (ms since the epoch); returns what
 * it holds (L7, L14): none, one or two things.
 */
export function parseHeldThings(row: Document, memberTime: number): HeldThing[] {
  const lsid = parseLsid(row['lsid'], row);
  const common = { lsid, users: usersOf(row), client: textOf(row['client']), app: textOf(row['appName']) };
  const running = row['type'] === 'op' && row['active'] === true;
  const cursor = row['cursor'];
  const transaction = row['transaction'];

  const things: HeldThing[] = [];
  if (running) things.push({ ...common, kind: 'operation', number: String(row['opid']) });
  if (cursor?.cursorId !== undefined) {
    things.push({
      ...common,
      kind: 'cursor',
      number: String(cursor.cursorId),
      idle: running ? 0 : since(cursor.lastAccessDate, memberTime),
      open: since(cursor.createdDate, memberTime),
    });
  }
  // An operation outside a transaction has none of its parameters but, for a retryable write, its number.
  if (transaction?.parameters?.txnNumber !== undefined && transaction.parameters.autocommit === false) {
    things.push({
      ...common,
      kind: 'transaction',
      number: String(transaction.parameters.txnNumber),
      idle: running ? 0 : millis(transaction.timeInactiveMicros),
      open: millis(transaction.timeOpenMicros),
      connection: String(row['connectionId']),
    });
  }
  return things;
}

/** Takes the documents of a member's connections and returns who is connected (L14). */
export function parseConnections(rows: readonly Document[]): Connections {
  return {
    ids: new Set(rows.map(({ connectionId }) => String(connectionId))),
    users: new Set(rows.flatMap(usersOf)),
  };
}

/** On whose behalf an operation runs; what names nobody counts for nothing. */
function usersOf({ effectiveUsers }: Document): string[] {
  const listed: unknown[] = Array.isArray(effectiveUsers) ? effectiveUsers : [];
  return listed.filter(isUserName).map(({ user, db }) => `${user}@${db}`);
}

function since(date: unknown, memberTime: number): number {
  return date instanceof Date ? Math.max(0, memberTime - date.getTime()) : 0;
}

function millis(micros: unknown): number {
  const number = Number(micros);
  return Number.isFinite(number) ? Math.max(0, number / 1000) : 0;
}

/** Takes an lsid; `id` and `uid` only, since sessions that the server makes for itself inside one carry more. */
export function parseLsid(value: unknown, row: Document): Lsid {
  const { id, uid } = (value ?? {}) as { id?: unknown; uid?: unknown };
  if (!(id instanceof Binary) || !(uid instanceof Binary)) throw malformed('lsid', row);
  try {
    return { id: parseSessionId(id.toUUID().toString()), uid: parseUid(uid.toString('base64')) };
  } catch {
    throw malformed('lsid', row);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function malformed(field: string, row: Document): ReaperError {
  const shown = JSON.stringify((field === 'lsid' ? (row['lsid'] ?? row['_id']) : row[field]) ?? null)?.slice(
    0,
    200,
  );
  return malformedAnswer(`the server listed a session whose ${field} makes no sense: ${shown}`);
}
