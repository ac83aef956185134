import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesText, parsePattern } from '../../src/decide/pattern.ts';

describe('a pattern', () => {
  test.each<[string, string | undefined]>([
    ['alice', 'alice'],
    ['', ''],
    ['a*', undefined],
    ['?', undefined],
    ['a\\*b', 'a*b'],
    ['a\\?', 'a?'],
    ['a\\\\', 'a\\'],
    ['a\\', 'a\\'],
    ['\\😀', '😀'],
    ['\\\\*', undefined],
  ])('%s is literally %j', (text, literal) => {
    expect(parsePattern(text)).toMatchObject({ text, literal });
  });

  test.each<[string, string[], string[]]>([
    ['etl', ['etl'], ['ETL', 'etl ', '']],
    ['', [''], ['a']],
    ['*', ['', 'anything at all'], []],
    ['**', ['', 'a'], []],
    ['?', ['a', '😀'], ['', 'ab']],
    ['mongosh *', ['mongosh 2.5', 'mongosh '], ['mongosh', 'xmongosh 2']],
    ['*a*b', ['ab', 'aabab', 'xayb'], ['ba', 'abx']],
    ['a?c*', ['abc', 'axcd'], ['ac', 'abdc']],
    ['a\\*', ['a*'], ['ab', 'a\\*']],
  ])('%j', (text, matching, others) => {
    const matches = (value: string) => matchesText(parsePattern(text), value);
    expect(matching.filter((value) => !matches(value))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  test('matches what a regular expression made of it does', () => {
    const piece = fc.constantFrom('*', '?', 'a', 'b', '.', '😀', '\\*', '\\?', '\\\\');
    const words: Record<string, string> = { '*': '[^]*', '?': '[^]', '.': '\\.' };
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '😀', '*', '?', '\\'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), text, (pieces, value) => {
        const expression = new RegExp(`^${pieces.map((each) => words[each] ?? each).join('')}$`, 'u');
        expect(matchesText(parsePattern(pieces.join('')), value)).toBe(expression.test(value));
      }),
      { numRuns: 2000 },
    );
  });
});
