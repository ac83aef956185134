import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOpen, nextChange, type Range, type TimeInterval } from '../../src/policy/time-interval.ts';

// The calculation to compare with knows no Temporal: the wall clock is what Intl writes, dates are Date.UTC's.

const MINUTE = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  const numeric = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const;
  const found =
    formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { ...numeric, timeZone: zone, hourCycle: 'h23' });
  formats.set(zone, found);
  return found;
}

function openByIntl(intervals: readonly TimeInterval[], at: number): boolean {
  return intervals.some((interval) => {
    // en-US writes 12/31/2026, 23:59
    const written = format(interval.location).format(at).match(/\d+/g) ?? [];
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = written.map(Number);
    // A range is begun on today's date or, if it runs over midnight, on yesterday's.
    return [0, 1].some((ago) => {
      const since = hour * 60 + minute + ago * 1440;
      return (
        interval.times.some(({ begin, end }) => since >= begin && since < (begin < end ? end : end + 1440)) &&
        dateHolds(interval, new Date(Date.UTC(year, month - 1, day - ago)))
      );
    });
  });
}

function dateHolds(interval: TimeInterval, date: Date): boolean {
  const among = (ranges: readonly Range[], n: number) =>
    ranges.some(({ begin, end }) => n >= begin && n <= end);
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const days = interval.daysOfMonth.flatMap(({ begin, end }) =>
    Array.from({ length }, (_, i) => i + 1).filter((day) => {
      const bound = (n: number) => (n > 0 ? n : length + 1 + n);
      return day >= bound(begin) && day <= bound(end);
    }),
  );
  return (
    days.includes(date.getUTCDate()) &&
    among(interval.weekdays, date.getUTCDay()) &&
    among(interval.months, date.getUTCMonth() + 1) &&
    among(interval.years, date.getUTCFullYear())
  );
}

const zones = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Cairo', // midnight is skipped
  'America/St_Johns', // until 2011 set back over midnight, at 00:01
  'Pacific/Apia', // skipped 30 December 2011
];

/** Around these something happens: clocks shift, or month, year or leap day begin or end. */
const moments = [
  '2026-03-08T07:00Z',
  '2026-11-01T06:00Z',
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2026-04-23T22:00Z',
  '2026-10-29T21:00Z',
  '2010-11-07T02:31Z',
  '2011-12-30T10:00Z',
  '2028-02-29T00:00Z',
  '2028-03-01T00:00Z',
  '2026-03-01T00:00Z',
  '2026-04-30T23:00Z',
  '2026-12-31T23:00Z',
].map((text) => Date.parse(text));

const instant = fc
  .tuple(fc.constantFrom(...moments), fc.integer({ min: -36 * 60 * MINUTE, max: 36 * 60 * MINUTE }))
  .map(([moment, off]) => moment + off);

const minuteOfDay = fc.oneof(
  fc.constantFrom(0, 1, 30, 60, 90, 120, 150, 180, 1380, 1410, 1439),
  fc.integer({ min: 0, max: 1439 }),
);
const time = fc
  .record({ begin: minuteOfDay, end: fc.oneof(minuteOfDay, fc.constant(1440)) })
  .filter(({ begin, end }) => begin !== end);
const among = (...ranges: [number, number][]) =>
  fc.subarray(
    ranges.map(([begin, end]) => ({ begin, end })),
    { minLength: 1 },
  );

const interval: fc.Arbitrary<TimeInterval> = fc.record({
  times: fc.oneof(fc.constant([{ begin: 0, end: 1440 }]), fc.array(time, { minLength: 1, maxLength: 3 })),
  weekdays: fc.oneof(fc.constant([{ begin: 0, end: 6 }]), among([0, 0], [1, 5], [2, 3], [5, 6])),
  daysOfMonth: fc.oneof(
    fc.constant([{ begin: 1, end: 31 }]),
    among([1, 5], [-3, -1], [25, -1], [30, 31], [-31, -30], [29, 29]),
  ),
  months: fc.oneof(fc.constant([{ begin: 1, end: 12 }]), among([1, 2], [3, 4], [10, 11], [12, 12])),
  years: fc.oneof(fc.constant([{ begin: 1, end: 9999 }]), among([2010, 2011], [2026, 2026], [2028, 2030])),
  location: fc.constantFrom(...zones),
});
const window = fc.array(interval, { minLength: 1, maxLength: 2 });

describe('against a calculation by Intl', () => {
  test('isOpen', () => {
    fc.assert(
      fc.property(window, instant, (intervals, at) => {
        expect(isOpen(intervals, at, 'UTC')).toBe(openByIntl(intervals, at));
      }),
      { numRuns: 3000 },
    );
  });

  test('nextChange finds the first minute that differs', () => {
    fc.assert(
      fc.property(window, instant, (intervals, at) => {
        const span = 1.5 * 1440 * MINUTE;
        const before = openByIntl(intervals, at);
        let minute = Math.floor(at / MINUTE) * MINUTE + MINUTE;
        while (minute <= at + span && openByIntl(intervals, minute) === before) minute += MINUTE;
        const found = nextChange(intervals, at, 'UTC') ?? Infinity;
        if (minute <= at + span) expect(found).toBe(minute);
        else expect(found).toBeGreaterThan(at + span);
      }),
      { numRuns: 30 },
    );
  });
});
