import { describe, expect, test } from 'vitest';
import { all, any, not, type Truth } from '../../src/decide/truth.ts';

const T = true;
const F = false;
const U = 'unknown';
const itself = (value: Truth): Truth => value;

describe('the three-valued logic (P1)', () => {
  const pairs: [a: Truth, b: Truth, and: Truth, or: Truth][] = [
    [T, T, T, T],
    [T, U, U, T],
    [T, F, F, T],
    [U, T, U, T],
    [U, U, U, U],
    [U, F, F, U],
    [F, T, F, T],
    [F, U, F, U],
    [F, F, F, F],
  ];

  test.each(pairs)('%s, %s: all %s, any %s', (a, b, and, or) => {
    expect(all([a, b], itself)).toBe(and);
    expect(any([a, b], itself)).toBe(or);
  });

  test.each([
    [T, F],
    [U, U],
    [F, T],
  ] as [Truth, Truth][])('not %s is %s', (value, negated) => {
    expect(not(value)).toBe(negated);
  });

  test('of nothing, all is true and any is false', () => {
    expect(all([], itself)).toBe(true);
    expect(any([], itself)).toBe(false);
  });

  test('a late false still decides', () => {
    expect(all([T, U, T, F], itself)).toBe(false);
    expect(any([F, U, F, T], itself)).toBe(true);
  });
});
