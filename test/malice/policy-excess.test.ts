import { describe, expect, test } from 'vitest';
import { matchesText, parsePattern } from '../../src/decide/pattern.ts';
import { parsePolicy, PolicyError } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';

const head = 'version: 1\nname: p\n';
const good = `${head}rules:\n  - name: r\n    when: { idle_for: 15m }\n`;

function policyOf(text: string): Policy {
  return parsePolicy(new TextEncoder().encode(text), 'f');
}

/** As many of a text as fill a quarter of a megabyte, where what takes time with the square of its length takes minutes. */
function much(unit: (number: number) => string): string {
  const parts: string[] = [];
  for (let length = 0, number = 0; length < 250_000; number++) {
    const part = unit(number);
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

const deep = (depth: number, open: string, close: string): string =>
  `${head}rules: [{ name: r, when: ${open.repeat(depth)}{ idle_for: 5m }${close.repeat(depth)} }]\n`;
const laughs = Array.from(
  { length: 10 },
  (_, at) => `l${at}: &l${at} [${`*l${at - 1}, `.repeat(at === 0 ? 0 : 9)}lol]\n`,
);

describe('what is too much is refused, soon and in a few words', () => {
  test.each<[string, () => string, string]>([
    ['aliases that explode', () => laughs.join(''), 'more than 100 copies'],
    [
      'copies of something large',
      () =>
        `${head}rules:\n- { name: a, when: { users: &u [${'a@b,'.repeat(2000)}] } }\n${Array.from({ length: 99 }, (_, at) => `- { name: r${at}, when: { users: *u } }\n`).join('')}`,
      'more than 100000 values',
    ],
    ['aliases by the thousand', () => `a: &a 1\nb: [${much(() => '*a,')}]\n`, 'more than 1000 copies'],
    ['conditions in conditions', () => deep(1000, '{ not: ', ' }'), 'nested too deeply'],
    ['a hundred and one levels', () => deep(101, '{ not: ', ' }'), 'nested too deeply'],
    ['brackets, 10,000 deep', () => `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, 'nested too deeply'],
    ['brackets that nobody closes', () => '['.repeat(10_000), 'nested too deeply'],
    ['dashes, 10,000 deep', () => `a:\n ${'- '.repeat(10_000)}\n`, 'nested too deeply'],
    ['different keys', () => much((at) => `a key of its own ${at}: 0\n`), 'unknown key'],
    [
      'the same key',
      () => much(() => 'one and the same key: 0\n'),
      'the key one and the same key is there twice',
    ],
    [
      'intervals that are not there',
      () => `${good}exemptions: [{ name: e, during: [${much((at) => `x${at},`)}] }]\n`,
      'no such time interval',
    ],
    ['tabs', () => much(() => '\t- a\n'), 'a tab; indent with spaces'],
    [
      'a zone of a quarter of a megabyte',
      () => `${good}time_intervals: { a: [{ location: ${much(() => 'ab')} }] }\n`,
      'is no zone',
    ],
    [
      'a rule that is there again and again',
      () => `${head}rules:\n${much(() => '- { name: a, when: { idle_for: 5m } }\n')}`,
      'the name of an earlier one',
    ],
  ])('%s', (_name, make, message) => {
    const text = make();
    try {
      policyOf(text);
    } catch (error) {
      expect(error).toBeInstanceOf(PolicyError);
      expect((error as Error).message).toContain(message);
      expect((error as Error).message.length).toBeLessThan(100_000);
      expect((error as PolicyError).problems.length).toBeLessThanOrEqual(200);
      return;
    }
    expect.unreachable('accepted');
  });

  test('what is much, and still a policy, is none', () => {
    const users = Array.from({ length: 20_000 }, (_, at) => `u${at}@admin`);
    expect(
      policyOf(`${head}rules: [{ name: r, when: { users: [${users.join(', ')}] } }]`).rules,
    ).toHaveLength(1);
    expect(policyOf(deep(40, '{ not: ', ' }')).rules).toHaveLength(1);
  });
});

describe('a glob takes no more time than its length asks for', () => {
  const long = 'a'.repeat(10_000);
  test.each([
    ['*a*a*a*a*a*a*a*a*a*a*a*a*b', false],
    [`${'*a'.repeat(1000)}*b`, false],
    [`${'*a'.repeat(1000)}*`, true],
    [`${'?'.repeat(9999)}*b`, false],
    [`*${'?*'.repeat(500)}b`, false],
    ['*'.repeat(10_000), true],
  ])('%j', (pattern, matches) => {
    expect(matchesText(parsePattern(pattern), long)).toBe(matches);
  });
});
