import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMap, isScalar, parseDocument, visit, type Document, type YAMLMap } from 'yaml';
import { parsePolicy, PolicyError } from '../../src/policy/load.ts';
import type { Problem } from '../../src/policy/problems.ts';

const folder = new URL('../../policies/', import.meta.url);

const everyCondition =
  'idle_for: 15m, users: [a@b], not_users: [c@d], roles: [r@b], during: [open], outside: closed, older_than: 1h, more_than_per_user: 2, transaction_idle_for: 1m, transaction_open_for: 1m, cursor_idle_for: 1m, client_gone: true, clients: [10.0.0.0/8], apps: [a]';

const everything = (timeIntervals: string) => `
version: 1
name: everything
description: every key that there is
authority: { document: d, approved_by: a, approved_on: 2026-10-01 }
time_intervals: ${timeIntervals}
exemptions:
  - { name: e, ${everyCondition}, any_of: [{ ${everyCondition} }], not: { ${everyCondition} }, because: b }
rules:
  - { name: r, when: { ${everyCondition}, any_of: [{ not: { idle_for: 1m } }, { users: [a@b] }], not: { any_of: [{ apps: [a] }] } }, terminate: user }
limits: { users: 1, sessions: 2, percent: 3 }
mode: report
end_sessions: false
`;

const windows = `[{ times: [{ start_time: '01:00', end_time: '02:00' }], weekdays: [monday], days_of_month: [1], months: [may], years: [2026], location: UTC }]`;

const texts: [string, string][] = [
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name): [string, string] => [name, readFileSync(new URL(name, folder), 'utf8')]),
  ['every key, intervals as a map', everything(`{ open: ${windows}, closed: [{}] }`)],
  [
    'every key, intervals as a list',
    everything(`[{ name: open, time_intervals: ${windows} }, { name: closed, time_intervals: [{}] }]`),
  ],
];

function problemsOf(text: string): readonly Problem[] {
  try {
    parsePolicy(new TextEncoder().encode(text), 'policy.yaml');
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.problems;
    throw error;
  }
}

function mapsOf(document: Document): YAMLMap[] {
  const maps: YAMLMap[] = [];
  visit(document, { Map: (_key, map) => void maps.push(map) });
  return maps;
}

/** The keys of this map are names that the policy gives. */
const holdsNames = (document: Document, map: YAMLMap) => document.get('time_intervals') === map;

const keysOf = (map: YAMLMap) =>
  map.items.flatMap(({ key }) => (isScalar(key) && typeof key.value === 'string' ? [key.value] : []));

function expectBlamed(text: string, key: string): void {
  const problem = problemsOf(text).find(({ message }) => message.startsWith(`unknown key "${key}"`));
  expect(problem, `${key} in\n${text}`).toBeDefined();
  const { line, column } = problem?.place ?? { line: 0, column: 0 };
  expect(text.split('\n')[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^${key}\\b`));
}

describe.each(texts)('%s', (_name, text) => {
  test('is right as it is', () => {
    expect(problemsOf(text)).toEqual([]);
  });

  test('with a key too many, in each map in turn', () => {
    const maps = mapsOf(parseDocument(text));
    for (const [at, original] of maps.entries()) {
      for (const key of ['x', ...keysOf(original).map((each) => `${each}z`)]) {
        const document = parseDocument(text);
        const map = mapsOf(document)[at];
        map?.set(key, 'x');
        const changed = document.toString();
        if (map !== undefined && holdsNames(document, map)) expect(problemsOf(changed)).not.toEqual([]);
        else expectBlamed(changed, key);
      }
    }
  });

  test('with one letter of one key wrong', () => {
    const places = mapsOf(parseDocument(text)).flatMap((map, at) =>
      map.items.map((_, item) => ({ at, item })),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.nat(),
        fc.constantFrom('', ...'abcdefghijklmnopqrstuvwxyz_'.split('')),
        ({ at, item }, position, letter) => {
          const document = parseDocument(text);
          const map = mapsOf(document)[at];
          const key = map?.items[item]?.key;
          if (!isMap(map) || !isScalar(key) || typeof key.value !== 'string') throw new Error('no key there');
          const from = position % key.value.length;
          const wrong = key.value.slice(0, from) + letter + key.value.slice(from + 1);
          fc.pre(wrong !== key.value && wrong !== '');
          const named = holdsNames(document, map);
          key.value = wrong;
          const changed = document.toString();
          if (named) expect(problemsOf(changed)).not.toEqual([]);
          else expectBlamed(changed, wrong);
        },
      ),
      { numRuns: 60 },
    );
  });
});
