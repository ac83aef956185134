import fc from 'fast-check';
import type { Context } from '../../src/decide/condition.ts';
import { makeContext } from '../../src/decide/make-context.ts';
import { effectivePolicy } from '../../src/policy/effective.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { policySchema } from '../../src/policy/schema.ts';
import { keyOf, type Session, type SessionId } from '../../src/session.ts';
import { aSession, idOf, lsidOf, minute, now, someFacts, uidOf, type When } from '../support/builders.ts';

/** Everything that verdicts depend on. */
export interface Case extends World {
  readonly policy: Policy;
  readonly context: Context;
}

/** Sessions, and what may be known besides of these or of some of these. */
interface World {
  readonly sessions: readonly Session[];
  readonly contextOf: (
    policy: Policy,
    sessions?: readonly Session[],
    silentMembers?: readonly string[],
  ) => Context;
  /** What an earlier run ended. */
  readonly wasEnded: (session: Session) => boolean;
}

const owners = [
  'alice@admin',
  'bob@admin',
  'svc_a@admin',
  'CN=a@b,O=c@$external',
  '__system@local',
  'reaper@admin',
];
const mostSessions = 12;

const minutes = fc.integer({ min: -1, max: 40 }).map((count) => count * minute);
const ago = fc.option(minutes, { nil: undefined });

/** Names that YAML or a pattern could take for something else. */
const apps = [
  'etl',
  'mongosh 2.5',
  'yes',
  '1e3',
  '~',
  '*',
  'a: b # c',
  '\'"\\',
  ' a\tb\n',
  '- x',
  '&a',
  '😀',
];

const session = fc.record({
  owner: fc.constantFrom(...owners),
  named: fc.boolean(),
  flushedAgo: ago,
  localAgo: ago,
  operations: fc.constantFrom(0, 0, 1),
  cursors: fc.constantFrom(0, 0, 2),
  resources: fc.array(
    fc.record({
      kind: fc.constantFrom('cursor' as const, 'transaction' as const),
      member: fc.constantFrom('m1', 'm2'),
      idle: minutes,
      open: minutes,
      clientGone: fc.constantFrom(true, false, 'unknown' as const),
    }),
    { maxLength: 2 },
  ),
  clients: fc.subarray(['10.1.2.3:50000', '192.0.2.1:27017', '[2001:db8::5]:1', 'a socket'], {
    maxLength: 2,
  }),
  apps: fc.subarray(apps, { maxLength: 2 }),
});

const roles = fc.subarray(['root@admin', 'read@hr', 'readWrite@hr']);

/** Sessions of several users, known and unknown, with or without silent members. */
export const aWorld: fc.Arbitrary<World> = fc
  .record({
    sessions: fc.array(session, { maxLength: mostSessions }),
    silentMembers: fc.oneof(fc.constant([]), fc.subarray(['m1', 'm2'])),
    membersComplete: fc.constantFrom(true, true, true, false),
    refreshMillis: fc.constantFrom(1, minute, 5 * minute),
    roles: fc.array(fc.tuple(fc.constantFrom(...owners), roles), { maxLength: 6 }),
    firstSeen: fc.option(fc.array(minutes, { maxLength: mostSessions }), { nil: undefined }),
    ended: fc.oneof(fc.constant<SessionId[]>([]), fc.array(fc.nat(mostSessions - 1).map(idOf))),
  })
  .map(({ sessions: options, silentMembers, ended, ...known }) => {
    const sessions = options.map((each, id) => aSession({ ...each, id }));
    const facts = someFacts({
      ...known,
      roles: new Map(known.roles.map(([owner, owned]) => [uidOf(owner), owned])),
      firstSeen:
        known.firstSeen &&
        new Map(known.firstSeen.map((since, id) => [keyOf(lsidOf(id, options[id]?.owner)), now - since])),
    });
    return {
      sessions,
      contextOf: (policy, others = sessions, silent = silentMembers) =>
        makeContext({ serverTime: now, sessions: others, silentMembers: silent }, policy, facts),
      wasEnded: ({ lsid }) => ended.includes(lsid.id),
    };
  });

const patterns = fc.subarray([...owners, 'svc_*', '*@admin', '*external', '????*', '*nobody*'], {
  minLength: 1,
});
const limit = fc.constantFrom('1m', '5m', '15m', '30m');
const intervals = ['day', 'night', 'weekend'];
const open = fc.oneof(fc.constantFrom(...intervals), fc.subarray(intervals, { minLength: 1 }));

const conditions: { readonly [K in keyof When]-?: fc.Arbitrary<unknown> } = {
  idle_for: limit,
  users: patterns,
  not_users: patterns,
  roles: fc.subarray(['root@admin', '*@hr', 'read*'], { minLength: 1 }),
  during: open,
  outside: open,
  older_than: limit,
  more_than_per_user: fc.integer({ min: 1, max: 3 }),
  transaction_idle_for: limit,
  transaction_open_for: limit,
  cursor_idle_for: limit,
  client_gone: fc.constant(true),
  clients: fc.subarray(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::ffff:0:0/96'], { minLength: 1 }),
  apps: fc.subarray([...apps.map((name) => name.replace(/[*?\\]/g, '\\$&')), 'mongosh *', '?es'], {
    minLength: 1,
  }),
  any_of: fc.constant([]),
  not: fc.constant({}),
};

/** One to three conditions: with more, hardly any session would meet all. */
function whenOf(depth: number): fc.Arbitrary<When> {
  const inner = (): Partial<typeof conditions> => {
    const nested = whenOf(depth - 1);
    return { any_of: fc.array(nested, { minLength: 1, maxLength: 3 }), not: nested };
  };
  const { any_of: _anyOf, not: _not, ...plain } = conditions;
  const entries = Object.entries({ ...plain, ...(depth > 0 ? inner() : {}) });
  const entry = fc.oneof(...entries.map(([key, values]) => fc.tuple(fc.constant(key), values)));
  return fc.array(entry, { minLength: 1, maxLength: 3 }).map((all) => Object.fromEntries(all) as When);
}

const when = whenOf(2);

/** A policy as a file has it, in plain data. */
export const aDocument = fc
  .record({
    open: fc.subarray(intervals),
    rules: fc.array(fc.record({ when, terminate: fc.constantFrom('sessions', 'user') }), { maxLength: 4 }),
    exemptions: fc.array(when, { maxLength: 2 }),
  })
  .map(({ open: names, rules, exemptions }) => ({
    version: 1,
    name: 'random',
    time_intervals: Object.fromEntries(
      intervals.map((name) => [name, names.includes(name) ? [{}] : [{ years: [2020] }]]),
    ),
    exemptions: exemptions.map((conditions, at) => ({ name: `e${at}`, ...conditions })),
    rules: rules.map((rule, at) => ({ name: `r${at}`, ...rule })),
  }));

/** A world under a random policy. */
export const aCase: fc.Arbitrary<Case> = fc.tuple(aWorld, aDocument).map(([world, document]) => {
  const policy = policySchema.parse(document);
  return { ...world, policy, context: world.contextOf(policy) };
});

const locks = fc
  .array(fc.tuple(fc.constantFrom(...owners, '*', '*@admin'), fc.boolean()), { maxLength: 3 })
  .map((all) =>
    all.map(([user, override_exemptions], at) => ({ user, reason: `incident ${at}`, override_exemptions })),
  );
const only = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.record({ user: fc.constantFrom(...owners), reason: fc.constant('r') }),
  fc.nat(mostSessions - 1).chain((id) =>
    fc.record({
      id: fc.constant(idOf(id)),
      uid: fc.option(fc.constantFrom(...owners.map(uidOf)), { nil: undefined }),
      reason: fc.constant('r'),
    }),
  ),
);

/** The same with locks, or for one user or session only. */
export const aLockedCase: fc.Arbitrary<Case> = fc
  .tuple(aCase, locks, only)
  .map(([found, locked, named]) => ({ ...found, policy: effectivePolicy(found.policy, locked, named) }));

/** The same in another order, as these dice fall. */
export function shuffled<T>(items: readonly T[], dice: Iterator<number>): T[] {
  return items
    .map((item) => ({ item, at: Number(dice.next().value) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
