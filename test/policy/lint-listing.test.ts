import { describe, expect, test } from 'vitest';
import { lintListing } from '../../src/policy/lint-listing.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { aContext, anExemption, aRule, aSession, minute, type When } from '../support/builders.ts';

const listed = (count: number, owner: string, first = 1) =>
  Array.from({ length: count }, (_, at) => aSession({ id: first + at, owner, flushedAgo: 20 * minute }));

const people = [...listed(4, 'alice@admin'), ...listed(4, 'bob@admin', 10), ...listed(4, 'carol@admin', 20)];

function warnings(when: When, sessions = people, exemptions: Policy['exemptions'] = []): string[] {
  const policy = { rules: [aRule(when, { name: 'r' })], exemptions } as unknown as Policy;
  return lintListing(policy, sessions, aContext()).map(({ about, message }) => `${about}: ${message}`);
}

describe('user patterns', () => {
  test.each<[string, string, string[]]>([
    ['nobody', 'dora@admin', ['rule r: user pattern dora@admin matches nobody who is listed now']],
    ['everybody', '*@admin', ['rule r: user pattern *@admin matches 12 of the 12 sessions listed now']],
    ['some', 'alice@admin', []],
  ])('that match %s', (_, pattern, expected) => {
    expect(warnings({ users: [pattern] })).toEqual(expected);
  });

  test('of exemptions too', () => {
    expect(
      warnings({ idle_for: '15m' }, people, [anExemption({ users: ['svc_*@admin'] }, { name: 'e' })]),
    ).toEqual(['exemption e: user pattern svc_*@admin matches nobody who is listed now']);
  });

  test.each<[string, When]>([
    ['not_users', { not_users: ['svc_bakup@admin'] }],
    ['any_of', { any_of: [{ idle_for: '15m' }, { users: ['svc_bakup@admin', 'alice@admin'] }] }],
    ['not', { idle_for: '15m', not: { users: ['svc_bakup@admin'] } }],
    ['all of these', { not_users: ['svc_bakup@admin'], not: { any_of: [{ users: ['svc_bakup@admin'] }] } }],
  ])('misspelt in %s, which perhaps was to protect somebody', (_, when) => {
    const nobody = 'user pattern svc_bakup@admin matches nobody who is listed now';
    expect(warnings(when)).toEqual([`rule r: ${nobody}`]);
    expect(warnings({ idle_for: '15m' }, people, [anExemption(when, { name: 'e' })])).toEqual([
      `exemption e: ${nobody}`,
    ]);
  });

  test('few sessions are not enough to say everybody', () => {
    expect(warnings({ users: ['alice@admin'] }, listed(9, 'alice@admin'))).toEqual([]);
  });
});

test('how many sessions a condition can decide; reaper’s own do not count', () => {
  const mixed = [...people, aSession({ id: 30, owner: 'reaper@admin' })];
  expect(warnings({ clients: ['10.0.0.0/8'] }, mixed)).toEqual([
    'rule r: clients can decide 0 of the 12 sessions listed now; the others stay indeterminate',
  ]);
});

describe('a user with so many sessions that it may be a pool', () => {
  const pool = listed(20, 'shop@admin');

  test('is named, also by a rule on sessions', () => {
    expect(warnings({ idle_for: '15m' }, pool)).toEqual([
      'rule r: may end sessions of shop@admin, who has 20: if that is an application’s connection pool, exempt it, or its requests fail with Interrupted and CursorNotFound',
    ]);
  });

  test('is not if exempt, if another user is meant, or with fewer sessions', () => {
    expect(
      warnings({ idle_for: '15m' }, pool, [anExemption({ users: ['shop@admin'] }, { name: 'e' })]),
    ).toEqual(['exemption e: user pattern shop@admin matches 20 of the 20 sessions listed now']);
    expect(warnings({ idle_for: '15m', not_users: ['shop@admin'] }, pool)).toEqual([
      'rule r: user pattern shop@admin matches 20 of the 20 sessions listed now',
    ]);
    expect(warnings({ idle_for: '15m' }, pool.slice(1))).toEqual([]);
  });
});
