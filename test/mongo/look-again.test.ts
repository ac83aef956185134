import fc from 'fast-check';
import { Binary, BSON, ObjectId, UUID, type Document, type MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../src/mongo/deployment.ts';
import { binaryUid } from '../../src/mongo/binary.ts';
import { readClock } from '../../src/mongo/look.ts';
import { lookAgain } from '../../src/mongo/look-again.ts';
import { makePlan, type PlannedUser } from '../../src/plan/plan.ts';
import { keyOf, parseUid, type Lsid, type Session, type Uid } from '../../src/session.ts';
import { partlyReadOwners, type ListedSession } from '../../src/snapshot.ts';
import { aSession, idOf, lsidOf, minute, now, toTerminate, uidOf } from '../support/builders.ts';

/*
 * The primary is a stand-in: no real one changes its collection, its clock and its term between two commands just as
 * it is told. It knows those stages that a look sends, and nothing else. What real servers make of these is tested in
 * integration.
 */

const refreshMillis = 5 * minute;
const owners = ['alice@admin', 'bob@admin', 'carol@admin'];
/** When the second look is made, ms after the first. */
const later = 3 * minute;

/** A collection at one time: when each session was last used. */
type Records = ReadonlyMap<string, { readonly lsid: Lsid; readonly lastUse: number }>;

interface Primary {
  records: Records;
  /** Its clock, ms since the epoch. */
  time: number;
  term: ObjectId;
}

function aPrimary(state: Primary) {
  const sent: ListedSession[] = [];
  const rowsFor = (stages: readonly Document[]): Document[] => {
    let rows: readonly ListedSession[] = Array.from(state.records.values(), (each) => ({
      ...each,
      user: undefined,
    }));
    for (const { $listSessions, $match, $group } of stages) {
      if ($listSessions !== undefined) continue;
      if ($group !== undefined)
        return countOf(rows).map(({ uid, count }) => ({ _id: { uid: binaryUid(uid) }, count }));
      rows = rows.filter((row) => matches($match, row));
    }
    sent.push(...rows);
    return rows.map(({ lsid, lastUse }) => ({ _id: binary(lsid), lastUse: new Date(lastUse) }));
  };
  const command = async (given: Document): Promise<Document> => {
    if ('hello' in given) {
      const topologyVersion = { processId: new ObjectId('0'.repeat(24)) };
      return {
        isWritablePrimary: true,
        localTime: new Date(state.time),
        topologyVersion,
        electionId: state.term,
      };
    }
    const rows = given['aggregate'] === 'system.sessions' ? rowsFor(given['pipeline']) : [];
    const firstBatch = rows.map((row) => BSON.serialize(row));
    return { cursor: { id: 0n, ns: 'config.system.sessions', firstBatch } };
  };
  const client = {
    db: () => ({ command }),
    startSession: () => ({ endSession: async () => undefined }),
  } as unknown as MongoClient;
  return { client, sent };
}

function matches(match: Document, { lsid, lastUse }: ListedSession): boolean {
  const [[field, test] = ['', {}]] = Object.entries(match) as [string, Document][];
  if (field === 'lastUse') return lastUse >= test['$gte'].getTime();
  if (field === '_id.uid') return test['$in'].some((uid: Binary) => uid.toString('base64') === lsid.uid);
  if (field === '_id') return test['$in'].some((id: Document) => keyOf(lsid) === keyOf(lsidOfSent(id)));
  throw new Error(`the stand-in knows no $match on ${field}`);
}

function countOf(rows: readonly Pick<ListedSession, 'lsid'>[]): { uid: Uid; count: number }[] {
  const uids = [...new Set(rows.map(({ lsid }) => lsid.uid))];
  return uids.map((uid) => ({ uid, count: rows.filter(({ lsid }) => lsid.uid === uid).length }));
}

function binary({ id, uid }: Lsid): { id: UUID; uid: Binary } {
  return { id: new UUID(id), uid: binaryUid(uid) };
}

function lsidOfSent({ id, uid }: Document): Lsid {
  return { id: String(id) as Lsid['id'], uid: parseUid(uid.toString('base64')) };
}

function aSet(client: MongoClient, topology: Deployment['topology'] = 'replica-set'): Deployment {
  return {
    topology,
    primary: client,
    members: [],
    refreshMillis,
    failureOf: (error: unknown) => error,
  } as unknown as Deployment;
}

function recordsOf(sessions: readonly Session[]): Records {
  return new Map(
    sessions.map(({ lsid, flushed = now }) => [keyOf(lsid), { lsid, lastUse: flushed }] as const),
  );
}

function planned(sessions: readonly Session[]): readonly PlannedUser[] {
  const verdicts = sessions.map((session) => toTerminate(session, { wholeUser: true }));
  return makePlan(verdicts, () => false).users;
}

interface Options {
  readonly eachAlone?: boolean;
  /** What the first look read of it, and whether it counted the records instead of reading all. */
  readonly read?: readonly Session[];
  readonly isCounted?: boolean;
  readonly topology?: Deployment['topology'];
}

/** What a second look finds of these users in the collection, when `change` has happened since the first. */
async function seenAgain(
  first: readonly Session[],
  users: readonly PlannedUser[],
  change: (primary: Primary) => void,
  { eachAlone = false, read = first, isCounted = false, topology = 'replica-set' }: Options = {},
) {
  const state: Primary = { records: recordsOf(first), time: now, term: new ObjectId('1'.repeat(24)) };
  const { client, sent } = aPrimary(state);
  const clock = { ...(await readClock(client)), uncertainty: 1 };
  const snapshot = { serverTime: now, sessions: read, silentMembers: [] };
  const counts = countOf(first).map((owner) => ({ ...owner, user: undefined }));
  const earlier = {
    // The test does not wait for the minutes that the primary’s clock goes on.
    clock: { ...clock, ahead: clock.ahead + later },
    snapshot,
    partlyRead: partlyReadOwners(snapshot, isCounted ? counts : undefined),
    eachAlone,
  };
  state.time += later;
  change(state);
  const seen = await lookAgain(aSet(client, topology), users, earlier, {});
  const unchanged = (seen.unchanged ?? []).map(({ lsid, flushed = 0 }) => ({ lsid, lastUse: flushed }));
  const listed = [...seen.collection, ...unchanged];
  return { found: new Map(listed.map((row) => [keyOf(row.lsid), row.lastUse])), sent };
}

const sessionOf = fc
  .record({ id: fc.integer({ min: 1, max: 4 }), owner: fc.constantFrom(...owners), ago: fc.nat(60) })
  .map(({ id, owner, ago }) => aSession({ id, owner, flushedAgo: ago * minute }));
const sessionsOf = fc.uniqueArray(sessionOf, { selector: ({ lsid }) => keyOf(lsid), maxLength: 12 });

/** What happens to a session between the looks; `late` is a use from before the first that only then was written. */
const event = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  owner: fc.constantFrom(...owners),
  what: fc.constantFrom<'used' | 'late' | 'gone'>('used', 'late', 'gone'),
  after: fc.integer({ min: 0, max: later }),
});

describe('a second look', () => {
  test('finds what reading everything would, whatever has happened since', () =>
    fc.assert(
      fc.asyncProperty(
        sessionsOf,
        fc.array(event, { maxLength: 8 }),
        fc.record({
          term: fc.boolean(),
          clockSet: fc.constantFrom(0, 0, -3_600_000, 3_600_000),
          eachAlone: fc.boolean(),
          partly: fc.boolean(),
          isCounted: fc.boolean(),
          topology: fc.constantFrom<Deployment['topology']>('replica-set', 'replica-set', 'sharded'),
        }),
        async (first, events, { term, clockSet, eachAlone, partly, isCounted, topology }) => {
          const users = planned(first.filter(({ lsid }) => lsid.uid !== uidOf('carol@admin')));
          const read = partly ? first.filter(({ lsid }) => lsid.id !== idOf(2)) : first;
          let truth: Records = new Map();
          const { found } = await seenAgain(
            first,
            users,
            (primary) => {
              if (term) primary.term = new ObjectId('2'.repeat(24));
              primary.time += clockSet;
              const records = new Map(primary.records);
              for (const { id, owner, what, after } of events) {
                const lsid = lsidOf(id, owner);
                // A new primary stamps by its own clock, as one does whose clock was set.
                const stamped = now + after + clockSet;
                const lastUse = what === 'late' ? now - refreshMillis : stamped;
                if (what === 'gone') records.delete(keyOf(lsid));
                else records.set(keyOf(lsid), { lsid, lastUse });
              }
              truth = primary.records = records;
            },
            { eachAlone, read, isCounted: partly || isCounted, topology },
          );
          const uids = new Set(users.map(({ uid }) => uid));
          const keys = new Set(
            users.flatMap((user) => user.sessions.map(({ session }) => keyOf(session.lsid))),
          );
          const expected = [...truth]
            .filter(([key, { lsid }]) => (eachAlone ? keys.has(key) : uids.has(lsid.uid)))
            .map(([key, { lastUse }]) => [key, lastUse] as const);
          expect(found).toEqual(new Map(expected));
        },
      ),
      { numRuns: 1000 },
    ));

  const two = [1, 2].map((id) => aSession({ id, flushedAgo: 30 * minute }));
  const [one, other] = two as [Session, Session];

  test.each([
    ['nothing', () => undefined, []],
    ['a use', use(other.lsid), [other.lsid]],
    ['a new session', use(lsidOf(3)), [lsidOf(3)]],
    ['the use of a session of somebody else', use(lsidOf(3, 'bob@admin')), []],
    // Which one of them it was is not told by a count.
    ['an end', (primary: Primary) => void (primary.records = recordsOf([one])), [one.lsid]],
    ['another primary', (primary: Primary) => void (primary.term = new ObjectId()), [one.lsid, other.lsid]],
    ['a clock that was set', (primary: Primary) => void (primary.time -= 2000), [one.lsid, other.lsid]],
  ])('is sent little after %s', async (_, change, expected) => {
    const { sent } = await seenAgain(two, planned(two), change);
    expect(sent.map(({ lsid }) => keyOf(lsid))).toEqual(expected.map(keyOf));
  });

  test('is sent the planned sessions alone where each is decided by itself', async () => {
    const { sent } = await seenAgain(two, planned([one]), () => undefined, { eachAlone: true });
    expect(sent.map(({ lsid }) => lsid)).toEqual([one.lsid]);
  });

  test('knows the owners by name where no record tells', async () => {
    const { client } = aPrimary({ records: recordsOf(two), time: now, term: new ObjectId() });
    const snapshot = { serverTime: now, sessions: two, silentMembers: [] };
    const earlier = {
      clock: await readClock(client),
      snapshot,
      partlyRead: new Set<Uid>(),
      eachAlone: true,
    };
    const { owners: named } = await lookAgain(aSet(client), planned(two), earlier, {});
    expect(named).toEqual([{ uid: uidOf('alice@admin'), user: 'alice@admin', count: 0 }]);
  });
});

function use(lsid: Lsid) {
  return (primary: Primary): void => {
    primary.records = new Map([...primary.records, [keyOf(lsid), { lsid, lastUse: now + later }]]);
  };
}
