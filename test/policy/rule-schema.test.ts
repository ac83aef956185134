import { describe, expect, test } from 'vitest';
import type { Criterion } from '../../src/decide/condition.ts';
import { conditions } from '../../src/decide/conditions/index.ts';
import { parsePolicy, PolicyError } from '../../src/policy/load.ts';
import { exemption, rule } from '../../src/policy/rule-schema.ts';
import { whenKeys } from '../support/builders.ts';

/** Names in place of the criteria, those within any_of and not included. */
type Shape = string | { any_of: Shape[][] } | { not: Shape[] };

function shapeOf(criteria: readonly Criterion[]): Shape[] {
  return criteria.map(({ condition, args }): Shape => {
    if (condition === 'any_of') return { any_of: (args as Criterion[][]).map(shapeOf) };
    return condition === 'not' ? { not: shapeOf(args as Criterion[]) } : condition;
  });
}

describe('any_of and not', () => {
  const cases: [when: object, shape: Shape[]][] = [
    [{ any_of: [{ idle_for: '1m' }] }, [{ any_of: [['idle_for']] }]],
    [
      { any_of: [{ users: ['a@b'], idle_for: '1m' }, { client_gone: true }] },
      [{ any_of: [['idle_for', 'users'], ['client_gone']] }],
    ],
    [{ not: { apps: ['x'] } }, [{ not: ['apps'] }]],
    [
      { not: { apps: ['x'] }, any_of: [{ roles: ['*'] }], older_than: '1h' },
      ['older_than', { any_of: [['roles']] }, { not: ['apps'] }],
    ],
    [
      { any_of: [{ not: { any_of: [{ users: ['a@b'] }, { not: { idle_for: '1m' } }] } }] },
      [{ any_of: [[{ not: [{ any_of: [['users'], [{ not: ['idle_for'] }]] }] }]] }],
    ],
  ];

  test.each(cases)('%j', (when, shape) => {
    expect(shapeOf(rule.parse({ name: 'r', when }).criteria)).toEqual(shape);
    expect(shapeOf(exemption.parse({ name: 'e', ...when }).criteria)).toEqual(shape);
  });

  test('beside every other condition there is', () => {
    expect(whenKeys).toBe([...Object.keys(conditions), 'any_of', 'not'].join(', '));
  });
});

/** Every problem of a policy whose only rule begins at 3:3, or whose only exemption does. */
function problemsOf(entry: string, list = 'rules'): string[] {
  const good = list === 'rules' ? '' : 'rules: [{ name: r, when: { idle_for: 15m } }]\n';
  const text = `${list}: [\n# its place is easier to count\n  ${entry}\n]\n${good}version: 1\nname: p\n`;
  try {
    parsePolicy(new TextEncoder().encode(text), 'policy.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(
      ({ place, path, message }) => `${place.line}:${place.column}: ${path}: ${message}`,
    );
  }
}

describe('what is wrong within any_of and not has its exact place', () => {
  const map = `expected a map with ${whenKeys}`;
  const empty = `a rule without a condition would end everything; at least one condition is needed: ${whenKeys}`;

  test.each<[string, string[]]>([
    [
      '{ name: r, when: { any_of: [{ idle_for: 1m }, { idel_for: 1m }] } }',
      [
        `3:51: rules[0].when.any_of[1]: unknown key "idel_for" (did you mean "idle_for"?); allowed: ${whenKeys}`,
      ],
    ],
    [
      '{ name: r, when: { not: { not: { user: [a@b] } } } }',
      [`3:36: rules[0].when.not.not: unknown key "user" (did you mean "users"?); allowed: ${whenKeys}`],
    ],
    [
      '{ name: r, when: { any_of: [{ not: { users: [alice] } }] } }',
      [
        '3:48: rules[0].when.any_of[0].not.users[0]: "alice" can match nobody, since users are listed as user@db; write "alice@admin" or "alice@*"',
      ],
    ],
    [
      '{ name: r, when: { anyof: [{ idle_for: 1m }] } }',
      [`3:22: rules[0].when: unknown key "anyof" (did you mean "any_of"?); allowed: ${whenKeys}`],
    ],
    [
      '{ name: r, when: { any_of: [] } }',
      [
        '3:22: rules[0].when.any_of: found an empty list; an empty list holds never; give at least one map of conditions',
      ],
    ],
    [
      '{ name: r, when: { any_of: { idle_for: 1m } } }',
      ['3:22: rules[0].when.any_of: found a map; expected a list of maps of conditions'],
    ],
    [
      '{ name: r, when: { any_of: [{ idle_for: 1m }, 5] } }',
      [`3:49: rules[0].when.any_of[1]: found 5; ${map}`],
    ],
    ['{ name: r, when: { not: } }', [`3:22: rules[0].when.not: found nothing; ${map}`]],
    ['{ name: r, when: { not: [{ idle_for: 1m }] } }', [`3:22: rules[0].when.not: found a list; ${map}`]],
    [
      '{ name: r, when: { not: { name: x } } }',
      [`3:29: rules[0].when.not: unknown key "name"; allowed: ${whenKeys}`],
    ],
    ['{ name: r, when: { idle_for: 1m, not: {} } }', [`3:36: rules[0].when.not: ${empty}`]],
    ['{ name: r, when: { any_of: [{ idle_for: 1m }, {}] } }', [`3:49: rules[0].when.any_of[1]: ${empty}`]],
    [
      '{ name: r, when: { any_of: [{ idle_for: 1x, usres: [a@b] }, {}], not: 5 } }',
      [
        expect.stringMatching(/^3:43: rules\[0\]\.when\.any_of\[0\]\.idle_for: "1x" is no duration/),
        expect.stringMatching(/^3:47: rules\[0\]\.when\.any_of\[0\]: unknown key "usres"/),
        expect.stringMatching(/^3:63: rules\[0\]\.when\.any_of\[1\]: /),
        `3:73: rules[0].when.not: found 5; ${map}`,
      ],
    ],
  ])('%s', (entry, problems) => {
    expect(problemsOf(entry)).toEqual(problems);
  });

  test.each<[string, string[]]>([
    ['{ name: e, not: { client_gone: true } }', []],
    [
      '{ name: e, not: { client_gone: yes } }',
      [
        '3:34: exemptions[0].not.client_gone: found "yes"; expected true; to exempt the opposite, use not: { client_gone: true }',
      ],
    ],
    [
      '{ name: e, any_of: [{ because: x }] }',
      [`3:25: exemptions[0].any_of[0]: unknown key "because"; allowed: ${whenKeys}`],
    ],
    [
      '{ name: e, users: [a@b], nto: { apps: [x] } }',
      [`3:28: exemptions[0]: unknown key "nto" (did you mean "not"?); allowed: name, ${whenKeys}, because`],
    ],
  ])('%s', (entry, problems) => {
    expect(problemsOf(entry, 'exemptions')).toEqual(problems);
  });
});
