import { describe, expect, test } from 'vitest';
import { countSteps, differenceOf, simulate, type Steps } from '../../src/plan/simulate.ts';
import type { Session } from '../../src/session.ts';
import { aPolicy, aSavedSnapshot } from '../support/a-saved-snapshot.ts';
import { aSession, idOf, minute, now } from '../support/builders.ts';

const hour = 60 * minute;

/** Session number `id` of alice's, last used at this time. */
function usedAt(id: number, iso: string, rest: Partial<Session> = {}): Session {
  return { ...aSession({ id }), flushed: Date.parse(iso), ...rest };
}

interface Options {
  readonly sessions: readonly Session[];
  readonly policy: string;
  readonly steps: Steps;
  readonly sessionTimeout?: number;
  readonly serverTime?: number;
}

const simulated = ({ sessions, policy, steps, sessionTimeout, serverTime }: Options) => {
  const { snapshot, facts } = aSavedSnapshot({ sessions, serverTime: serverTime ?? steps.from });
  return simulate({ snapshot, facts, policy: aPolicy(policy), steps, sessionTimeout });
};

/** What ended, as `number of the session, time`. */
const endsOf = (options: Options): string[] =>
  simulated(options).ended.map(
    ({ at, verdict }) =>
      `${Number(verdict.session.lsid.id.slice(-12))} ${new Date(at).toISOString().slice(0, 16)}Z`,
  );

const span = (from: string, to: string, every = 5 * minute): Steps => ({
  from: Date.parse(from),
  to: Date.parse(to),
  every,
});

const fromNow = (minutes: number, every = minute): Steps => ({
  from: now,
  to: now + minutes * minute,
  every,
});

test('steps go from the first instant to the last, which counts if it is one', () => {
  expect(countSteps(fromNow(10, 5 * minute))).toBe(3);
  expect(countSteps(fromNow(9, 5 * minute))).toBe(2);
  expect(countSteps(fromNow(0))).toBe(1);
});

test('a hundred and fifty thousand sessions may end, or leave, at one instant', () => {
  const sessions = Array.from({ length: 150_000 }, (_, id) => aSession({ id, flushedAgo: 20 * minute }));
  const policy = 'rules: [{ name: idle, when: { idle_for: 15m } }]';
  expect(simulated({ sessions, policy, steps: fromNow(0) }).ended).toHaveLength(sessions.length);
  const later = { ...fromNow(0), from: now + hour, to: now + hour };
  const gone = { sessions, policy, steps: later, sessionTimeout: 30 * minute, serverTime: now };
  expect(simulated(gone).left).toHaveLength(sessions.length);
});

describe('a session', () => {
  const idle15 = 'rules: [{ name: idle, when: { idle_for: 15m } }]';
  const one = [aSession({ id: 1, flushedAgo: 10 * minute })];

  test('ends at the first instant that is past its limit, and once', () => {
    const { ended, alive } = simulated({ sessions: one, policy: idle15, steps: fromNow(60) });
    expect(ended.map(({ at, verdict }) => [at - now, verdict.because])).toEqual([
      [6 * minute, 'idle for 16m, limit 15m'],
    ]);
    expect(alive).toEqual([]);
  });

  test('leaves the listing after the server’s timeout, and then no rule ends it', () => {
    const policy = 'rules: [{ name: idle, when: { idle_for: 45m } }]';
    const { ended, left } = simulated({
      sessions: one,
      policy,
      steps: fromNow(60),
      sessionTimeout: 30 * minute,
    });
    expect(ended).toEqual([]);
    expect(left.map(({ at }) => at - now)).toEqual([21 * minute]);
    expect(endsOf({ sessions: one, policy, steps: fromNow(60) })).toHaveLength(1);
  });

  test('was listed when the snapshot was taken, however old its last use', () => {
    const { left } = simulated({
      sessions: [aSession({ flushedAgo: 40 * minute })],
      policy: 'rules: [{ name: never, when: { users: [nobody@admin] } }]',
      steps: fromNow(5),
      sessionTimeout: 30 * minute,
    });
    expect(left.map(({ at }) => at - now)).toEqual([minute]);
  });

  test('with a running operation is never idle and never leaves', () => {
    const { alive } = simulated({
      sessions: [aSession({ operations: 1, flushedAgo: 20 * minute })],
      policy: idle15,
      steps: fromNow(120),
      sessionTimeout: 30 * minute,
    });
    expect(alive).toHaveLength(1);
  });

  test('that is ended makes room among its user’s sessions', () => {
    const sessions = [1, 2, 3].map((id) => aSession({ id, flushedAgo: (10 - id) * minute }));
    const policy = 'rules: [{ name: two, when: { more_than_per_user: 2 } }]';
    expect(endsOf({ sessions, policy, steps: fromNow(3) })).toHaveLength(1);
  });

  test('grows idle in its cursors and transactions too', () => {
    const sessions = [aSession({ resources: [{ kind: 'cursor', idle: 3 * minute, open: 3 * minute }] })];
    const { ended } = simulated({
      sessions,
      policy: 'rules: [{ name: cursor, when: { cursor_idle_for: 5m } }]',
      steps: fromNow(10),
    });
    expect(ended.map(({ at, verdict }) => [at - now, verdict.because])).toEqual([
      [3 * minute, expect.stringContaining('6m')],
    ]);
  });

  test('grows older in its transactions too', () => {
    const resources = [{ kind: 'transaction' as const, idle: 0, open: 3 * minute }];
    const { ended } = simulated({
      sessions: [aSession({ resources })],
      policy: 'rules: [{ name: transaction, when: { transaction_open_for: 5m } }]',
      steps: fromNow(10),
    });
    expect(ended.map(({ at }) => at - now)).toEqual([3 * minute]);
  });

  test('does not grow idle in its cursors while an operation runs', () => {
    const resources = [{ kind: 'cursor' as const, idle: 3 * minute, open: 3 * minute }];
    const { alive } = simulated({
      sessions: [aSession({ resources, operations: 1 })],
      policy: 'rules: [{ name: cursor, when: { cursor_idle_for: 5m } }]',
      steps: fromNow(10),
    });
    expect(alive).toHaveLength(1);
  });

  test('that is retained is not called undecided', () => {
    const { indeterminate, alive } = simulated({ sessions: one, policy: idle15, steps: fromNow(2) });
    expect(indeterminate).toEqual([]);
    expect(alive).toHaveLength(1);
  });

  test('that cannot be decided lives, and is told once', () => {
    const { ended, indeterminate, alive } = simulated({
      sessions: [aSession({ named: false })],
      policy: "rules: [{ name: contractors, when: { users: ['ctr_*'] } }]",
      steps: fromNow(10),
    });
    expect(ended).toEqual([]);
    expect(indeterminate.map(({ at }) => at)).toEqual([now]);
    expect(alive).toHaveLength(1);
  });
});

test('a plan beyond a limit ends nothing, as long as it is beyond', () => {
  const sessions = [1, 2, 3].map((id) => aSession({ id, flushedAgo: id === 3 ? 0 : 20 * minute }));
  const { ended, stopped, alive } = simulated({
    sessions,
    policy: 'rules: [{ name: idle, when: { idle_for: 15m } }]\nlimits: { sessions: 1 }',
    steps: fromNow(20),
  });
  expect(ended).toEqual([]);
  expect(stopped).toEqual([{ from: now, to: now + 20 * minute, because: '2 sessions to end, limit 1' }]);
  expect(alive).toHaveLength(3);
});

test('a plan is stopped anew after a time at which it was not', () => {
  const sessions = [1, 2].map((id) => aSession({ id, flushedAgo: 20 * minute }));
  const { ended, stopped } = simulated({
    sessions,
    policy: `
time_intervals:
  twice: [{ times: [{ start_time: '12:00', end_time: '12:02' }, { start_time: '12:05', end_time: '12:06' }] }]
rules: [{ name: idle, when: { during: twice, idle_for: 15m } }]
limits: { sessions: 1, users: 0 }`,
    steps: fromNow(10),
  });
  const because = '1 users to end, limit 0; 2 sessions to end, limit 1';
  expect(ended).toEqual([]);
  expect(stopped).toEqual([
    { from: now, to: now + minute, because },
    { from: now + 5 * minute, to: now + 5 * minute, because },
  ]);
});

describe('time intervals on the days when the clock is set', () => {
  const policyWith = (times: string, idle: string): string => `
time_intervals:
  night: [{ times: [${times}], location: Europe/Berlin }]
rules: [{ name: nightly, when: { during: night, idle_for: ${idle} } }]`;
  const quarter = '{ start_time: "02:15", end_time: "02:45" }';

  test('an hour that comes twice opens the window twice', () => {
    const sessions = [
      usedAt(1, '2026-10-24T20:00Z'),
      // Not idle yet at the first 02:15 to 02:45, which is 00:15Z to 00:45Z; idle between the two.
      usedAt(2, '2026-10-25T00:20Z'),
      // Idle only after the second.
      usedAt(3, '2026-10-25T01:30Z'),
    ];
    expect(
      endsOf({
        sessions,
        policy: policyWith(quarter, '30m'),
        steps: span('2026-10-24T22:00Z', '2026-10-25T23:00Z'),
      }),
    ).toEqual(['1 2026-10-25T00:15Z', '2 2026-10-25T01:15Z']);
  });

  test('an hour that is left out opens it not at all that day', () => {
    const options = { sessions: [usedAt(1, '2026-03-28T20:00Z')], policy: policyWith(quarter, '30m') };
    expect(endsOf({ ...options, steps: span('2026-03-28T22:00Z', '2026-03-29T23:55Z') })).toEqual([]);
    expect(endsOf({ ...options, steps: span('2026-03-28T22:00Z', '2026-03-30T22:00Z') })).toEqual([
      '1 2026-03-30T00:15Z',
    ]);
  });

  test('a window that the clock jumps into opens at the jump', () => {
    expect(
      endsOf({
        sessions: [usedAt(1, '2026-03-28T20:00Z')],
        policy: policyWith('{ start_time: "02:30", end_time: "04:00" }', '30m'),
        steps: span('2026-03-29T00:00Z', '2026-03-29T03:00Z'),
      }),
    ).toEqual(['1 2026-03-29T01:00Z']);
  });

  test('opening hours stay by the wall clock on both sides of the change', () => {
    const policy = `
time_intervals:
  hours: [{ times: [{ start_time: "07:00", end_time: "19:00" }], location: America/New_York }]
rules: [{ name: closed, when: { outside: hours, idle_for: 5m } }]`;
    // 19:00 in New York is 23:00Z before 1 November 2026, and 24:00Z from then on.
    const closing = (day: string, next: string) =>
      endsOf({
        sessions: [usedAt(1, `${day}T18:00Z`)],
        policy,
        steps: span(`${day}T18:00Z`, `${next}T06:00Z`),
      });
    expect(closing('2026-10-31', '2026-11-01')).toEqual(['1 2026-10-31T23:00Z']);
    expect(closing('2026-11-01', '2026-11-02')).toEqual(['1 2026-11-02T00:00Z']);
  });

  test('steps are instants: none is left out, none comes twice', () => {
    const steps = span('2026-10-24T22:00Z', '2026-10-25T23:00Z', hour);
    // A day of 25 hours, by its ends.
    expect(countSteps(steps)).toBe(26);
  });
});

test('the difference between two policies', () => {
  const sessions = [
    aSession({ id: 1, flushedAgo: 16 * minute }),
    aSession({ id: 2, owner: 'bob@admin', flushedAgo: 16 * minute }),
    aSession({ id: 3, owner: 'carol@admin', flushedAgo: 16 * minute }),
    aSession({ id: 4, owner: 'dave@admin', flushedAgo: 16 * minute }),
  ];
  const of = (policy: string) => simulated({ sessions, policy, steps: fromNow(10) });
  const here = of(`rules:
  - { name: a, when: { users: [alice@admin], idle_for: 15m } }
  - { name: b, when: { users: [bob@admin], idle_for: 20m } }
  - { name: c, when: { users: [dave@admin], idle_for: 15m } }`);
  const there = of(
    `rules: [{ name: all, when: { users: [bob@admin, carol@admin, dave@admin], idle_for: 15m } }]`,
  );
  const { newlyEnded, noLongerEnded, atOtherTimes } = differenceOf(here, there);
  const ids = (some: typeof newlyEnded) => some.map(({ verdict }) => verdict.session.lsid.id);
  expect(ids(newlyEnded)).toEqual([idOf(1)]);
  expect(ids(noLongerEnded)).toEqual([idOf(3)]);
  expect(atOtherTimes.map((each) => [each.here.at - now, each.there - now])).toEqual([[5 * minute, 0]]);
});
