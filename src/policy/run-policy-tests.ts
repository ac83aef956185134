import { decide } from '../decide/decide.ts';
import { makeContext } from '../decide/make-context.ts';
import { namedUsers } from '../decide/named-users.ts';
import type { Verdict } from '../decide/verdict.ts';
import type { Place } from '../errors.ts';
import { keyOf, parseSessionId, type Lsid, type Uid } from '../session.ts';
import { takeSnapshot, type HeldThing, type Listing } from '../snapshot.ts';
import { effectivePolicy } from './effective.ts';
import { placeOf } from './places.ts';
import type { Policy } from './policy.ts';
import { locksOf, type PolicyTest } from './policy-tests-schema.ts';
import type { ParsedTests } from './policy-tests.ts';

type TestSession = PolicyTest['sessions'][number];

/** What came of one session of a test. */
export interface SessionResult {
  readonly expected: Pick<TestSession, 'user' | 'expect' | 'by'>;
  readonly verdict: Verdict;
  readonly ok: boolean;
  readonly place: Place;
}

/** What came of one test. */
export interface TestResult {
  readonly name: string;
  readonly ok: boolean;
  readonly place: Place;
  readonly sessions: readonly SessionResult[];
}

/** Applies the policy to each test as a run would to a listing, and compares. Needs no server and no clock. */
export function runPolicyTests(
  { tests: { tests, defaults = {} }, source }: ParsedTests,
  policy: Policy,
  uidOf: (name: string) => Uid,
): TestResult[] {
  return tests.map((test, at) => {
    const verdicts = verdictsOf({ ...defaults, ...test }, policy, uidOf);
    const sessions = test.sessions.flatMap((expected, index): SessionResult[] => {
      const verdict = verdicts[index];
      if (verdict === undefined) return [];
      const ok =
        verdict.verdict === expected.expect && (expected.by === undefined || verdict.rule === expected.by);
      const place = placeOf(['tests', at, 'sessions', index, 'expect'], source, 'key');
      return [{ expected, verdict, ok, place }];
    });
    const place = placeOf(['tests', at, 'name'], source, 'key');
    return { name: test.name, ok: sessions.every(({ ok }) => ok), place, sessions };
  });
}

/** The rules that ended nothing in any of these tests, and the exemptions that spared nothing. */
export function untested(policy: Policy, results: readonly TestResult[]): string[] {
  const seen = results.flatMap(({ sessions }) =>
    sessions.map(({ verdict: { verdict, rule } }) => `${verdict} ${rule}`),
  );
  return [
    ...policy.exemptions
      .filter(({ name }) => !seen.includes(`exempt ${name}`))
      .map(({ name }) => `exemption ${name}`),
    ...policy.rules
      .filter(({ name }) => !seen.includes(`terminate ${name}`))
      .map(({ name }) => `rule ${name}`),
  ];
}

/** The verdicts, in the order of the sessions. */
function verdictsOf(test: PolicyTest, policy: Policy, uidOf: (name: string) => Uid): Verdict[] {
  const now = Date.parse(test.at ?? '');
  const sessions = test.sessions.map((session, at) => ({
    ...session,
    lsid: {
      id: parseSessionId(`00000000-0000-4000-8000-${String(at).padStart(12, '0')}`),
      uid: uidOf(session.user),
    },
  }));
  const applied = effectivePolicy(policy, locksOf(test), undefined);
  const listing = listingOf(sessions, test.silent_members ?? [], now);
  const snapshot = takeSnapshot(listing, uidOf, namedUsers(applied));
  const roles = new Map<Uid, readonly string[]>();
  for (const { lsid, roles: more } of sessions) {
    if (more !== undefined) roles.set(lsid.uid, [...(roles.get(lsid.uid) ?? []), ...more]);
  }
  const context = makeContext(snapshot, applied, {
    refreshMillis: test.refresh ?? 300_000,
    uidOf,
    self: [],
    localZone: test.local_zone ?? 'UTC',
    membersComplete: true,
    roles,
    firstSeen: new Map(sessions.map(({ lsid, age = 0 }) => [keyOf(lsid), now - age])),
  });
  return decide(snapshot.sessions, applied, context);
}

type Listable = TestSession & { readonly lsid: Lsid };

/** What a deployment with these sessions would list: one member tells all, and the silent ones nothing. */
function listingOf(sessions: readonly Listable[], silentMembers: readonly string[], now: number): Listing {
  return {
    serverTime: now,
    collection: sessions.map(({ lsid, user, unnamed, idle, transaction }) => ({
      lsid,
      lastUse: now - (idle ?? transaction?.idle ?? 0),
      user: unnamed ? undefined : user,
    })),
    members: [
      {
        address: 'db1.example.net:27017',
        behind: 0,
        sessions: [],
        held: sessions.flatMap(heldBy),
        connections: { ids: new Set([connected]), users: new Set() },
      },
      ...silentMembers.map((address) => ({ address, behind: 0, sessions: undefined, held: undefined })),
    ],
  };
}

const connected = 'connected';

function heldBy({ lsid, operation, cursor, transaction, client, app }: Listable): HeldThing[] {
  const common = { lsid, number: '1', users: [] };
  const held: HeldThing[] = [];
  if (operation) held.push({ ...common, kind: 'operation', client, app });
  // An idle cursor tells neither client nor application (L14).
  if (cursor) held.push({ ...common, kind: 'cursor', client: undefined, app: undefined, ...times(cursor) });
  if (transaction) held.push({ ...common, kind: 'transaction', client, app, ...times(transaction) });
  return held;
}

function times({ idle = 0, open = idle, client_gone: gone }: NonNullable<TestSession['cursor']>) {
  return { idle, open, connection: gone ? 'gone' : connected };
}
