import type { Document, MongoClient } from 'mongodb';
import type { Digest } from '../digest.ts';
import type { Narrowing } from '../decide/narrowing.ts';
import { ReaperError } from '../errors.ts';
import { LsidMap } from '../lsid-map.ts';
import type { Lsid, Uid } from '../session.ts';
import type { Connections, ListedSession, Listing, MemberListing } from '../snapshot.ts';
import { parseHello } from './answers.ts';
import { isChangeOfPrimary } from './connect.ts';
import { NoAnswer, within } from './deadline.ts';
import type { Deployment } from './deployment.ts';
import type { Member } from './members.ts';
import { only, stagesOfOperations } from './operations.ts';
import { listShards } from './routers.ts';
import { countOwners, listRecords, listRecordsOf, passRecords } from './collection.ts';
import { readDocuments, readRaw, type RawQuery } from './raw-cursor.ts';
import { rawSessionReader } from './raw-rows.ts';
import { parseConnections, parseHeldThings } from './rows.ts';
import { toMatch } from './to-match.ts';

/** What a look at a deployment saw, and which members did not answer. */
export interface Look extends Listing, MemberErrors {
  /** The primary’s, from before it was asked. */
  readonly clock: Clock;
}

export interface MemberErrors {
  /** By address, in their words. */
  readonly errors: Map<string, string>;
  /** Those of them that were waited for in vain: to ask again would take as long. */
  readonly hanging: Set<string>;
}

/** What members are to be asked. */
export interface MemberOptions {
  /** Of these users only. */
  readonly uids?: readonly Uid[];
  /** Also who is connected, which `client_gone` needs. */
  readonly connections?: boolean;
  /** Members that are not asked, and why. */
  readonly lost?: ReadonlyMap<string, string>;
}

/** What a look is to see besides the sessions themselves. */
export interface LookOptions extends Pick<MemberOptions, 'connections'> {
  /** What the server may leave out of the collection, given the primary's clock in ms since the epoch. */
  readonly narrow?: ((now: number) => Narrowing) | undefined;
  /** Sessions that are not to be left out. */
  readonly also?: readonly Lsid[];
  /** Told how many records of the collection were read so far. */
  readonly onRead?: RawQuery['onRead'];
  /** Keeps little of the records that no member knows and that are not among `also`. */
  readonly digest?: Digest | undefined;
}

/**
 * Asks every member for its sessions and operations, then the primary for `config.system.sessions`.
 *
 * The members come first: what a refresh moves out of a local list meanwhile is then found in the collection. A
 * refresh that is being written just then can hide a use from both; the look before the kill asks a second time.
 * The primary's clock is read before everything, so that no session looks idler than it is.
 */
export async function look(deployment: Deployment, options: LookOptions = {}): Promise<Look> {
  return again(deployment, () => lookOnce(deployment, options));
}

/**
 * Looks a second time if the primary changed meanwhile: the driver does not go on with a listing where the old one
 * left off. Throws ReaperErrors.
 */
export async function again<T>({ failureOf }: Deployment, lookOnceMore: () => Promise<T>): Promise<T> {
  try {
    return await lookOnceMore().catch((error: unknown) => {
      if (!isChangeOfPrimary(error)) throw error;
      return lookOnceMore();
    });
  } catch (error) {
    throw failureOf(error);
  }
}

async function lookOnce(deployment: Deployment, options: LookOptions): Promise<Look> {
  const primaryClock = await readClock(deployment.primary);
  const serverTime = primaryClock.time;
  const match = toMatch(options.narrow?.(serverTime) ?? 'all');
  const asked = listMembers(deployment, primaryClock, options);
  // It has one client for both: for two questions at once the driver would open a second connection, and log in again.
  if (deployment.topology === 'standalone') await asked;
  const [told, owners] = await Promise.all([
    asked,
    match === undefined ? undefined : countOwners(deployment.primary),
  ]);
  const known = [...told.members.flatMap(lsidsOf), ...(options.also ?? [])];
  const found = { clock: primaryClock, serverTime, ...told };
  if (match === undefined || owners === undefined || known.length > mostKnown) {
    const collection = await listRecords(deployment.primary, [], options.onRead);
    return { ...found, collection };
  }
  const listing = { ...found, owners };
  const matched = await listMatching(match, { ...listing, collection: [] }, known, deployment, options);
  // What a member knows is looked up too, whatever its record says: the latest of both counts (L2).
  const collection = [...matched, ...(await listRecordsOf(deployment.primary, known))];
  return { ...listing, collection };
}

/** The records that match; where there is a digest, what it leaves of them, without those that are known. */
async function listMatching(
  match: Document,
  listing: Listing,
  known: readonly Lsid[],
  { primary }: Deployment,
  { digest, onRead }: LookOptions,
): Promise<readonly ListedSession[]> {
  const stages = [{ $match: match }];
  if (digest === undefined) return listRecords(primary, stages, onRead);
  const isKnown = new LsidMap(known.map((lsid) => [lsid, true]));
  const isUnknown = ({ lsid }: ListedSession): boolean => !isKnown.has(lsid);
  digest.clear();
  await passRecords(primary, stages, (rows) => digest.add(rows.filter(isUnknown), listing), onRead);
  return digest.rows();
}

/** Beyond so many sessions it is faster to read everything than to look them up one by one. */
const mostKnown = 100_000;

/** What every member says, in parallel, and who said nothing, and why. */
export async function listMembers(
  deployment: Deployment,
  primaryClock: Clock,
  options: MemberOptions,
): Promise<MemberErrors & Pick<Listing, 'members'>> {
  const failed: MemberErrors = { errors: new Map(), hanging: new Set() };
  const members = await Promise.all(
    deployment.members.map(async (member): Promise<MemberListing> => {
      const { address, error: lost = options.lost?.get(address) } = member;
      if (lost !== undefined) failed.errors.set(address, lost);
      else {
        try {
          // A standalone’s client is the primary’s too: its clock has just been read.
          const clock = member.client === deployment.primary ? primaryClock : await readClock(member.client);
          return await listMember(member, { clock, primaryClock }, options);
        } catch (error) {
          if (error instanceof ReaperError) throw error;
          failed.errors.set(address, deployment.wordsOf(error));
          if (error instanceof NoAnswer) failed.hanging.add(address);
        }
      }
      return { address, behind: 0, sessions: undefined, held: undefined };
    }),
  );
  if (deployment.topology !== 'sharded') return { members, ...failed };
  const shards = await listShards(deployment.primary, options.uids);
  return { members: [...members, ...shards], ...failed };
}

/** A server that lives answers `hello` at once; a listing may be long. In ms. */
const helloDeadline = 5_000;
const ofServer = { db: 'admin', of: 1, batchSize: 10_000, deadline: 120_000 } as const;

/** A server’s clock when it was read. */
export interface Clock {
  /** ms since the epoch. */
  readonly time: number;
  /** How far it is ahead of this process's own monotonic clock: only differences of this mean anything. */
  readonly ahead: number;
  /** How wrong `ahead` may be, in ms: half of the round trip, and the rounding of the server’s answer. */
  readonly uncertainty: number;
  /** The term of the server whose clock it is; undefined where that cannot be told. */
  readonly term: string | undefined;
}

/** A server's clock, without any privilege (L8). */
export async function readClock(client: MongoClient): Promise<Clock> {
  const asked = performance.now();
  const hello = await within(helloDeadline, 'hello', client.db('admin').command({ hello: 1 }));
  const { localTime, term } = parseHello(hello);
  const answered = performance.now();
  return {
    time: localTime,
    ahead: localTime - (asked + answered) / 2,
    uncertainty: (answered - asked) / 2 + 1,
    term,
  };
}

async function listMember(
  { address, client }: Member,
  { clock, primaryClock }: { readonly clock: Clock; readonly primaryClock: Clock },
  { uids, connections = false }: MemberOptions,
): Promise<MemberListing> {
  // First what runs, then what was used: an operation that begins in between has renewed its session's last use.
  const operations = { ...ofServer, pipeline: stagesOfOperations(uids, 'here'), what: 'its operations' };
  const held = await readDocuments(client, operations, (row) => parseHeldThings(row, clock.time));
  const local = [{ $listLocalSessions: { allUsers: true } }, ...only('_id.uid', uids)];
  const sessions = await readRaw(
    client,
    { ...ofServer, db: 'config', pipeline: local, what: 'its listing' },
    rawSessionReader(),
  );
  // After `held`: a client that connects in between must not seem gone.
  const connected = connections ? await listConnections(client) : undefined;
  return {
    address,
    behind: behindBy(primaryClock, clock),
    sessions,
    held: held.flat(),
    connections: connected,
  };
}

/**
 * How far a member’s clock is behind the primary’s, in ms; 0 where they differ by no more than can be told. Of one that
 * is ahead no more than is sure: a use after a kill must not be taken for one before it.
 */
function behindBy(primary: Clock, member: Clock): number {
  const behind = primary.ahead - member.ahead;
  const doubt = primary.uncertainty + member.uncertainty;
  if (Math.abs(behind) <= doubt) return 0;
  return behind > 0 ? behind : behind + doubt;
}

async function listConnections(client: MongoClient): Promise<Connections> {
  const pipeline = [
    { $currentOp: { allUsers: true, idleConnections: true, localOps: true } },
    { $match: { connectionId: { $exists: true } } },
    { $project: { connectionId: 1, effectiveUsers: 1 } },
  ];
  const query = { ...ofServer, pipeline, what: 'its connections' };
  return parseConnections(await readDocuments(client, query, (row) => row));
}

export function lsidsOf({ sessions = [], held = [] }: MemberListing): Lsid[] {
  return [...sessions, ...held].map(({ lsid }) => lsid);
}
