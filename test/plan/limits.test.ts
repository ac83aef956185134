import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exceededLimits } from '../../src/plan/limits.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { Limits } from '../../src/policy/policy.ts';
import { aSession, toSpare, toTerminate } from '../support/builders.ts';

interface Listed {
  /** How many sessions are to be ended, two for each user, and how many an earlier run has ended. */
  readonly end: number;
  readonly already?: number;
  readonly retain?: number;
  readonly exempt?: number;
  readonly builtIn?: number;
}

function exceeded({ end, already = 0, retain = 0, exempt = 0, builtIn = 0 }: Listed, limits: Limits) {
  const spare = (count: number, make: (id: number) => ReturnType<typeof toSpare>) =>
    Array.from({ length: count }, (_, id) => make(id));
  const verdicts = [
    ...Array.from({ length: end + already }, (_, id) =>
      toTerminate(aSession({ id, owner: `u${id >> 1}@admin` }), { rule: id < end ? 'new' : 'already' }),
    ),
    ...spare(retain, (id) => toSpare('retain', aSession({ id, owner: 'r@admin' }))),
    ...spare(exempt, (id) => toSpare('exempt', aSession({ id, owner: 'e@admin' }))),
    ...spare(builtIn, (id) =>
      toSpare('exempt', aSession({ id, owner: '__system@local' }), { builtIn: true }),
    ),
  ];
  const plan = makePlan(verdicts, ({ rule }) => rule === 'already');
  return exceededLimits(plan, verdicts, limits);
}

const cases: { name: string; listed: Listed; limits: Limits; beyond: string[] }[] = [
  { name: 'absent means no limit', listed: { end: 1000 }, limits: {}, beyond: [] },
  { name: 'undefined means no limit', listed: { end: 1000 }, limits: { users: undefined }, beyond: [] },
  { name: 'users, equal', listed: { end: 4 }, limits: { users: 2 }, beyond: [] },
  { name: 'users, one more', listed: { end: 5 }, limits: { users: 2 }, beyond: ['users'] },
  { name: 'users, 0 means none', listed: { end: 1 }, limits: { users: 0 }, beyond: ['users'] },
  { name: 'sessions, equal', listed: { end: 4 }, limits: { sessions: 4 }, beyond: [] },
  { name: 'sessions, one more', listed: { end: 5 }, limits: { sessions: 4 }, beyond: ['sessions'] },
  { name: 'sessions, 0 means none', listed: { end: 1 }, limits: { sessions: 0 }, beyond: ['sessions'] },
  { name: 'percent, equal', listed: { end: 5, retain: 5 }, limits: { percent: 50 }, beyond: [] },
  { name: 'percent, one more', listed: { end: 6, retain: 5 }, limits: { percent: 50 }, beyond: ['percent'] },
  {
    name: 'percent, 0 means none',
    listed: { end: 1, retain: 9 },
    limits: { percent: 0 },
    beyond: ['percent'],
  },
  { name: 'percent, 100 allows all', listed: { end: 20 }, limits: { percent: 100 }, beyond: [] },
  { name: 'percent, below 10 listed', listed: { end: 9 }, limits: { percent: 0 }, beyond: [] },
  {
    name: 'percent, from 10 listed',
    listed: { end: 9, retain: 1 },
    limits: { percent: 89 },
    beyond: ['percent'],
  },
  { name: 'percent, exempt ones count', listed: { end: 5, exempt: 5 }, limits: { percent: 50 }, beyond: [] },
  {
    name: 'percent, built-in exempt ones do not',
    listed: { end: 5, retain: 4, builtIn: 1 },
    limits: { percent: 50 },
    beyond: ['percent'],
  },
  {
    name: 'what an earlier run ended is listed and not ended again',
    listed: { end: 4, already: 6 },
    limits: { users: 2, sessions: 4, percent: 40 },
    beyond: [],
  },
  {
    name: 'all at once',
    listed: { end: 12 },
    limits: { users: 1, sessions: 1, percent: 1 },
    beyond: ['users', 'sessions', 'percent'],
  },
  {
    name: 'nothing to end',
    listed: { end: 0, retain: 20 },
    limits: { users: 0, sessions: 0, percent: 0 },
    beyond: [],
  },
  { name: 'nothing listed', listed: { end: 0 }, limits: { users: 0, sessions: 0, percent: 0 }, beyond: [] },
  { name: 'a fraction, equal', listed: { end: 77, retain: 2673 }, limits: { percent: 2.8 }, beyond: [] },
];

describe('limits (P7)', () => {
  test.each(cases)('$name', ({ listed, limits, beyond }) => {
    expect(exceeded(listed, limits).map(({ limit }) => limit)).toEqual(beyond);
  });

  test('says what was allowed and what was planned', () => {
    expect(exceeded({ end: 12, retain: 4, builtIn: 1 }, { users: 5, sessions: 11, percent: 50 })).toEqual([
      { limit: 'users', allowed: 5, planned: 6, because: '6 users to end, limit 5' },
      { limit: 'sessions', allowed: 11, planned: 12, because: '12 sessions to end, limit 11' },
      { limit: 'percent', allowed: 50, planned: 75, because: '12 of 16 sessions to end, limit 50 percent' },
    ]);
  });

  test('a percentage of tenths is compared exactly', () => {
    const listed = fc.record({ end: fc.nat(200), retain: fc.nat(200), builtIn: fc.nat(3) });
    fc.assert(
      fc.property(listed, fc.nat(1000), ({ end, retain, builtIn }, tenths) => {
        const counts = end + retain + builtIn >= 10;
        const beyond = counts && end * 1000 > tenths * (end + retain);
        expect(exceeded({ end, retain, builtIn }, { percent: tenths / 10 }).length).toBe(beyond ? 1 : 0);
      }),
    );
  });
});

test('sessions that were counted and not read count as those that were', () => {
  const numbers = fc.integer({ min: 0, max: 30 });
  const listed = fc.record({ end: numbers, retain: numbers, exempt: numbers, builtIn: numbers });
  fc.assert(
    fc.property(listed, numbers, ({ end, retain, exempt, builtIn }, percent) => {
      const verdicts = Array.from({ length: end }, (_, id) => toTerminate(aSession({ id })));
      const plan = makePlan(verdicts, () => false);
      // Exempt in all, as they are counted.
      const unread = { retain, exempt: exempt + builtIn, builtIn };
      expect(exceededLimits(plan, verdicts, { percent }, unread)).toEqual(
        exceeded({ end, retain, exempt, builtIn }, { percent }),
      );
    }),
  );
});
