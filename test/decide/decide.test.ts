import { describe, expect, test } from 'vitest';
import type { Truth } from '../../src/decide/truth.ts';
import { decide } from '../../src/decide/decide.ts';
import type { Verdict } from '../../src/decide/verdict.ts';
import type { Exemption, Rule } from '../../src/policy/policy.ts';
import type { Session } from '../../src/session.ts';
import { aContext, always, anExemption, aRule, aSession, minute, type When } from '../support/builders.ts';

const T = true;
const F = false;
const U = 'unknown';

function verdictOn(
  session: Session,
  rules: readonly Rule[],
  exemptions: readonly Exemption[] = [],
  context = aContext(),
) {
  return decide([session], { rules, exemptions }, context)[0];
}

describe('what a session deserves (P1)', () => {
  const table: [rule: Truth, exemption: Truth, verdict: Verdict['verdict']][] = [
    [T, F, 'terminate'],
    [T, U, 'indeterminate'],
    [T, T, 'exempt'],
    [U, F, 'indeterminate'],
    [U, U, 'indeterminate'],
    [U, T, 'exempt'],
    [F, F, 'retain'],
    [F, U, 'retain'],
    [F, T, 'exempt'],
  ];

  test.each(table)('rule %s, exemption %s: %s', (rule, exemption, verdict) => {
    const found = verdictOn(aSession(), [aRule([always(rule)])], [anExemption([always(exemption)])]);
    expect(found?.verdict).toBe(verdict);
  });

  test.each([
    { criteria: [T, T], verdict: 'terminate' },
    { criteria: [T, F], verdict: 'retain' },
    { criteria: [U, F], verdict: 'retain' },
    { criteria: [U, T], verdict: 'indeterminate' },
    { criteria: [], verdict: 'retain' },
  ])('one rule with $criteria: $verdict', ({ criteria, verdict }) => {
    expect(verdictOn(aSession(), [aRule(criteria.map((each) => always(each as Truth)))])?.verdict).toBe(
      verdict,
    );
  });

  test.each([
    { rules: [F, T], verdict: 'terminate', rule: '1' },
    { rules: [U, T], verdict: 'terminate', rule: '1' },
    { rules: [T, T], verdict: 'terminate', rule: '0' },
    { rules: [F, U, U], verdict: 'indeterminate', rule: '1' },
    { rules: [F, F], verdict: 'retain', rule: undefined },
    { rules: [], verdict: 'retain', rule: undefined },
  ])('rules $rules: $verdict by $rule', ({ rules, verdict, rule }) => {
    const named = rules.map((truth, at) => aRule([always(truth as Truth)], { name: String(at) }));
    expect(verdictOn(aSession(), named)).toMatchObject({ verdict, rule });
  });

  test('one exemption that is true is enough', () => {
    const exemptions = [U, F, T].map((truth) => anExemption([always(truth as Truth)]));
    expect(verdictOn(aSession(), [aRule([always(T)])], exemptions)?.verdict).toBe('exempt');
  });

  test('one verdict per session, in their order', () => {
    const sessions = [3, 1, 2].map((id) => aSession({ id, flushedAgo: id * 10 * minute }));
    const verdicts = decide(sessions, { rules: [aRule({ idle_for: '15m' })], exemptions: [] }, aContext());
    expect(verdicts.map(({ session }) => session)).toEqual(sessions);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['terminate', 'retain', 'terminate']);
  });

  test('the reason names what was compared', () => {
    const rule = aRule({ idle_for: '15m', users: ['alice@admin'] });
    expect(verdictOn(aSession({ flushedAgo: 21 * minute }), [rule])?.because).toMatch(
      /^idle for 21m, limit 15m; .*alice@admin/,
    );
  });
});

test('the reason where nothing is ended', () => {
  const undecided = aRule([always(U), always(T)], { name: 'perhaps' });
  const matching = aRule([always(T)], { name: 'all' });
  const doubtful = anExemption([always(U)], { name: 'batch' });
  const reasoned = anExemption([always(T)], { name: 'batch', because: 'batch jobs' });
  const session = aSession();
  const builtIn = false;
  expect([
    verdictOn(session, [aRule([always(F)])]),
    verdictOn(session, [undecided]),
    verdictOn(session, [undecided, matching], [doubtful]),
    verdictOn(session, [matching], [reasoned]),
  ]).toEqual([
    { verdict: 'retain', session, rule: undefined, builtIn, because: 'no rule matches' },
    {
      verdict: 'indeterminate',
      session,
      rule: 'perhaps',
      builtIn,
      because: 'rule perhaps cannot be decided: always unknown; always true',
    },
    {
      verdict: 'indeterminate',
      session,
      rule: 'all',
      builtIn,
      because: 'exemption batch cannot be decided: always unknown',
    },
    { verdict: 'exempt', session, rule: 'batch', builtIn, because: 'batch jobs' },
  ]);
});

describe('an owner who is not listed (P2)', () => {
  const idle = { idle_for: '15m' };
  const cases: { name: string; when: When; unless?: When; verdict: Verdict['verdict'] }[] = [
    { name: 'rule, own name', when: { users: ['alice@admin'] }, verdict: 'terminate' },
    { name: 'rule, other name', when: { users: ['bob@admin'] }, verdict: 'retain' },
    { name: 'rule, glob', when: { users: ['bob*'] }, verdict: 'indeterminate' },
    { name: 'rule, glob and not idle', when: { users: ['*'], idle_for: '1h' }, verdict: 'retain' },
    { name: 'not_users, own name', when: { not_users: ['alice@admin'] }, verdict: 'retain' },
    { name: 'not_users, other name', when: { not_users: ['bob@admin'] }, verdict: 'terminate' },
    { name: 'not_users, glob', when: { not_users: ['bob*'] }, verdict: 'indeterminate' },
    {
      name: 'not_users, own name beside a glob',
      when: { not_users: ['b*', 'alice@admin'] },
      verdict: 'retain',
    },
    { name: 'exemption, own name', when: idle, unless: { users: ['alice@admin'] }, verdict: 'exempt' },
    { name: 'exemption, other name', when: idle, unless: { users: ['bob@admin'] }, verdict: 'terminate' },
    { name: 'exemption, glob', when: idle, unless: { users: ['bob*'] }, verdict: 'indeterminate' },
    {
      name: 'exemption, not_users and glob',
      when: idle,
      unless: { not_users: ['b*'] },
      verdict: 'indeterminate',
    },
    {
      name: 'exemption, glob, no rule matches',
      when: { idle_for: '1h' },
      unless: { users: ['*'] },
      verdict: 'retain',
    },
  ];

  test.each(cases)('$name: $verdict', ({ when, unless, verdict }) => {
    const session = aSession({ named: false, flushedAgo: 20 * minute });
    const exemptions = unless === undefined ? [] : [anExemption(unless)];
    expect(verdictOn(session, [aRule(when)], exemptions)?.verdict).toBe(verdict);
  });
});

describe('the built-in exemptions (P6)', () => {
  test.each([
    ['__system@local', true],
    ['__system@local', false],
    ['reaper@admin', true],
    ['reaper@admin', false],
  ])('nothing ends %s (name listed: %s)', (owner, named) => {
    const rules = [aRule([always(T)], { terminate: 'user' }), aRule({ users: [owner] })];
    const found = verdictOn(aSession({ owner, named }), rules, [anExemption([always(U)])]);
    expect(found).toMatchObject({ verdict: 'exempt', builtIn: true });
  });
});
