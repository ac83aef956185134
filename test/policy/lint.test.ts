import { describe, expect, test } from 'vitest';
import { lint } from '../../src/policy/lint.ts';
import { parsePolicy } from '../../src/policy/load.ts';

const serverDefaults = {
  now: Date.parse('2026-10-07T12:00Z'),
  localZone: 'UTC',
  sessionTimeoutMinutes: 30,
  refreshMillis: 300_000,
  membersComplete: true,
};

/** The warnings on a policy with limits, one line each; `body` follows its head. */
function warnings(body: string, context = {}): string[] {
  const text = `version: 1\nname: p\nlimits: { users: 5 }\n${body}`;
  return linted(text, context);
}

function linted(text: string, context = {}): string[] {
  const policy = parsePolicy(new TextEncoder().encode(text), 'policy.yaml');
  return lint(policy, { ...serverDefaults, ...context }).map(
    ({ about, message }) => `${about ?? 'policy'}: ${message}`,
  );
}

const idle = (limit: string) => `rules: [{ name: r, when: { idle_for: ${limit} } }]`;

test('a good policy has none', () => {
  expect(warnings(idle('15m'))).toEqual([]);
});

describe('idle_for', () => {
  const never = (limit: string, timeout: number) =>
    `rule r: idle_for ${limit} can never match: this server forgets a session ${timeout} minutes after its last use (localLogicalSessionTimeoutMinutes)`;
  const low = (limit: string, safe: string, late: string) =>
    `rule r: idle_for ${limit} is below ${safe}: a busy session’s last use may be that old, so it is decided only while every member shows its operations, and can take ${late} and the time between two runs`;

  test.each<[string, object, string[]]>([
    ['29m59s', {}, []],
    ['30m', {}, [never('30m', 30)]],
    ['1h', {}, [never('1h', 30)]],
    ['1h', { sessionTimeoutMinutes: 120 }, []],
    ['10m', { sessionTimeoutMinutes: 10 }, [never('10m', 10)]],
    ['6m', {}, []],
    ['5m59s', {}, [low('5m59s', '6m', '10m59s')]],
    ['5m', {}, [low('5m', '6m', '10m')]],
    ['2m', { refreshMillis: 500 }, []],
    ['1m', { refreshMillis: 60_000 }, [low('1m', '2m', '2m')]],
  ])('%s with %j', (limit, context, expected) => {
    expect(warnings(idle(limit), context)).toEqual(expected);
  });

  describe('where not every member can be seen', () => {
    const late = (what: string, reach: string, remedy: string) =>
      `rule r: ${what}: while not every member can be seen, it is decided only two refreshes later, after ${reach}, and this server forgets a session 30 minutes after its last use (localLogicalSessionTimeoutMinutes); ${remedy}`;
    const remedy = 'set it below 20m, or on a replica set grant replSetGetConfig';

    test.each<[string, object, string[]]>([
      [idle('19m59s'), {}, []],
      [idle('20m'), {}, [late('idle_for 20m can never match', '30m', remedy)]],
      [idle('25m'), {}, [late('idle_for 25m can never match', '35m', remedy)]],
      [idle('25m'), { membersComplete: true }, []],
      [idle('25m'), { refreshMillis: 60_000 }, []],
      [idle('30m'), {}, [never('30m', 30)]],
      [
        'rules: [{ name: r, when: { users: [a@b], not: { idle_for: 25m } } }]',
        {},
        [late('not idle_for 25m can never be false', '35m', remedy)],
      ],
      [
        idle('1m'),
        { refreshMillis: 900_000 },
        [late('idle_for 1m can never match', '31m', 'on a replica set grant replSetGetConfig')],
      ],
    ])('%s with %j', (rules, context, expected) => {
      expect(warnings(rules, { membersComplete: false, ...context })).toEqual(expected);
    });
  });

  test('counts within any_of and not too', () => {
    const rule = (when: string) => warnings(`rules: [{ name: r, when: ${when} }]`);
    expect(rule('{ any_of: [{ users: [a@b] }, { users: [c@d], idle_for: 1h }] }')).toEqual([never('1h', 30)]);
    expect(rule('{ users: [a@b], not: { any_of: [{ idle_for: 5m }, { idle_for: 15m }] } }')).toEqual([
      low('5m', '6m', '10m'),
    ]);
  });

  describe('that can never match, under not', () => {
    const always = `rule r: not idle_for 40m always holds: this server forgets a session 30 minutes after its last use (localLogicalSessionTimeoutMinutes)`;
    const everybody = 'rule r: holds of every session: it ends everybody’s at every run';

    test.each<[string, string[]]>([
      ['{ not: { idle_for: 40m } }', [always, everybody]],
      ['{ not: { any_of: [{ idle_for: 40m }] } }', [always, everybody]],
      ['{ not: { idle_for: 40m, users: [a@b] } }', [always, everybody]],
      ['{ not: { any_of: [{ idle_for: 40m }, { users: [a@b] }] } }', [always]],
      ['{ users: [a@b], not: { idle_for: 40m } }', [always]],
      ['{ any_of: [{ users: [a@b] }, { not: { idle_for: 40m } }] }', [always, everybody]],
      ['{ not: { not: { idle_for: 40m } } }', [never('40m', 30)]],
    ])('%s', (when, expected) => {
      expect(warnings(`rules: [{ name: r, when: ${when} }]`)).toEqual(expected);
    });
  });

  test('in an exemption it is no threshold', () => {
    expect(warnings(`exemptions: [{ name: e, idle_for: 1m, because: x }]\n${idle('15m')}`)).toEqual([]);
  });
});

describe('transactions, which the server aborts after a minute by default', () => {
  const raised = (about: string, what: string, seconds: number) =>
    `${about}: ${what} can be passed only where transactionLifetimeLimitSeconds is raised above ${seconds} (60 by default): the server aborts a transaction that is open for longer`;

  test.each<[string, [string, number][]]>([
    ['{ transaction_open_for: 59s }', []],
    ['{ transaction_open_for: 60s }', [['transaction_open_for 1m', 60]]],
    ['{ transaction_idle_for: 2m }', [['transaction_idle_for 2m', 120]]],
    [
      '{ any_of: [{ transaction_open_for: 10m }, { not: { transaction_idle_for: 61s } }] }',
      [
        ['transaction_open_for 10m', 600],
        ['transaction_idle_for 1m1s', 61],
      ],
    ],
    ['{ cursor_idle_for: 10m }', []],
  ])('%s', (when, expected) => {
    expect(warnings(`rules: [{ name: r, when: ${when} }]`)).toEqual(
      expected.map(([what, seconds]) => raised('rule r', what, seconds)),
    );
    expect(warnings(`exemptions: [{ name: e, because: x, ${when.slice(1)}]\n${idle('15m')}`)).toEqual(
      expected.map(([what, seconds]) => raised('exemption e', what, seconds)),
    );
  });
});

test('terminate: user with a condition on sessions', () => {
  const rule = (when: string, terminate: string) =>
    warnings(
      `time_intervals: { noon: [{ times: [{ start_time: '12:00', end_time: '13:00' }] }], sunday: [{ weekdays: [sunday] }] }\nrules: [{ name: r, when: ${when}, terminate: ${terminate} }]`,
    );
  expect(rule('{ idle_for: 15m, users: [a@b] }', 'user')).toEqual([
    'rule r: terminate: user with idle_for: one session that matches ends all of its user’s sessions, the busy ones too',
  ]);
  expect(rule('{ any_of: [{ users: [a@b], idle_for: 15m }, { idle_for: 20m, apps: [x] }] }', 'user')).toEqual(
    [
      'rule r: terminate: user with idle_for, apps: one session that matches ends all of its user’s sessions, the busy ones too',
    ],
  );
  expect(rule('{ not: { roles: [r@b], not: { client_gone: true } } }', 'user')).toEqual([
    'rule r: terminate: user with client_gone: one session that matches ends all of its user’s sessions, the busy ones too',
  ]);
  expect(rule('{ idle_for: 15m }', 'sessions')).toEqual([]);
  expect(rule('{ any_of: [{ roles: [r@b] }, { not: { during: noon } }] }', 'user')).toEqual([]);
  expect(rule('{ users: [a@b], not_users: [c@d], during: noon, outside: sunday }', 'user')).toEqual([]);
});

test('an exemption without a reason', () => {
  expect(warnings(`exemptions: [{ name: e, users: [a@b] }]\n${idle('15m')}`)).toEqual([
    'exemption e: has no because: nobody will know later why these sessions are spared',
  ]);
});

describe('what is still to be filled in', () => {
  const placeholder = 'has a placeholder, @example.invalid: put your own users there';

  test.each([
    ['{ users: [alice@admin] }', false],
    ["{ users: [alice@admin, 'svc_*@example.invalid'] }", true],
    ["{ not_users: ['svc_*@example.invalid'] }", true],
    ["{ users: ['alice@example.invalid*'] }", false],
    ['{ apps: [x@example.invalid] }', false],
    ['{ any_of: [{ idle_for: 15m }, { users: [a@example.invalid] }] }', true],
    ['{ not: { not: { not_users: [a@example.invalid] } } }', true],
  ])('%s: %s', (when, isOne) => {
    expect(warnings(`rules: [{ name: r, when: ${when} }]`)).toEqual(isOne ? [`rule r: ${placeholder}`] : []);
    const exemption = `{ name: e, because: x, ${when.slice(1)}`;
    expect(warnings(`exemptions: [${exemption}]\n${idle('15m')}`)).toEqual(
      isOne ? [`exemption e: ${placeholder}`] : [],
    );
  });

  test.each([
    [
      "{ document: 'REPLACE: where', approved_by: me, approved_on: 2026-10-01 }",
      ['authority: document is still to be filled in'],
    ],
    [
      "{ document: 'REPLACE: where' }",
      ['authority: document, approved_by, approved_on are still to be filled in'],
    ],
    [
      "{ document: SSP, approved_by: 'REPLACE: who' }",
      ['authority: approved_by, approved_on are still to be filled in'],
    ],
    ['{ document: SSP section 5, approved_by: me, approved_on: 2026-10-01 }', []],
    [
      "{ document: d, approved_by: me, approved_on: 2026-10-01, not_required: 'REPLACE: why' }",
      ['authority: not_required is still to be filled in'],
    ],
    [
      "{ document: 'REPLACE: where', not_required: 'REPLACE: why' }",
      ['authority: document, approved_by, approved_on, not_required are still to be filled in'],
    ],
  ])('authority: %s', (authority, expected) => {
    expect(warnings(`authority: ${authority}\n${idle('15m')}`)).toEqual(expected);
  });
});

test('a rule on a time interval that never opens', () => {
  expect(
    warnings(
      'time_intervals: { past: [{ years: [2020] }] }\nrules: [{ name: r, when: { during: past, users: [a@b] } }]',
    ),
  ).toEqual([
    'time interval past: is never open in the next five years',
    'rule r: can never match: past is never open',
  ]);
});

test.each([
  ["{ location: 'Europe/Berlin' }", 'always'],
  ["{ times: [{ start_time: '00:00', end_time: '24:00' }] }", 'always'],
  ['{ years: [2020] }', 'never'],
  ['{ months: [february], days_of_month: [30] }', 'never'],
  ['{ months: [february], days_of_month: [29] }', undefined],
  ['{ weekdays: [sunday] }', undefined],
])('a time interval %s', (interval, state) => {
  expect(warnings(`time_intervals: { w: [${interval}] }\n${idle('15m')}`)).toEqual(
    state === undefined ? [] : [`time interval w: is ${state} open in the next five years`],
  );
});

test('no limits', () => {
  const noLimits = 'policy: has no limits: a mistake in a rule may end every session at once';
  const head = 'version: 1\nname: p\n';
  expect(linted(`${head}${idle('15m')}`)).toEqual([noLimits]);
  expect(linted(`${head}limits: {}\n${idle('15m')}`)).toEqual([noLimits]);
  expect(linted(`${head}limits: { percent: 0 }\n${idle('15m')}`)).toEqual([]);
  expect(
    linted(
      `${head}authority: { document: d, approved_by: a, approved_on: 2026-10-01, not_required: because }\n`,
    ),
  ).toEqual([]);
});

test('all at once', () => {
  const policy =
    'version: 1\nname: p\ntime_intervals: { w: [{}] }\nexemptions: [{ name: e, users: [a@b] }]\nrules: [{ name: r, when: { idle_for: 1m }, terminate: user }]\n';
  expect(linted(policy).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
    'rule r',
    'rule r',
    'exemption e',
    'time interval w',
    'policy',
  ]);
});
