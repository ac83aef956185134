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
    `rule ${rule}: ends nothing that rule ${by} does not end, whose conditions are the same or wider`;
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
      'by a smaller limit',
      [
        ['a', idle],
        ['b', { idle_for: '20m' }],
        ['c', { idle_for: '20m', users: ['x@admin'] }],
      ],
      [of('b', 'a'), of('c', 'a')],
    ],
    [
      'by more users',
      [
        ['a', { users: ['alice@admin', 'bob@admin'] }],
        ['b', { users: ['bob@admin'], idle_for: '15m' }],
      ],
      [of('b', 'a')],
    ],
    [
      'by fewer users who are left out',
      [
        ['a', { not_users: ['alice@admin'] }],
        ['b', { not_users: ['bob@admin', 'alice@admin'] }],
      ],
      [of('b', 'a')],
    ],
    [
      'not by a pattern, which does not tell who the unlisted are',
      [
        ['a', { users: ['*@admin'] }],
        ['b', { users: ['bob@admin'] }],
      ],
      [],
    ],
    [
      'the same, for whole users later',
      [
        ['a', idle],
        ['b', idle, 'user'],
      ],
      [of('a', 'b')],
    ],
    [
      'the same for whole users, for sessions later',
      [
        ['a', idle, 'user'],
        ['b', idle],
      ],
      [of('b', 'a')],
    ],
    [
      'with a smaller limit, for whole users not by sessions',
      [
        ['a', idle],
        ['b', { idle_for: '20m' }, 'user'],
      ],
      [],
    ],
    [
      'by one of several branches',
      [
        ['a', { any_of: [{ client_gone: true }, idle] }],
        ['b', { idle_for: '20m' }],
        ['c', { any_of: [{ client_gone: true }, hers] }],
        ['d', { users: ['alice@admin'], any_of: [{ client_gone: true }, idle] }],
      ],
      [of('b', 'a'), of('c', 'a'), of('d', 'a')],
    ],
    [
      'not of several branches by one',
      [
        ['a', idle],
        ['b', { any_of: [{ client_gone: true }, idle] }],
      ],
      [of('a', 'b')],
    ],
    [
      'not with a larger limit',
      [
        ['a', { idle_for: '20m' }],
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
        ['b', { not: { idle_for: '20m' }, users: ['a@b'] }],
      ],
      [],
    ],
    [
      'nested with a smaller limit',
      [
        ['a', { not: idle }],
        ['b', { not: { idle_for: '9m' }, users: ['a@b'] }],
      ],
      [of('b', 'a')],
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
