import { describe, expect, test } from 'vitest';
import { longestGapOf, nextStartOf } from '../../../src/audit/schedule/cron-times.ts';

const now = Date.parse('2026-11-23T02:00:30Z');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('the longest time between two starts', () => {
  test.each([
    ['* * * * *', minute],
    ['*/5 * * * *', 5 * minute],
    ['2-59/5 * * * *', 5 * minute],
    ['*/7 * * * *', 7 * minute],
    ['0,10 * * * *', 50 * minute],
    ['@hourly', hour],
    ['0 */6 * * *', 6 * hour],
    ['30 1,13 * * *', 12 * hour],
    ['*/5 8-17 * * *', 14 * hour + 5 * minute],
    ['0 2 * * *', day],
    ['@daily', day],
    ['@midnight', day],
    ['0 0 * * 1-5', 3 * day],
    ['0 0 * * MON', 7 * day],
    ['@weekly', 7 * day],
    ['*/5 8-17 * * 7', 6 * day + 14 * hour + 5 * minute],
    ['@monthly', 31 * day],
    ['*/5 * * 1-6 *', 184 * day + 5 * minute],
    ['@annually', 366 * day],
    ['@yearly', 366 * day],
    ['0 0 29 2 *', 1461 * day],
    // cron joins a day of the month and a weekday by or.
    ['0 0 1 * 1', 7 * day],
  ])('%s', (expression, gap) => {
    expect(longestGapOf(expression, { zone: 'UTC', now })).toBe(gap);
  });

  test('counts the day on which clocks are set back', () => {
    expect(longestGapOf('0 12 * * *', { zone: 'Europe/Berlin', now })).toBe(25 * hour);
    expect(longestGapOf('0 12 * * *', { zone: 'Asia/Tokyo', now })).toBe(24 * hour);
  });

  test.each([
    '@reboot',
    '@secondly',
    '@every 5m',
    '0 0 31 2 *',
    '60 * * * *',
    '* * * *',
    '* * * * * *',
    '',
    // The parser knows more than cron does.
    '0 0 L * *',
    '0 0 * * 1#1',
    'H * * * *',
    '? * * * *',
  ])('cannot be told of %j', (expression) => {
    expect(longestGapOf(expression, { zone: 'UTC', now })).toBeUndefined();
  });

  test('cannot be told in a zone that there is not', () => {
    expect(longestGapOf('0 2 * * *', { zone: 'Mars/Olympus', now })).toBeUndefined();
  });
});

describe('the next start', () => {
  test.each([
    ['*/5 * * * *', 'UTC', '2026-11-23T02:05:00.000Z'],
    ['@daily', 'UTC', '2026-11-24T00:00:00.000Z'],
    ['0 3 * * *', 'Europe/Berlin', '2026-11-24T02:00:00.000Z'],
  ])('%s in %s', (expression, zone, next) => {
    expect(nextStartOf(expression, { zone, now })).toBe(Date.parse(next));
  });

  test.each(['@reboot', 'H * * * *', '0 0 31 2 *'])('cannot be told of %s', (expression) => {
    expect(nextStartOf(expression, { zone: 'UTC', now })).toBeUndefined();
  });
});
