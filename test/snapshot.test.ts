import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, lastUse, type Session } from '../src/session.ts';
import { takeSnapshot, type Listing, type MemberListing } from '../src/snapshot.ts';
import { aHeldThing, aListing, aMember, aNamelessRow, aRow, lsidOf, now, uidOf } from './support/builders.ts';

const alice = 'alice@admin';

function sessionsOf(listing: Partial<Listing>) {
  return takeSnapshot(aListing(listing), uidOf).sessions;
}

describe('what is unchanged since an earlier snapshot', () => {
  const owners = fc.constantFrom(alice, 'bob@admin');
  const row = fc
    .record({ id: fc.integer({ min: 1, max: 4 }), owner: owners, ago: fc.nat(90), named: fc.boolean() })
    .map(({ id, owner, ago, named }) => (named ? aRow(id, owner, ago) : aNamelessRow(id, owner, ago)));
  const rows = fc.uniqueArray(row, { selector: ({ lsid }) => keyOf(lsid), maxLength: 6 });
  const member = fc
    .record({
      sessions: rows,
      held: fc.array(fc.record({ id: fc.integer({ min: 1, max: 4 }), owner: owners })),
    })
    .map(({ sessions, held }) =>
      aMember('m1', { sessions, held: held.map(({ id, owner }) => aHeldThing(id, owner)) }),
    );

  test('makes the sessions that reading it again would', () => {
    fc.assert(
      fc.property(rows, member, rows, member, (first, membersThen, now, membersNow) => {
        const earlier = sessionsOf({ collection: first, members: [membersThen] });
        const changed = new Set(now.map(({ lsid }) => keyOf(lsid)));
        const unchanged = earlier.filter(({ lsid }) => !changed.has(keyOf(lsid)));
        const readAgain = first.filter(({ lsid }) => !changed.has(keyOf(lsid)));
        // A name that was known stays so.
        const named = earlier.flatMap(({ lsid: { uid }, user }) =>
          user === undefined ? [] : [{ uid, user, count: 0 }],
        );
        const both = { members: [membersNow], owners: named };
        const byKey = (sessions: readonly Session[]) =>
          new Map(sessions.map((each) => [keyOf(each.lsid), each]));
        expect(byKey(sessionsOf({ ...both, collection: now, unchanged }))).toEqual(
          byKey(sessionsOf({ ...both, collection: [...now, ...readAgain] })),
        );
      }),
    );
  });
});

describe('the last use (L2)', () => {
  test.each([
    { collection: [90], m1: [], m2: [], latest: 90 },
    { collection: [90], m1: [50], m2: [70], latest: 50 },
    { collection: [90], m1: [70], m2: [50], latest: 50 },
    { collection: [30], m1: [50], m2: [70], latest: 30 },
    { collection: [], m1: [50], m2: [], latest: 50 },
    { collection: [90, 40, 60], m1: [80, 60], m2: [], latest: 40 },
  ])('is the latest seen anywhere: $collection, $m1, $m2', ({ collection, m1, m2, latest }) => {
    const rows = (agos: number[]) => agos.map((ago) => aRow(1, alice, ago));
    const sessions = sessionsOf({
      collection: rows(collection),
      members: [aMember('m1', { sessions: rows(m1) }), aMember('m2', { sessions: rows(m2) })],
    });
    expect(sessions.map(lastUse)).toEqual([now - latest]);
  });

  test('keeps apart what the collection and which member say', () => {
    const members = ['m1', 'm2'].map((address, at) =>
      aMember(address, { sessions: [aRow(1, alice, 50 - at)] }),
    );
    expect(sessionsOf({ collection: [aRow(1, alice, 90)], members })).toMatchObject([
      {
        flushed: now - 90,
        local: [
          { at: now - 49, member: 'm2' },
          { at: now - 50, member: 'm1' },
        ],
      },
    ]);
  });

  test.each([
    { behind: 40, use: { at: now - 60 } },
    { behind: 0, use: { at: now - 100 } },
    { behind: -40, use: { at: now - 100, ahead: 40 } },
  ])('of a member whose clock is $behind ms behind never looks older than it is', ({ behind, use }) => {
    const members = [aMember('m1', { behind, sessions: [aRow(1, alice, 100)] })];
    expect(sessionsOf({ members }).map(({ local }) => local)).toEqual([[{ ...use, member: 'm1' }]]);
  });

  test('the clock of a member says nothing of the collection', () => {
    const members = [aMember('m1', { behind: 40 })];
    expect(sessionsOf({ collection: [aRow(1, alice, 100)], members })).toMatchObject([
      { flushed: now - 100 },
    ]);
  });

  test('is not known of what only $currentOp shows', () => {
    const members = [aMember('m1', { held: [aHeldThing(1, alice)] })];
    expect(sessionsOf({ members }).map(lastUse)).toEqual([undefined]);
  });
});

describe('the owner (L3)', () => {
  const nameless = aNamelessRow(1, alice, 0);
  const thing = (users: string[]) => [aMember('m1', { held: [aHeldThing(2, alice, { users })] })];

  test.each([
    { name: 'is unknown if nothing tells', listing: { collection: [nameless] }, user: undefined },
    {
      name: 'is told by a later row of the same session',
      listing: { collection: [nameless], members: [aMember('m1', { sessions: [aRow(1, alice, 0)] })] },
      user: alice,
    },
    {
      name: 'is told by another session of the same uid',
      listing: { collection: [nameless, aRow(2, alice, 0)] },
      user: alice,
    },
    {
      name: 'is told by $currentOp',
      listing: { collection: [nameless], members: thing([alice]) },
      user: alice,
    },
    {
      name: 'is the one of several effective users whose uid fits',
      listing: { collection: [nameless], members: thing(['bob@admin', alice]) },
      user: alice,
    },
    {
      name: 'is not whom $currentOp names if the uid does not fit',
      listing: { collection: [nameless], members: thing(['bob@admin']) },
      user: undefined,
    },
    {
      name: 'is not whom the listing names if the uid does not fit',
      listing: { collection: [aRow(1, alice, 0, 'bob@admin')] },
      user: undefined,
    },
    {
      name: 'is found although a name that does not fit came first',
      listing: { collection: [aRow(1, alice, 0, 'bob@admin'), aRow(2, alice, 0)] },
      user: alice,
    },
    {
      name: 'is not told by the same id of another uid',
      listing: { collection: [nameless, aRow(1, 'bob@admin', 0)] },
      user: undefined,
    },
  ])('$name', ({ listing, user }) => {
    expect(sessionsOf(listing)[0]?.user).toBe(user);
  });

  test('is told by a name that is tried, if its uid fits', () => {
    const listing = aListing({ collection: [nameless] });
    expect(takeSnapshot(listing, uidOf, ['bob@admin', alice]).sessions[0]?.user).toBe(alice);
    expect(takeSnapshot(listing, uidOf, ['bob@admin']).sessions[0]?.user).toBe(undefined);
  });

  test.each(['CN=a b,O=c@d@$external', 'ünï😀@db@x', 'a@'])('%s is shown as it is', (name) => {
    expect(sessionsOf({ collection: [aRow(1, name, 0)] })[0]?.user).toBe(name);
  });
});

test('the same id of two uids are two sessions (T4)', () => {
  const sessions = sessionsOf({ collection: [aRow(1, alice, 10), aRow(1, 'bob@admin', 20)] });
  expect(sessions).toMatchObject([
    { lsid: lsidOf(1, alice), user: alice, flushed: now - 10 },
    { lsid: lsidOf(1, 'bob@admin'), user: 'bob@admin', flushed: now - 20 },
  ]);
});

describe('what a session holds', () => {
  test('is counted by kind, over all members', () => {
    const held = (['operation', 'cursor', 'cursor', 'transaction'] as const).map((kind, at) =>
      aHeldThing(1, alice, { kind, number: String(at) }),
    );
    const sessions = sessionsOf({
      members: [aMember('m1', { held }), aMember('m2', { held: held.slice(0, 2) })],
    });
    expect(sessions).toMatchObject([{ holds: { operations: 2, cursors: 3, transactions: 1 } }]);
    expect(sessions[0]?.held).toEqual([
      'm1 operation 0',
      'm1 cursor 1',
      'm1 cursor 2',
      'm1 transaction 3',
      'm2 operation 0',
      'm2 cursor 1',
    ]);
  });

  test('counts once what a member names twice', () => {
    const held = [aHeldThing(1, alice), aHeldThing(1, alice)];
    expect(sessionsOf({ members: [aMember('m1', { held })] })[0]).toMatchObject({
      holds: { operations: 1 },
      held: ['m1 operation 1'],
    });
  });

  test('names each client and application once', () => {
    const held = ['1', '2', '3'].map((number) =>
      aHeldThing(1, alice, { number, client: number === '3' ? 'c:2' : 'c:1', app: 'etl' }),
    );
    expect(sessionsOf({ members: [aMember('m1', { held })] })[0]).toMatchObject({
      clients: ['c:1', 'c:2'],
      apps: ['etl'],
    });
  });
});

describe('its cursors and transactions', () => {
  const cursor = aHeldThing(1, alice, { kind: 'cursor', idle: 5, open: 50 });
  const transaction = aHeldThing(1, alice, { kind: 'transaction', idle: 6, open: 60, connection: '7' });
  const connections = (ids: string[], users: string[]) => ({ ids: new Set(ids), users: new Set(users) });

  function resourcesOf(member: Partial<MemberListing>, others: MemberListing[] = []) {
    return sessionsOf({ members: [aMember('m1', member), ...others] })[0]?.resources;
  }

  test('have their times and their member; operations are none', () => {
    const second = aMember('m2', { held: [aHeldThing(1, alice, { kind: 'cursor', number: '9', idle: 8 })] });
    expect(resourcesOf({ held: [aHeldThing(1, alice), cursor, transaction] }, [second])).toEqual([
      { kind: 'cursor', member: 'm1', idle: 5, open: 50, clientGone: 'unknown' },
      { kind: 'transaction', member: 'm1', idle: 6, open: 60, clientGone: 'unknown' },
      { kind: 'cursor', member: 'm2', idle: 8, open: 0, clientGone: 'unknown' },
    ]);
  });

  test('count once, as their member shows them first', () => {
    expect(resourcesOf({ held: [cursor, { ...cursor, idle: 99 }] })).toMatchObject([{ idle: 5 }]);
  });

  test.each([
    { name: 'its own connection', ids: ['7'], users: [], gone: false },
    { name: 'another connection of its owner', ids: ['8'], users: [alice], gone: true },
    { name: 'none', ids: [], users: [], gone: true },
  ])('a transaction while there is $name: client gone $gone (L14)', ({ ids, users, gone }) => {
    const found = resourcesOf({ held: [transaction], connections: connections(ids, users) });
    expect(found).toMatchObject([{ clientGone: gone }]);
  });

  test.each([
    { name: 'its owner', users: [alice], gone: false },
    { name: 'its owner among others', users: ['bob@admin', alice], gone: false },
    { name: 'others only', users: ['bob@admin'], gone: true },
    { name: 'nobody', users: [], gone: true },
  ])('a cursor while $name is connected: client gone $gone (L14)', ({ users, gone }) => {
    const found = resourcesOf({ held: [cursor], connections: connections(['7'], users) });
    expect(found).toMatchObject([{ clientGone: gone }]);
  });

  test('each member speaks of its own connections only', () => {
    const here = { held: [cursor], connections: connections([], [alice]) };
    const gone = aMember('m2', { held: [cursor], connections: connections([], []) });
    const unasked = aMember('m3', { held: [cursor] });
    expect(resourcesOf(here, [gone, unasked])).toMatchObject([
      { member: 'm1', clientGone: false },
      { member: 'm2', clientGone: true },
      { member: 'm3', clientGone: 'unknown' },
    ]);
  });
});

test.each([
  [{}, []],
  [{ sessions: undefined }, ['m1']],
  [{ held: undefined }, ['m1']],
  [{ sessions: undefined, held: undefined }, ['m1']],
])('a member with %j is silent: %j (P3)', (rest, silent) => {
  const members = [aMember('m1', rest), aMember('m2')];
  expect(takeSnapshot(aListing({ members }), uidOf).silentMembers).toEqual(silent);
});

test('the half that a silent member did tell counts', () => {
  const members = [aMember('m1', { sessions: [aRow(1, alice, 5)], held: undefined })];
  expect(sessionsOf({ members })).toMatchObject([{ local: [{ at: now - 5 }] }]);
});

test('whoever leaves a hundred thousand cursors open in one session stalls nobody', () => {
  const held = Array.from({ length: 100_000 }, (_, at) =>
    aHeldThing(1, alice, { kind: 'cursor', number: `${at}` }),
  );
  const [found] = sessionsOf({ members: [aMember('m1', { held: [...held, ...held.slice(0, 5)] })] });
  expect(found?.holds.cursors).toBe(100_000);
  expect([found?.held.length, found?.resources.length]).toEqual([100_000, 100_000]);
});
