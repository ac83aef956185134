import { describe, expect, test } from 'vitest';
import { timeIntervals } from '../../src/policy/time-interval-schema.ts';
import { nextChange, type NamedInterval } from '../../src/policy/time-interval.ts';

const compile = (...raw: object[]): NamedInterval => timeIntervals.parse({ window: raw }).get('window') ?? [];
const range = (start_time: string, end_time: string) => ({ times: [{ start_time, end_time }] });
const newYork = { location: 'America/New_York' };

/** Each row: the window, an instant, and the changes that follow one another from it. */
const changes: [string, object[], string, string[]][] = [
  [
    'opens and closes',
    [{ weekdays: ['monday:friday'], ...range('07:00', '19:00'), ...newYork }],
    '2026-07-03T12:00:30.500Z',
    ['2026-07-03T23:00Z', '2026-07-06T11:00Z', '2026-07-06T23:00Z'],
  ],
  [
    'from the very instant of a change',
    [range('07:00', '19:00')],
    '2026-07-03T07:00Z',
    ['2026-07-03T19:00Z'],
  ],
  [
    'ranges that touch are one',
    [range('07:00', '12:00'), range('12:00', '19:00')],
    '2026-07-03T08:00Z',
    ['2026-07-03T19:00Z', '2026-07-04T07:00Z'],
  ],
  [
    'days that touch are one',
    [{ weekdays: ['monday:friday'] }],
    '2026-07-06T12:00Z',
    ['2026-07-11T00:00Z', '2026-07-13T00:00Z'],
  ],
  [
    'over midnight',
    [{ weekdays: ['friday'], ...range('22:00', '06:00') }],
    '2026-07-01T00:00Z',
    ['2026-07-03T22:00Z', '2026-07-04T06:00Z', '2026-07-10T22:00Z'],
  ],
  [
    'a skipped range does not open',
    [{ ...range('02:00', '03:00'), ...newYork }],
    '2026-03-07T08:00Z',
    ['2026-03-09T06:00Z'],
  ],
  [
    'a skipped hour opens a range late',
    [{ ...range('02:30', '04:00'), ...newYork }],
    '2026-03-08T06:00Z',
    ['2026-03-08T07:00Z', '2026-03-08T08:00Z'],
  ],
  [
    'a repeated range opens twice',
    [{ ...range('01:00', '01:30'), ...newYork }],
    '2026-11-01T05:00Z',
    ['2026-11-01T05:30Z', '2026-11-01T06:00Z', '2026-11-01T06:30Z', '2026-11-02T06:00Z'],
  ],
  [
    'a clock set back ends a range early',
    [
      { ...range('00:00', '00:30'), ...newYork },
      { ...range('01:45', '02:00'), ...newYork },
    ],
    '2026-11-01T05:45Z',
    ['2026-11-01T06:00Z', '2026-11-01T06:45Z', '2026-11-01T07:00Z'],
  ],
  [
    'a midnight that does not occur',
    [{ weekdays: ['friday'], location: 'Africa/Cairo' }],
    '2026-04-23T12:00Z',
    ['2026-04-23T22:00Z', '2026-04-24T21:00Z'],
  ],
  // The search goes by steps of 28 days; nothing may be lost where two of them meet.
  ['exactly four weeks on', [{ days_of_month: ['1:28'] }], '2026-07-01T00:00Z', ['2026-07-29T00:00Z']],
  ['hours before four weeks on', [{ days_of_month: [29] }], '2026-07-01T12:00Z', ['2026-07-29T00:00Z']],
  ['hours after four weeks on', [{ days_of_month: [30] }], '2026-07-01T12:00Z', ['2026-07-30T00:00Z']],
  [
    'over midnight and four weeks on',
    [{ days_of_month: [28], ...range('23:00', '22:00') }],
    '2026-07-01T12:00Z',
    ['2026-07-28T23:00Z', '2026-07-29T22:00Z'],
  ],
  [
    'years away',
    [{ days_of_month: [29], months: [2] }],
    '2024-03-01T00:00Z',
    ['2028-02-29T00:00Z', '2028-03-01T00:00Z'],
  ],
];

describe('nextChange', () => {
  test.each(changes)('%s', (_name, intervals, start, expected) => {
    const window = compile(...intervals);
    let at = Date.parse(start);
    for (const change of expected) {
      at = nextChange(window, at, 'UTC') ?? NaN;
      expect(new Date(at).toISOString()).toBe(new Date(change).toISOString());
    }
  });

  test.each([
    ['always open', [{}]],
    ['always open in parts', [range('00:00', '12:00'), range('12:00', '24:00')]],
    ['always open over midnight', [range('12:00', '08:00'), range('07:00', '13:00')]],
    ['never open: the years are past', [{ years: ['2020:2025'] }]],
    ['never open: no such day', [{ days_of_month: ['30:31'], months: ['february'] }]],
    ['beyond the horizon', [{ years: [2040] }]],
  ])('%s: there is none', (_name, intervals) => {
    expect(nextChange(compile(...intervals), Date.parse('2026-07-01T00:00Z'), 'UTC')).toBeUndefined();
  });
});
