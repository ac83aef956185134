import { describe, expect, test } from 'vitest';
import { parsePattern } from '../../src/decide/pattern.ts';
import { matchesUser, userPatterns, wordsForMatch } from '../../src/decide/user-pattern.ts';
import { aContext, aSession } from '../support/builders.ts';

function matches(pattern: string, owner: string, named = true) {
  return matchesUser([parsePattern(pattern)], aSession({ owner, named }), aContext());
}

describe('a pattern against a listed name', () => {
  const cases: [pattern: string, matching: string[], others: string[]][] = [
    ['alice@admin', ['alice@admin'], ['Alice@admin', 'alice@admin2', 'xalice@admin', 'alice@adminn', '']],
    ['svc_*@admin', ['svc_@admin', 'svc_backup@admin', 'svc_a@b@admin'], ['svc@admin', 'svc_a@other']],
    ['*', ['alice@admin', '@', 'CN=a,O=b@$external'], []],
    ['*@*', ['alice@admin', 'a@b@c'], ['nobody']],
    ['?lice@admin', ['alice@admin', 'Ålice@admin', '😀lice@admin'], ['lice@admin', 'aalice@admin']],
    ['a?@x', ['ab@x', 'a漢@x'], ['a@x', 'abc@x']],
    ['a*b*c@x', ['abc@x', 'a1b2c@x', 'abcabc@x', 'abbc@c@x'], ['acb@x', 'abc@xx']],
    ['*a', ['a', 'aaa', 'ba'], ['ab', '']],
    ['a*', ['a', 'ab'], ['ba']],
    ['a**b', ['ab', 'axxb'], ['axx']],
    ['\\*@admin', ['*@admin'], ['a@admin', '\\*@admin']],
    ['\\?@admin', ['?@admin'], ['a@admin']],
    ['a\\\\b@admin', ['a\\b@admin'], ['ab@admin', 'a\\\\b@admin']],
    ['\\a@admin', ['a@admin'], ['\\a@admin']],
    ['svc_\\**@x', ['svc_*1@x'], ['svc_11@x']],
    ['*@admin\\', ['a@admin\\'], ['a@admin']],
    ['CN=a b,OU=c+O=d@$external', ['CN=a b,OU=c+O=d@$external'], ['CN=a b,OU=c@$external']],
    ['*,O=d@$external', ['CN=a@b,O=d@$external'], ['CN=a,O=d@external']],
    ['user(1)[a].+^$|{}*@x', ['user(1)[a].+^$|{}@x'], ['user1a@x']],
    ['ann e@my db', ['ann e@my db'], ['anne@mydb']],
    ['jürgen*@x', ['jürgen@x'], ['ju\u0308rgen@x']],
    ['*\n*', ['a\nb'], ['ab']],
  ];

  test.each(cases)('%s', (pattern, matching, others) => {
    expect(matching.filter((name) => matches(pattern, name) !== true)).toEqual([]);
    expect(others.filter((name) => matches(pattern, name) !== false)).toEqual([]);
  });

  test('an unpaired half of a character is only itself', () => {
    expect(matches('?@x', '\ud800@x')).toBe(true);
    expect(matches('*\ud83d*', '😀@x')).toBe(false);
  });

  test.each(['*a*a*a*a*b', '*?a?*?a?*?a?*b', `${'*a'.repeat(50)}*b`])(
    '%s takes no time to be refused',
    (pattern) => {
      const owner = 'a'.repeat(10_000);
      const began = performance.now();
      expect(matches(pattern, owner)).toBe(false);
      expect(performance.now() - began).toBeLessThan(1000);
    },
  );
});

describe('an owner who is not listed (P2)', () => {
  test.each([
    ['alice@admin', true],
    ['bob@admin', false],
    ['a\\lice@admin', true],
    ['*', 'unknown'],
    ['bob*', 'unknown'],
    ['?', 'unknown'],
  ])('%s against alice@admin is %s', (pattern, truth) => {
    expect(matches(pattern, 'alice@admin', false)).toBe(truth);
  });

  test.each([
    [['bob@admin', 'alice@admin', '*'], true],
    [['*', 'alice@admin'], true],
    [['bob@admin', 'x*'], 'unknown'],
    [['bob@admin', 'carl@admin'], false],
  ])('a list is true if one is, then unknown: %s is %s', (list, truth) => {
    const session = aSession({ owner: 'alice@admin', named: false });
    expect(matchesUser(list.map(parsePattern), session, aContext())).toBe(truth);
  });

  test('a literal name counts by uid, not by the name that is shown', () => {
    const session = { ...aSession({ owner: 'alice@admin' }), user: 'bob@admin' };
    expect(matchesUser([parsePattern('bob@admin')], session, aContext())).toBe(false);
  });
});

describe('the words', () => {
  const five = ['b@x', 'c@x', 'd@x', 'e@x', 'f@x'];

  test.each<[patterns: string[], named: boolean, words: string]>([
    [['b@x', 'al*', 'alice@admin'], true, 'user matches al*'],
    [['al*', 'alice@admin'], false, 'user matches alice@admin'],
    [['b@x', 'c*'], true, 'user is none of b@x, c*'],
    [['b@x'], false, 'user is none of b@x'],
    [['b@x', 'c*'], false, 'its owner is unknown, and may match b@x, c*'],
    [five.slice(0, 3), true, 'user is none of b@x, c@x, d@x'],
    [five, true, 'user is none of b@x, c@x, d@x or 2 more'],
    [[...five, '*'], false, 'its owner is unknown, and may match b@x, c@x, d@x or 3 more'],
  ])('against %j, name listed %s: %s', (patterns, named, words) => {
    const session = aSession({ owner: 'alice@admin', named });
    expect(wordsForMatch(patterns.map(parsePattern), session, aContext())).toBe(words);
  });
});

describe('the list in a policy', () => {
  test.each([
    [
      'alice',
      '"alice" can match nobody, since users are listed as user@db; write "alice@admin" or "alice@*"',
    ],
    ['', 'an empty pattern matches nobody; write user@db'],
    ['\\*', '"\\\\*" can match nobody, since users are listed as user@db; write "\\\\*@admin" or "\\\\*@*"'],
  ])('%j is refused', (text, message) => {
    expect(userPatterns.safeParse([text]).error?.issues[0]?.message).toBe(message);
  });

  test.each([[[]], ['alice@admin'], [[1]], [null]])('%j is refused', (list) => {
    expect(userPatterns.safeParse(list).success).toBe(false);
  });

  test('a glob needs no @', () => {
    expect(userPatterns.parse(['svc*']).map(({ literal }) => literal)).toEqual([undefined]);
  });
});
