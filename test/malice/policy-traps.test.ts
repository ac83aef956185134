import { describe, expect, test } from 'vitest';
import { parsePolicy, PolicyError } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';

const head = 'version: 1\nname: p\n';
const good = `${head}rules:\n  - name: r\n    when: { idle_for: 15m }\n`;

/** The first problem of a text, as `line:column: path: message`; undefined for a policy without any. */
function problemOf(text: string | Uint8Array): string | undefined {
  try {
    parsePolicy(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'f');
    return undefined;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.message.split('\n')[0]?.replace(/^f:/, '');
  }
}

function policyOf(text: string): Policy {
  return parsePolicy(new TextEncoder().encode(text), 'f');
}

describe('what different programs read differently is refused', () => {
  test.each<[string, string, string]>([
    ['an octal number of YAML 1.1', 'limits: { users: 010 }', '010 means different things'],
    ['an octal number of YAML 1.2', 'limits: { users: 0o17 }', '0o17 means different things'],
    ['a hexadecimal number', 'limits: { users: 0x10 }', '0x10 means different things'],
    ['a number with an exponent', 'limits: { users: 1e1 }', '1e1 means different things'],
    ['a number with a plus', 'limits: { users: +5 }', '+5 means different things'],
    ['a number without its nought', 'limits: { percent: .5 }', '.5 means different things'],
    ['a number with underscores', 'limits: { users: 1_000 }', 'found "1_000"'],
    ['a number in base 60', 'limits: { users: 1:30 }', 'found "1:30"'],
    ['no', 'end_sessions: no', 'found "no"; expected true or false'],
    ['off', 'end_sessions: off', 'found "off"; expected true or false'],
    ['infinity', 'limits: { percent: .inf }', 'found Infinity'],
    ['what is no number', 'limits: { percent: .nan }', 'found NaN'],
    ['a line end of YAML 1.1', 'description: a\u0085mode: report', 'YAML:'],
    ['the same in a comment', '# a\u0085mode: report', 'an invisible character, U+0085'],
    ['a line separator in a comment', '# a\u2028mode: report', 'an invisible character, U+2028'],
    ['a return alone in a comment', '# a\rmode: report', 'an invisible character, U+000D'],
    ['a bidi override', '# \u202etroper :edom', 'an invisible character, U+202E'],
    ['a space without width in a key', 'mo\u200bde: report', 'an invisible character, U+200B'],
    ['a soft hyphen in a name', 'description: ad\u00admin', 'an invisible character, U+00AD'],
    ['a mark of byte order within', '\ufeffmode: report', 'an invisible character, U+FEFF'],
    ['NUL', '# \0', 'an invisible character, U+0000'],
    ['half a character', 'description: "\\ud800"', 'half a character'],
    ['a merge key for intervals', 'time_intervals: { a: &a [{}], <<: *a }', '<< is no name'],
    ['a prototype for intervals', 'time_intervals: { __proto__: [{}] }', '__proto__ is no name'],
    ['a prototype for limits', 'limits: { __proto__: { users: 1 } }', 'unknown key "__proto__"'],
    ['two documents', '...\nmode: report', 'a second document'],
  ])('%s', (_name, line, message) => {
    expect(problemOf(`${good}${line}\n`)).toContain(message);
  });

  test('so is it in a name, however it is written', () => {
    expect(
      problemOf(`${head.replace('p\n', '"a\\u3164b"\n')}rules: [{ name: r, when: { idle_for: 1m } }]`),
    ).toContain('a letter that cannot be seen');
  });

  test('a problem is one line, whatever it quotes', () => {
    expect(problemOf(`${good}"a\\nFORGED: 1": 1\n`)).toContain(String.raw`unknown key "a\nFORGED: 1"`);
    expect(problemOf(`${good}time_intervals: { "a\\nFORGED": [{ years: [x] }] }\n`)).toContain(
      String.raw`time_intervals.a\u{a}FORGED[0]`,
    );
  });

  test.each([
    ['numbers as people write them', 'limits: { users: 25, sessions: 0, percent: 12.5 }'],
    [
      'a date, a time of day, a range',
      "time_intervals: { d: [{ years: ['2026:2027'], days_of_month: [1:5] }] }",
    ],
    ['emoji and other languages, in comments and texts', 'description: "⚠️ 中文 می‌خواهم 👩‍👧" # ⚠️'],
    ['Windows line ends', '# a\r\n# b\r'],
    [
      'names of what every object has',
      'time_intervals: { constructor: [{}], toString: [{ years: [2026] }] }',
    ],
  ])('%s are fine', (_name, line) => {
    expect(problemOf(`${good}${line}\n`)).toBeUndefined();
  });

  test('an escape is the way to write a name with an invisible character', () => {
    const [rule] = policyOf(`${head}rules: [{ name: r, when: { users: ["a\\u200bb@admin"] } }]`).rules;
    expect(rule?.criteria[0]?.args).toMatchObject([{ literal: 'a\u200bb@admin' }]);
  });
});

describe('other encodings', () => {
  test.each<[string, Uint8Array, string]>([
    ['UTF-16 with its mark', Buffer.from(`\ufeff${good}`, 'utf16le'), 'not UTF-8'],
    ['UTF-16 without', Buffer.from(good, 'utf16le'), 'U+0000'],
    ['UTF-32', Buffer.from([...good].flatMap((each) => [0, 0, 0, each.charCodeAt(0)])), 'U+0000'],
    ['Latin-1', Buffer.from(`${good}description: Jürgen\n`, 'latin1'), 'not UTF-8'],
    ['a surrogate in UTF-8', Buffer.from([...Buffer.from(`${good}# `), 0xed, 0xa0, 0x80]), 'not UTF-8'],
    ['NUL in two bytes', Buffer.from([...Buffer.from(`${good}# `), 0xc0, 0x80]), 'not UTF-8'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'not UTF-8'],
  ])('%s', (_name, bytes, message) => {
    expect(problemOf(bytes)).toContain(message);
  });
});
