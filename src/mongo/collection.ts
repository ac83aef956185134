import type { Document, MongoClient } from 'mongodb';
import type { Lsid, Uid } from '../session.ts';
import type { ListedOwner, ListedSession } from '../snapshot.ts';
import { binaryLsids } from './binary.ts';
import { only } from './operations.ts';
import { readBatches, readDocuments, readRaw, type RawQuery } from './raw-cursor.ts';
import { rawSessionReader } from './raw-rows.ts';
import { parseListedOwner, parseOldestOfOwner, type OldestOfOwner } from './rows.ts';

/** In ms: a listing of a million takes long, and a server that hangs takes longer. */
const listDeadline = 120_000;

/** Some MB a batch: larger ones are no faster, and both sides hold them in memory. */
const rowsAtOnce = 25_000;

/** An lsid takes about 90 bytes, and a command no more than 16 MB. */
const lsidsAtOnce = 50_000;

/** Takes stages that choose records of `config.system.sessions`, and returns these. */
export async function listRecords(
  primary: MongoClient,
  stages: Document[],
  onRead?: RawQuery['onRead'],
): Promise<ListedSession[]> {
  return readRaw(primary, { ...recordsBy(stages), onRead }, rawSessionReader());
}

/** The same, handed over batch by batch. */
export async function passRecords(
  primary: MongoClient,
  stages: Document[],
  take: (rows: readonly ListedSession[]) => void,
  onRead: RawQuery['onRead'],
): Promise<void> {
  await readBatches(primary, { ...recordsBy(stages), onRead }, rawSessionReader(), take);
}

function recordsBy(stages: Document[]): RawQuery {
  return listing(stages, 'the listing of config.system.sessions');
}

function listing(stages: Document[], what: string): RawQuery {
  return {
    db: 'config',
    of: 'system.sessions',
    pipeline: [{ $listSessions: { allUsers: true } }, ...stages],
    batchSize: rowsAtOnce,
    what,
    deadline: listDeadline,
  };
}

/** The records of exactly these sessions, as far as there are any. */
export async function listRecordsOf(primary: MongoClient, lsids: readonly Lsid[]): Promise<ListedSession[]> {
  const rows: ListedSession[][] = [];
  for (let start = 0; start < lsids.length; start += lsidsAtOnce) {
    const some = binaryLsids(lsids.slice(start, start + lsidsAtOnce));
    rows.push(await listRecords(primary, [{ $match: { _id: { $in: some } } }]));
  }
  return rows.flat();
}

/** The stage that leaves in only records of what was used then or later, ms since the epoch; an index serves it (L12). */
export function since(time: number): Document {
  return { $match: { lastUse: { $gte: new Date(time) } } };
}

/**
 * How many records each user has, of these users only if given, and the name where any of them tells: the server
 * counts faster than it sends.
 */
export async function countOwners(primary: MongoClient, uids?: readonly Uid[]): Promise<ListedOwner[]> {
  // Grouping by the name too is faster than to ask for the greatest name of a group.
  const group = { $group: { _id: { uid: '$_id.uid', user: '$user.name' }, count: { $sum: 1 } } };
  const grouped = [...only('_id.uid', uids), group];
  const rows = await readDocuments(primary, listing(grouped, countWords), parseListedOwner);
  const owners = new Map<string, ListedOwner>();
  for (const { uid, count, user } of rows) {
    // A record may lack the name that others of its user have (L3).
    const known = owners.get(uid);
    owners.set(uid, { uid, count: count + (known?.count ?? 0), user: known?.user ?? user });
  }
  return [...owners.values()];
}

const countWords = 'the count of sessions';

/**
 * The earliest last use among each user's records and how many they are, without `known`. These must have been read
 * before this is asked: what was used since then looks younger here, so that it is never taken for an older one.
 */
export async function oldestOfOwners(
  primary: MongoClient,
  known: readonly ListedSession[],
): Promise<OldestOfOwner[]> {
  const knownOf = new Map<Uid, ListedSession[]>();
  for (const record of known) {
    const { uid } = record.lsid;
    knownOf.set(uid, [...(knownOf.get(uid) ?? []), record]);
  }
  const unclear: Uid[] = [];
  const owners = (await groupByOwner(primary, [])).flatMap((owner): OldestOfOwner[] => {
    const theirs = knownOf.get(owner.uid);
    if (theirs === undefined) return [owner];
    const count = owner.count - theirs.length;
    if (count <= 0) return [];
    if (theirs.every(({ lastUse }) => owner.lastUse < lastUse)) return [{ ...owner, count }];
    unclear.push(owner.uid);
    return [];
  });
  if (unclear.length === 0) return owners;
  const theirs = unclear.flatMap((uid) => knownOf.get(uid) ?? []);
  const without = binaryLsids(theirs.map(({ lsid }) => lsid));
  // An expression, since for `$nin` the server would walk the index on _id, in the order of chance.
  const others = { $match: { $expr: { $not: [{ $in: ['$_id', { $literal: without }] }] } } };
  return [...owners, ...(await groupByOwner(primary, [...only('_id.uid', unclear), others]))];
}

async function groupByOwner(primary: MongoClient, stages: Document[]): Promise<OldestOfOwner[]> {
  const _id = { uid: '$_id.uid', user: '$user.name' };
  const group = { $group: { _id, count: { $sum: 1 }, oldest: { $min: '$lastUse' } } };
  const rows = await readDocuments(primary, listing([...stages, group], countWords), parseOldestOfOwner);
  const owners = new Map<Uid, OldestOfOwner>();
  for (const { uid, count, user, lastUse } of rows) {
    const before = owners.get(uid);
    owners.set(uid, {
      uid,
      count: count + (before?.count ?? 0),
      user: before?.user ?? user,
      lastUse: Math.min(lastUse, before?.lastUse ?? lastUse),
    });
  }
  return [...owners.values()];
}
