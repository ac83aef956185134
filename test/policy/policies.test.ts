import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { leavesOf } from '../../src/decide/combine.ts';
import { decide } from '../../src/decide/decide.ts';
import { makeContext } from '../../src/decide/make-context.ts';
import { lint } from '../../src/policy/lint.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { endsNothing, type Policy } from '../../src/policy/policy.ts';
import { keyOf, type Session } from '../../src/session.ts';
import { aSession, lsidOf, minute, someFacts } from '../support/builders.ts';

const folder = new URL('../../policies/', import.meta.url);
const shipped = async (name: string): Promise<Policy> =>
  (await loadPolicy(new URL(`${name}.yaml`, folder).pathname)).policy;

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''));

const serverDefaults = {
  localZone: 'UTC',
  sessionTimeoutMinutes: 30,
  refreshMillis: 300_000,
  membersComplete: true,
};
const wednesdayNoon = Date.parse('2026-10-07T12:00-04:00');
const wednesdayNight = Date.parse('2026-10-07T22:00-04:00');

interface Seen {
  user: string;
  idleMinutes: number;
  operations?: number;
  /** When reaper saw it first. */
  sinceMinutes?: number;
  /** Whether the client of its open transaction is gone; without, it has none. */
  clientGone?: boolean;
}

/** The verdict on each session, with the rule or exemption behind it. */
function verdicts(policy: Policy, now: number, seen: Seen[], silentMembers: string[] = []): string[] {
  const ago = (minutes: number) => now - minutes * minute;
  const sessions = seen.map(({ user, idleMinutes, operations = 0, clientGone }, id): Session => ({
    ...aSession({ id, owner: user, operations }),
    flushed: ago(idleMinutes),
    resources:
      clientGone === undefined
        ? []
        : [{ kind: 'transaction', member: 'm1', idle: 0, open: idleMinutes * minute, clientGone }],
  }));
  const firstSeen = new Map(
    seen.map(({ user, sinceMinutes = 1 }, id) => [keyOf(lsidOf(id, user)), ago(sinceMinutes)]),
  );
  const facts = someFacts({ self: [], refreshMillis: serverDefaults.refreshMillis, firstSeen });
  const context = makeContext({ serverTime: now, sessions, silentMembers }, policy, facts);
  return decide(sessions, policy, context).map(({ verdict, rule }) => [verdict, rule].join(' ').trim());
}

const rulesOf = ({ rules }: Policy) =>
  rules.map(({ name, terminate, criteria }) => [
    name,
    terminate,
    Object.fromEntries(
      criteria.map(({ condition, args }) => [
        condition,
        Array.isArray(args) && condition.endsWith('users') ? args.map(({ text }) => text) : args,
      ]),
    ),
  ]);

test('every policy loads, and the lint says nothing but what is expected', async () => {
  const warnings: string[] = [];
  for (const name of names) {
    const found = lint(await shipped(name), { now: wednesdayNoon, ...serverDefaults });
    warnings.push(...found.map(({ about, message }) => `${name}: ${about}: ${message}`));
  }
  expect(names.toSorted()).toEqual([
    'oracle-profile',
    'pci-dss-8.2.8',
    'r023-inactive-sessions',
    'stig-not-required',
    'stig-v-281700',
  ]);
  const placeholder = 'has a placeholder, @example.invalid: put your own users there';
  expect(warnings).toEqual([
    `oracle-profile: rule senior_claim_analyst: ${placeholder}`,
    `oracle-profile: rule claim_clerk: ${placeholder}`,
    `oracle-profile: rule default: ${placeholder}`,
    `oracle-profile: exemption batch: ${placeholder}`,
    `pci-dss-8.2.8: exemption applications: ${placeholder}`,
    `pci-dss-8.2.8: exemption service-accounts: ${placeholder}`,
    expect.stringMatching(/^r023-inactive-sessions: rule idle-5m: idle_for 5m is below 6m/),
    'stig-not-required: authority: document, approved_by, approved_on, not_required are still to be filled in',
    `stig-v-281700: rule contractors-after-hours: ${placeholder}`,
    `stig-v-281700: rule incident: ${placeholder}`,
    `stig-v-281700: exemption service-accounts: ${placeholder}`,
    'stig-v-281700: authority: document, approved_by, approved_on are still to be filled in',
  ]);
});

test('no policy names a user who can exist', async () => {
  for (const name of names) {
    const { rules, exemptions } = await shipped(name);
    const patterns = [...rules, ...exemptions].flatMap(({ criteria }) =>
      leavesOf(criteria).flatMap(({ args }) =>
        Array.isArray(args) ? args.flatMap((each) => (typeof each === 'string' ? [] : [each.text])) : [],
      ),
    );
    for (const pattern of patterns) expect(pattern, name).toMatch(/^[a-z_]+\*?@example\.invalid$/);
  }
});

describe('stig-v-281700', () => {
  test('has a rule for each kind of condition that the STIG names', async () => {
    const policy = await shipped('stig-v-281700');
    expect(rulesOf(policy)).toEqual([
      ['idle-15m', 'sessions', { idle_for: 15 * minute }],
      ['contractors-after-hours', 'user', { users: ['ctr_*@example.invalid'], outside: ['business-hours'] }],
      ['incident', 'user', { users: ['nobody@example.invalid'] }],
    ]);
    expect(policy.authority?.document).toBeTruthy();
    expect(policy.exemptions.map(({ because }) => because)).toEqual([
      'batch jobs that their owners left to run',
    ]);
    expect([policy.limits, policy.mode, policy.endSessions]).toEqual([
      { users: 25, percent: 50 },
      'enforce',
      true,
    ]);
  });

  const busy = { idleMinutes: 0, operations: 1 };
  const sessions: Seen[] = [
    { user: 'alice@admin', idleMinutes: 16 },
    { user: 'alice@admin', idleMinutes: 14 },
    { user: 'bob@admin', ...busy, idleMinutes: 20 },
    { user: 'ctr_carol@example.invalid', ...busy },
    { user: 'nobody@example.invalid', ...busy },
    { user: 'svc_batch@example.invalid', idleMinutes: 25 },
  ];

  test.each([
    ['by day', wednesdayNoon, 'retain'],
    ['by night', wednesdayNight, 'terminate contractors-after-hours'],
  ])('%s', async (_name, now, contractor) => {
    expect(verdicts(await shipped('stig-v-281700'), now, sessions)).toEqual([
      'terminate idle-15m',
      'retain',
      'retain',
      contractor,
      'terminate incident',
      'exempt service-accounts',
    ]);
  });

  test('an exemption beats the incident', async () => {
    const policy = await shipped('stig-v-281700');
    const incident = policy.rules.find(({ name }) => name === 'incident');
    const exemptions = [{ name: 'e', because: undefined, criteria: incident?.criteria ?? [] }];
    expect(
      verdicts({ ...policy, exemptions }, wednesdayNoon, [{ user: 'nobody@example.invalid', ...busy }]),
    ).toEqual(['exempt e']);
  });
});

describe('r023-inactive-sessions', () => {
  test('spares nobody, administrators included', async () => {
    const policy = await shipped('r023-inactive-sessions');
    expect(policy.exemptions).toEqual([]);
    expect(
      verdicts(policy, wednesdayNoon, [
        { user: 'root@admin', idleMinutes: 5 },
        { user: 'root@admin', idleMinutes: 5.1 },
        { user: 'root@admin', idleMinutes: 5.1, operations: 1 },
      ]),
    ).toEqual(['retain', 'terminate idle-5m', 'retain']);
  });

  test('waits two refreshes where a member shows no operations', async () => {
    const seen = [14.9, 15.1].map((idleMinutes) => ({ user: 'root@admin', idleMinutes }));
    expect(
      verdicts(await shipped('r023-inactive-sessions'), wednesdayNoon, seen, ['db2.example.net:27017']),
    ).toEqual(['indeterminate idle-5m', 'terminate idle-5m']);
  });
});

test('pci-dss-8.2.8 ends people’s sessions after 15 minutes, and no account’s', async () => {
  expect(
    verdicts(await shipped('pci-dss-8.2.8'), wednesdayNoon, [
      { user: 'alice@admin', idleMinutes: 15 },
      { user: 'alice@admin', idleMinutes: 15.1 },
      { user: 'app_shop@example.invalid', idleMinutes: 25 },
      { user: 'backup@example.invalid', idleMinutes: 25 },
    ]),
  ).toEqual(['retain', 'terminate idle-15m', 'exempt applications', 'exempt service-accounts']);
});

describe('oracle-profile', () => {
  test('gives each user the limits of one profile', async () => {
    expect(
      verdicts(await shipped('oracle-profile'), wednesdayNoon, [
        { user: 'senior_ann@example.invalid', idleMinutes: 11 },
        { user: 'senior_bob@example.invalid', idleMinutes: 0, operations: 1, sinceMinutes: 16 },
        { user: 'clerk_bill@example.invalid', idleMinutes: 19, sinceMinutes: 480 },
        { user: 'clerk_bill@example.invalid', idleMinutes: 21 },
        { user: 'clerk_bill@example.invalid', idleMinutes: 0, sinceMinutes: 481 },
        { user: 'carol@admin', idleMinutes: 14, sinceMinutes: 720 },
        { user: 'carol@admin', idleMinutes: 16 },
        { user: 'carol@admin', idleMinutes: 0, sinceMinutes: 721 },
        { user: 'batch_load@example.invalid', idleMinutes: 25, sinceMinutes: 9999 },
      ]),
    ).toEqual([
      'terminate senior_claim_analyst',
      'terminate senior_claim_analyst',
      'retain',
      'terminate claim_clerk',
      'terminate claim_clerk',
      'retain',
      'terminate default',
      'terminate default',
      'exempt batch',
    ]);
  });

  test.each([
    ['senior_ann@example.invalid', 3, 1],
    ['clerk_bill@example.invalid', 20, 0],
    ['carol@admin', 12, 2],
    ['batch_load@example.invalid', 20, 0],
  ])('%s with %d sessions loses %d', async (user, count, lost) => {
    const seen = Array.from({ length: count }, (_, at) => ({ user, idleMinutes: at / 10 }));
    const found = verdicts(await shipped('oracle-profile'), wednesdayNoon, seen);
    // The longest unused come last.
    expect(found.map((each) => each.startsWith('terminate'))).toEqual(
      seen.map((_, at) => at >= count - lost),
    );
  });

  test('ends what a client that is gone left behind, also a batch’s', async () => {
    expect(
      verdicts(await shipped('oracle-profile'), wednesdayNoon, [
        { user: 'carol@admin', idleMinutes: 1, clientGone: true },
        { user: 'carol@admin', idleMinutes: 1, clientGone: false },
        { user: 'batch_load@example.invalid', idleMinutes: 1, clientGone: true },
        { user: 'batch_load@example.invalid', idleMinutes: 25, clientGone: false },
      ]),
    ).toEqual(['terminate expire_time', 'retain', 'terminate expire_time', 'exempt batch']);
  });

  test('the default names every user of the other profiles', async () => {
    const { rules, exemptions } = await shipped('oracle-profile');
    const named = [...rules, ...exemptions].flatMap(({ criteria }) =>
      criteria.map(({ condition, args }) => ({ condition, args })),
    );
    const of = (wanted: string) =>
      named
        .filter(({ condition }) => condition === wanted)
        .flatMap(({ args }) => (args as { text: string }[]).map(({ text }) => text));
    expect(of('not_users')).toEqual(of('users'));
    expect(of('users')).toHaveLength(3);
  });
});

test('stig-not-required ends nothing and gives the reason', async () => {
  const policy = await shipped('stig-not-required');
  expect(policy.rules).toEqual([]);
  expect(policy.authority?.notRequired).toBeTruthy();
  expect(endsNothing(policy)).toBe(true);
});
