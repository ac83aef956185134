import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/decide/decide.ts';
import { makeContext } from '../src/decide/make-context.ts';
import { decidesAlone, makeDigest } from '../src/digest.ts';
import type { Policy } from '../src/policy/policy.ts';
import { policySchema } from '../src/policy/schema.ts';
import type { Lsid } from '../src/session.ts';
import { takeSnapshot, type ListedSession, type Snapshot } from '../src/snapshot.ts';
import {
  aHeldThing,
  aListing,
  aMember,
  aNamelessRow,
  aRow,
  minute,
  someFacts,
  uidOf,
} from './support/builders.ts';

const policyOf = (rules: object[], exemptions: object[] = []) =>
  policySchema.parse({
    version: 1,
    name: 'p',
    rules: rules.map((rule, at) => ({ name: `r${at}`, ...rule })),
    exemptions: exemptions.map((each, at) => ({ name: `e${at}`, ...each })),
  });

describe('sessions are decided one by one', () => {
  test.each<[string, Policy, boolean]>([
    ['where they end one by one', policyOf([{ when: { idle_for: '5m' } }]), true],
    ['not where a whole user ends', policyOf([{ when: { idle_for: '5m' }, terminate: 'user' }]), false],
    ['not where others count', policyOf([{ when: { more_than_per_user: 2 } }]), false],
    [
      'nor where more must be asked',
      policyOf([{ when: { idle_for: '5m' } }], [{ roles: ['root@admin'] }]),
      false,
    ],
  ])('%s', (_what, policy, alone) => {
    expect(decidesAlone(policy)).toBe(alone);
  });
});

const owners = ['alice@admin', 'bob@admin', 'svc_a@admin', '__system@local'];
const limit = fc.constantFrom('5m', '15m', '30m');
const users = fc.subarray([...owners, 'svc_*', '*b*'], { minLength: 1 });
const when = fc.oneof(
  fc.record({ idle_for: limit }),
  fc.record({ idle_for: limit, users }),
  fc.record({ not: fc.record({ idle_for: limit }), not_users: users }),
);
const rule = fc.record({ when });
const row = fc.tuple(fc.constantFrom(...owners), fc.integer({ min: 0, max: 40 }), fc.boolean());

test('a digest of batches tells of each user how many came to the same by which rule, and the longest unused of these', () => {
  let folded = 0;
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 3 }),
      fc.array(fc.record({ users }), { maxLength: 1 }),
      fc.array(fc.array(row, { maxLength: 80 }), { maxLength: 4 }),
      fc.boolean(),
      (rules, exemptions, batches, silent) => {
        const policy = policyOf(rules.length === 0 ? [{ when: { idle_for: '1m' } }] : rules, exemptions);
        let id = 0;
        const rows = batches.map((batch) =>
          batch.map(([owner, ago, named]) =>
            named ? aRow((id += 1), owner, ago * minute) : aNamelessRow((id += 1), owner, ago * minute),
          ),
        );
        const members = [silent ? aMember('m1', { sessions: undefined }) : aMember('m1', {})];
        const named = owners.map((user) => ({ uid: uidOf(user), count: 1, user }));
        const listing = aListing({ members, owners: named });
        const contextOf = (snapshot: Snapshot) => makeContext(snapshot, policy, someFacts());
        const told = (collection: ListedSession[], count: (lsid: Lsid) => number) => {
          const snapshot = takeSnapshot({ ...listing, collection }, uidOf);
          const groups = new Map<string, { count: number; oldest: number }>();
          for (const { session, verdict, rule: by } of decide(
            snapshot.sessions,
            policy,
            contextOf(snapshot),
          )) {
            const key = `${session.user} ${verdict} ${by}`;
            const { count: before = 0, oldest = Infinity } = groups.get(key) ?? {};
            const flushed = session.flushed ?? Infinity;
            groups.set(key, {
              count: before + count(session.lsid),
              oldest: Math.min(oldest, flushed),
            });
          }
          return groups;
        };
        const digest = makeDigest(policy, uidOf, contextOf);
        digest.add([aRow(999, 'alice@admin', 0)], listing);
        digest.clear();
        for (const batch of rows) digest.add(batch, listing);
        const standsFor = digest.standsFor();
        expect(told(digest.rows(), (lsid) => standsFor.get(lsid) ?? 1)).toEqual(told(rows.flat(), () => 1));
        folded += rows.flat().length - digest.rows().length;
      },
    ),
    { numRuns: 150 },
  );
  expect(folded).toBeGreaterThan(100);
});

test('so few as are told one by one are kept, and what is not told at all is not', () => {
  const policy = policyOf([{ when: { idle_for: '5m' } }]);
  const digest = makeDigest(policy, uidOf, (snapshot) => makeContext(snapshot, policy, someFacts()));
  const idle = (count: number) => Array.from({ length: count }, (_, id) => aRow(id, 'bob@admin', 9 * minute));
  const fresh = Array.from({ length: 50 }, (_, id) => aRow(1000 + id, 'bob@admin', 0));
  const listing = aListing({ members: [aMember('m1', {})] });
  digest.add([...idle(100), ...fresh], listing);
  expect(digest.rows().length).toBe(101);
  expect([...digest.standsFor().values()]).toEqual([50]);
  digest.clear();
  digest.add([...idle(101), ...fresh], listing);
  expect(digest.rows().length).toBe(2);
  expect([...digest.standsFor().values()].sort()).toEqual([101, 50]);
});

test.each([
  ['lists', aMember('m1', { sessions: [aRow(999, 'alice@admin', 0)] })],
  [
    'has something running',
    aMember('m1', { held: [aHeldThing(999, 'alice@admin', { users: ['bob@admin', 'alice@admin'] })] }),
  ],
])('an owner whom no record names, and of whom a member %s, is known in every batch', (_what, member) => {
  const policy = policyOf([
    { when: { users: ['b*'], idle_for: '5m' } },
    { when: { users: ['a*'], idle_for: '15m' } },
  ]);
  const contextOf = (snapshot: Snapshot) => makeContext(snapshot, policy, someFacts());
  const rows = Array.from({ length: 300 }, (_, id) =>
    aNamelessRow(id, 'alice@admin', (id % 2 === 0 ? 9 : 19) * minute),
  );
  const digest = makeDigest(policy, uidOf, contextOf);
  digest.add(rows, aListing({ members: [member] }));
  const snapshot = takeSnapshot(aListing({ collection: digest.rows(), members: [member] }), uidOf);
  const ended = decide(snapshot.sessions, policy, contextOf(snapshot))
    .filter(({ verdict }) => verdict === 'terminate')
    .map(({ session }) => digest.standsFor().get(session.lsid) ?? 1);
  expect(ended).toEqual([150]);
});
