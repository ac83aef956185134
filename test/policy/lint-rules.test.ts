import { describe, expect, test } from 'vitest';
import { lintRules } from '../../src/policy/lint-rules.ts';
import { aRule, type When } from '../support/builders.ts';

type Written = readonly [name: string, when: When, terminate?: 'user'];

function warnings(...rules: readonly Written[]): string[] {
  const built = rules.map(([name, when, terminate]) =>
    aRule(when, { name, ...(terminate && { terminate }) }),
  );
  return lintRules(
    { rules: built },
    { sessionTimeoutMinutes: 30, constantIntervals: new Map([['open', 'always']]) },
  ).map(({ about, message }) => `${about}: ${message}`);
}

describe('a rule that another swallows', () => {
  const of = (rule: string, by: string) =>
    `rule ${rule}: ends nothing that rule ${by} does not end: its conditions are all there, with more besides`;
  const idle = { idle_for: '15m' };
  const hers = { idle_for: '15m', users: ['alice@admin'] };

  test.each<[string, Written[], string[]]>([
    [
      'with one condition more',
      [
        ['a', idle],
        ['b', hers],
      ],
      [of('b', 'a')],
    ],
    [
      'in whatever order',
      [
        ['b', hers],
        ['a', idle],
      ],
      [of('b', 'a')],
    ],
    [
      'the same twice: the later one',
      [
        ['a', idle],
        ['b', idle],
      ],
      [of('b', 'a')],
    ],
    [
      'by a whole user',
      [
        ['a', idle, 'user'],
        ['b', hers],
      ],
      [of('b', 'a')],
    ],
    [
      'not a whole user by sessions',
      [
        ['a', idle],
        ['b', hers, 'user'],
      ],
      [],
    ],
    [
      'not with another argument',
      [
        ['a', { idle_for: '10m' }],
        ['b', hers],
      ],
      [],
    ],
    [
      'not with other users',
      [
        ['a', { users: ['bob@admin'] }],
        ['b', { users: ['alice@admin'] }],
      ],
      [],
    ],
    [
      'nested',
      [
        ['a', { not: idle }],
        ['b', { not: idle, users: ['alice@admin'] }],
      ],
      [of('b', 'a')],
    ],
    [
      'not nested otherwise',
      [
        ['a', { not: idle }],
        ['b', { not: { idle_for: '9m' }, users: ['a@b'] }],
      ],
      [],
    ],
  ])('%s', (_, rules, expected) => {
    expect(warnings(...rules)).toEqual(expected);
  });
});

test('a rule of nothing but the time of day', () => {
  expect(warnings(['a', { during: 'night' }])).toEqual([
    'rule a: has no condition on users or sessions: at its time of day it ends everybody’s',
  ]);
  expect(warnings(['a', { during: 'night', users: ['*'] }])).toHaveLength(1);
  expect(warnings(['a', { during: 'night', users: ['alice@admin'] }])).toEqual([]);
  expect(warnings(['always', { during: 'open' }])).toEqual([]);
  expect(warnings(['never', { outside: 'open' }])).toEqual([]);
});
