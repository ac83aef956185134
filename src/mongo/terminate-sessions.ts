import { inspect } from 'node:util';
import {
  Binary,
  MongoServerError,
  MongoServerSelectionError,
  UUID,
  type Document,
  type MongoClient,
} from 'mongodb';
import { ReaperError } from '../errors.ts';
import type { NonEmpty, Target } from '../plan/plan.ts';
import { binaryLsids, binaryUid } from './binary.ts';
import { within } from './deadline.ts';
import type { Lsid } from '../session.ts';

/** A pattern that names one user or one session; the server takes any other to mean everybody (T1, T2, T4). */
type Pattern = { readonly uid: Binary } | { readonly lsid: { readonly id: UUID; readonly uid: Binary } };

/**
 * What a member answered to a command. `unreached`: the driver found no server to send it to. `in-doubt`: nobody
 * knows whether it was carried out.
 */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' | 'unreached' | 'in-doubt'; readonly message: string };

/** 100,000 patterns take 1.3 s (T14); who has not answered after this many ms is in doubt. */
const commandDeadline = 30_000;

/** An lsid pattern takes about 110 bytes in BSON; this many stay below 8 MB (T14). */
const mostPatterns = 70_000;

/**
 * Kills on the server that `client` is directly connected to, and nowhere else (T7).
 *
 * Takes a target, which cannot lack a uid, and checks once more what is about to be sent; throws a
 * ReaperError `unsafe-pattern` rather than send anything else. `comment` goes into the server's log (T13).
 */
export async function killSessions(client: MongoClient, target: Target, comment: Document): Promise<Answer> {
  for (const patterns of checkedParts(target, patternsOf, isSafePattern)) {
    const answer = await send(client, { killAllSessionsByPattern: patterns, comment });
    if (answer.kind !== 'done') return answer;
  }
  return { kind: 'done' };
}

/**
 * Takes sessions out of the listing, on the primary (T10). The server acts at its next refresh, and closes
 * then what was opened under these lsids meanwhile (T17): give it only what a look has shown unused.
 */
export async function endSessions(
  primary: MongoClient,
  lsids: NonEmpty<Lsid>,
  comment: Document,
): Promise<Answer> {
  for (const part of checkedParts(lsids, binaryLsids, isWholeLsid)) {
    const answer = await send(primary, { endSessions: part, comment });
    if (answer.kind !== 'done') return answer;
  }
  return { kind: 'done' };
}

/**
 * The last gate: makes what is to be sent and looks at all of it before the first part goes out. It looks at
 * the very documents, since a driver leaves out `undefined` and the types of a program say nothing about what
 * runs (T2).
 */
function checkedParts<Given, T>(
  given: Given,
  make: (given: Given) => T[],
  isSafe: (item: unknown) => boolean,
): T[][] {
  try {
    const items = make(given);
    // `every` alone passes over the holes of a list.
    if (items.length > 0 && Array.from(items).every(isSafe)) return inParts(items);
  } catch (error) {
    throw unsafe(given, error);
  }
  throw unsafe(given);
}

/** The patterns of one `killAllSessionsByPattern`, by uid alone or by whole lsids alone, never mixed (T4). */
function patternsOf(target: Target): Pattern[] {
  if (target.by === 'user') return [{ uid: binaryUid(target.uid) }];
  if (target.by === 'sessions') return binaryLsids(target.lsids).map((lsid) => ({ lsid }));
  return [];
}

function isSafePattern(pattern: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return false;
  const [[key, value] = ['', undefined], ...others] = Object.entries(pattern);
  return others.length === 0 && (key === 'uid' ? isUid(value) : key === 'lsid' && isWholeLsid(value));
}

function isWholeLsid(lsid: unknown): boolean {
  if (typeof lsid !== 'object' || lsid === null) return false;
  const { id, uid, ...others } = lsid as Document;
  return id instanceof UUID && id.buffer.length === 16 && isUid(uid) && Object.keys(others).length === 0;
}

function isUid(value: unknown): boolean {
  return value instanceof Binary && value.sub_type === Binary.SUBTYPE_DEFAULT && value.length() === 32;
}

function inParts<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += mostPatterns)
    parts.push(items.slice(start, start + mostPatterns));
  return parts;
}

async function send(client: MongoClient, command: Document): Promise<Answer> {
  try {
    await within(
      commandDeadline,
      Object.keys(command)[0] ?? 'a command',
      client.db('admin').command(command),
    );
    return { kind: 'done' };
  } catch (error) {
    return { kind: kindOf(error), message: wordsOf(error) };
  }
}

/** A router names the members that it could not pass a kill on to beside its message (T8). */
function wordsOf(error: unknown): string {
  const { message } = error as Error;
  const hosts: unknown = error instanceof MongoServerError ? error.errorResponse['failedHosts'] : undefined;
  return Array.isArray(hosts) ? `${message}: ${hosts.join(', ')}` : message;
}

/** Whether the server said no, or never got the command. After anything else nobody knows. */
function kindOf(error: unknown): 'refused' | 'unreached' | 'in-doubt' {
  if (error instanceof MongoServerSelectionError) return 'unreached';
  return error instanceof MongoServerError && !brokenOff.has(Number(error.code)) ? 'refused' : 'in-doubt';
}

/**
 * The server began and broke off: MaxTimeMSExpired, ShutdownInProgress, PrimarySteppedDown, ExceededTimeLimit,
 * InterruptedAtShutdown, Interrupted, InterruptedDueToReplStateChange.
 */
const brokenOff: ReadonlySet<number> = new Set([50, 91, 189, 262, 11600, 11601, 11602]);

function unsafe(command: unknown, cause?: unknown): ReaperError {
  return new ReaperError(
    'unsafe-pattern',
    `refused to send a pattern that names no session: ${inspect(command, { depth: 4, breakLength: Infinity })}`,
    {
      remedy: 'nothing was sent; this is an error in reaper, please report it',
      cause,
    },
  );
}
