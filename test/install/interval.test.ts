import { describe, expect, test } from 'vitest';
import { longestGapOf } from '../../src/audit/schedule/cron-times.ts';
import { intervalOf } from '../../src/install/interval.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('an interval', () => {
  test.each([
    [minute, '*:0/1', '* * * * *'],
    [5 * minute, '*:0/5', '*/5 * * * *'],
    [12 * minute, '*:0/12', '*/12 * * * *'],
    [30 * minute, '*:0/30', '*/30 * * * *'],
    [hour, '*:00', '0 * * * *'],
    [6 * hour, '0/6:00', '0 */6 * * *'],
    [12 * hour, '0/12:00', '0 */12 * * *'],
    [24 * hour, '*-*-* 00:00', '0 0 * * *'],
  ])('of %d ms is %s, and in cron %s', (every, onCalendar, cron) => {
    expect(intervalOf(every)).toEqual({ onCalendar, cron });
    expect(longestGapOf(cron, { zone: 'UTC', now: 0 })).toBe(every);
  });

  test.each([
    [30_000, '30s'],
    [90_000, '1m30s'],
    [7 * minute, '7m'],
    [45 * minute, '45m'],
    [60 * minute + 1000, '1h'],
    [5 * hour, '5h'],
    [36 * hour, '1d12h'],
  ])('of %d ms is refused', (every, words) => {
    expect(() => intervalOf(every)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringContaining(`--every ${words}`),
        remedy: expect.stringContaining('5m'),
      }),
    );
  });

  test('of more than a day is refused with the reason', () => {
    expect(() => intervalOf(48 * hour)).toThrow(/at least daily/);
    expect(() => intervalOf(7 * minute)).not.toThrow(/at least daily/);
  });
});
