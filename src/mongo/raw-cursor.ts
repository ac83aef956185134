import { setImmediate } from 'node:timers/promises';
import { BSON, type ClientSession, type Document, type MongoClient } from 'mongodb';
import type { ReaperError } from '../errors.ts';
import { within } from './deadline.ts';
import { malformedAnswer } from './malformed-answer.ts';

/** What to ask for, and how long to wait for all of it. */
export interface RawQuery {
  readonly db: 'admin' | 'config';
  /** A collection, or the server itself. */
  readonly of: string | 1;
  readonly pipeline: readonly Document[];
  readonly batchSize: number;
  /** A session of the caller’s; one of its own otherwise. */
  readonly session?: ClientSession;
  /** In words, for the error of a server that does not answer. */
  readonly what: string;
  /** ms. */
  readonly deadline: number;
  /** Told how many rows were read so far. */
  readonly onRead?: ((rows: number) => void) | undefined;
}

/** What is made of rows, and how many bytes of them may come before there are too many. */
interface Reading<T> {
  readonly read: (row: Uint8Array) => T;
  readonly take: (rows: readonly T[]) => void;
  readonly mostBytes: number;
}

/** Room for 30 million sessions that are passed on, and for 8 million that are kept: a server holds a million unless told otherwise. */
const mostPassed = 2 ** 33;
const mostKept = 2 ** 31;

/** What a row takes beside its own bytes once it is read. */
const perRow = 128;

/** In a row. A mongod sends none, since it waits until it has a row or the end; a router may send a few. */
const mostEmpty = 100;

/**
 * Runs an aggregation and hands over, batch by batch, what `read` makes of the BSON of each row. A cursor of the
 * driver with `raw: true` would do, but for this: it leaves parts of an error as bytes too, and stumbles over them
 * later when the error is one of a change of primary. Throws what the server says, NoAnswer, or `malformed-answer`.
 */
export async function readBatches<T>(
  client: MongoClient,
  query: RawQuery,
  read: (row: Uint8Array) => T,
  take: (rows: readonly T[]) => void,
): Promise<void> {
  return readWithin(client, query, { read, take, mostBytes: mostPassed });
}

/** The same, all rows at once. */
export async function readRaw<T>(
  client: MongoClient,
  query: RawQuery,
  read: (row: Uint8Array) => T,
): Promise<T[]> {
  const rows: T[] = [];
  const take = (batch: readonly T[]): void => {
    for (const row of batch) rows.push(row);
  };
  await readWithin(client, query, { read, take, mostBytes: mostKept });
  return rows;
}

/** The same, with what `parse` makes of each row as the driver reads it. */
export async function readDocuments<T>(
  client: MongoClient,
  query: RawQuery,
  parse: (row: Document) => T,
): Promise<T[]> {
  return readRaw(client, query, (row) => parse(BSON.deserialize(row)));
}

/** Stops the reading, too: it would go on for nobody, and hold what it reads. */
async function readWithin<T>(client: MongoClient, query: RawQuery, reading: Reading<T>): Promise<void> {
  const stop = new AbortController();
  const session = query.session ?? client.startSession();
  try {
    const work = readOn(client, query, reading, { session, signal: stop.signal });
    await within(query.deadline, query.what, work);
  } finally {
    stop.abort();
    if (session !== query.session) await session.endSession();
  }
}

async function readOn<T>(
  client: MongoClient,
  { db: name, of, pipeline, batchSize, onRead }: RawQuery,
  { read, take, mostBytes }: Reading<T>,
  until: { readonly session: ClientSession; readonly signal: AbortSignal },
): Promise<void> {
  const db = client.db(name);
  const options = { ...until, useBigInt64: true, fieldsAsRaw: { firstBatch: true, nextBatch: true } };
  let rows = 0;
  let bytes = 0;
  let empty = 0;
  let { cursor } = await db.command(
    { aggregate: of, pipeline: [...pipeline], cursor: { batchSize } },
    options,
  );
  for (;;) {
    const batch = batchOf(cursor);
    for (const row of batch) bytes += row.byteLength + perRow;
    empty = batch.length === 0 ? empty + 1 : 0;
    if (bytes > mostBytes) throw malformedAnswer('the server’s listing has no end');
    if (empty > mostEmpty) throw malformedAnswer('the server’s listing has no end and no rows');
    const { id, ns } = cursor;
    if (id !== 0n && (typeof id !== 'bigint' || typeof ns !== 'string')) throw noCursor();
    const collection = String(ns).slice(String(ns).indexOf('.') + 1);
    // Asked for before these rows are read: the server finds the next ones meanwhile.
    const next = id === 0n ? undefined : db.command({ getMore: id, collection, batchSize }, options);
    // If a row is malformed, nobody waits for it.
    next?.catch(() => undefined);
    if (next !== undefined) await setImmediate();
    take(batch.map(read));
    onRead?.((rows += batch.length));
    if (next === undefined) return;
    ({ cursor } = await next);
    until.signal.throwIfAborted();
  }
}

function batchOf(cursor: unknown): readonly Uint8Array[] {
  const { firstBatch, nextBatch } = (cursor ?? {}) as Record<string, unknown>;
  const batch = firstBatch ?? nextBatch;
  if (!Array.isArray(batch) || !batch.every((row) => row instanceof Uint8Array)) throw noCursor();
  return batch;
}

function noCursor(): ReaperError {
  return malformedAnswer('the server’s listing is no cursor with rows');
}
