import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration } from '../../src/policy/duration-schema.ts';
import { formatDuration, parseDuration } from '../../src/policy/duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  ['90s', 90 * second],
  ['15m', 15 * minute],
  ['1h30m', 90 * minute],
  ['1d', day],
  ['1d1s', day + second],
  ['0h5m', 5 * minute],
  ['3650d', 3650 * day],
])('%s', (text, millis) => {
  expect(parseDuration(text)).toBe(millis);
  expect(duration.parse(text)).toBe(millis);
});

const bad = [
  '',
  '15',
  '15min',
  '0m',
  '0d0s',
  '-5m',
  '+5m',
  '1.5h',
  '15 m',
  ' 15m',
  '15M',
  '1m1h',
  '3651d',
  'm',
  '٣m',
];

test.each(bad)('%j is none', (text) => {
  expect(parseDuration(text)).toBeUndefined();
  expect(duration.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
    `${JSON.stringify(text)} is no duration; write whole numbers, each with its unit d, h, m or s, in this order, as 15m, 1h30m or 90s, from 1s to 3650d`,
  ]);
});

test.each([[15], [null], [true], [['15m']], [undefined]])('%j is none either', (value) => {
  expect(duration.safeParse(value).error?.issues.map(({ message }) => message)).toEqual([
    'expected a number with its unit, as 15m, 1h30m or 90s',
  ]);
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [second, '1s'],
    [59 * second + 999, '59s'],
    [minute, '1m'],
    [90 * second, '1m30s'],
    [hour + 5 * second, '1h'],
    [hour + 5 * minute + 5 * second, '1h5m'],
    [day + hour + minute, '1d1h'],
    [-5 * second, '0s'],
  ])('%i ms', (millis, text) => {
    expect(formatDuration(millis)).toBe(text);
  });

  test('says no more than there is, and what a policy can say it says back', () => {
    fc.assert(
      fc.property(fc.integer({ min: second, max: 3650 * day }), (millis) => {
        const said = parseDuration(formatDuration(millis)) ?? 0;
        expect(said).toBeGreaterThan(0);
        expect(said).toBeLessThanOrEqual(millis);
        expect(formatDuration(said)).toBe(formatDuration(millis));
      }),
    );
  });
});
