import { describe, expect, test } from 'vitest';
import { timeIntervals } from '../../src/policy/time-interval-schema.ts';
import { isOpen, zoneOf, type NamedInterval } from '../../src/policy/time-interval.ts';

const compile = (...raw: object[]): NamedInterval => timeIntervals.parse({ window: raw }).get('window') ?? [];
const range = (start_time: string, end_time: string) => ({ times: [{ start_time, end_time }] });

interface Case {
  name: string;
  intervals: object[];
  open: string[];
  closed: string[];
}

const newYork = { location: 'America/New_York' };

const cases: Case[] = [
  { name: 'no field', intervals: [{}], open: ['1970-01-01T00:00Z', '2026-07-01T12:34:56.789Z'], closed: [] },
  {
    name: 'start inclusive, end exclusive',
    intervals: [range('07:00', '19:00')],
    open: ['2026-07-01T07:00Z', '2026-07-01T18:59:59.999Z'],
    closed: ['2026-07-01T06:59:59.999Z', '2026-07-01T19:00Z'],
  },
  {
    name: '24:00 as the end',
    intervals: [range('23:00', '24:00')],
    open: ['2026-07-01T23:00Z', '2026-07-01T23:59:59.999Z'],
    closed: ['2026-07-02T00:00Z', '2026-07-01T22:59Z'],
  },
  {
    name: 'weekdays; sunday begins the week',
    intervals: [{ weekdays: ['monday:friday', 'Sunday'] }],
    open: ['2026-07-03T23:59Z', '2026-07-05T00:00Z', '2026-07-06T00:00Z'],
    closed: ['2026-07-04T00:00Z', '2026-07-04T23:59Z'],
  },
  {
    name: 'all fields must hold, in a field one entry is enough',
    intervals: [
      {
        weekdays: ['monday'],
        days_of_month: [1, '8:14'],
        months: ['june', 9],
        years: [2026],
        ...range('09:00', '10:00'),
      },
    ],
    open: ['2026-06-01T09:00Z', '2026-06-08T09:59Z', '2026-09-14T09:30Z'],
    closed: [
      '2026-06-15T09:00Z',
      '2026-06-01T10:00Z',
      '2026-06-02T09:00Z',
      '2026-07-13T09:00Z',
      '2027-06-14T09:00Z',
    ],
  },
  {
    name: 'one interval of several is enough, each in its own zone',
    intervals: [
      { ...range('09:00', '10:00'), location: 'Asia/Tokyo' },
      { ...range('09:00', '10:00'), ...newYork },
    ],
    open: ['2026-01-15T00:30Z', '2026-01-15T14:30Z', '2026-07-15T13:30Z'],
    closed: ['2026-01-15T09:30Z', '2026-01-15T13:30Z', '2026-07-15T14:30Z'],
  },
  {
    name: 'days from the end of the month',
    intervals: [{ days_of_month: ['-3:-1'] }],
    open: ['2026-01-29T00:00Z', '2026-02-26T00:00Z', '2028-02-29T00:00Z', '2026-04-30T23:59Z'],
    closed: ['2026-01-28T23:59Z', '2026-02-25T23:59Z', '2028-02-26T23:59Z', '2026-05-01T00:00Z'],
  },
  {
    name: 'days beyond the month: the end is clamped, the start is not',
    intervals: [{ days_of_month: ['30:31'] }],
    open: ['2026-04-30T12:00Z', '2026-05-31T12:00Z'],
    closed: ['2026-02-28T12:00Z', '2028-02-29T12:00Z', '2026-04-29T12:00Z', '2026-05-01T00:00Z'],
  },
  {
    name: 'more days from the end than the month has',
    intervals: [{ days_of_month: ['-31:-30'] }],
    open: ['2026-01-01T12:00Z', '2026-01-02T12:00Z', '2026-04-01T12:00Z'],
    closed: ['2026-02-01T12:00Z', '2026-04-02T12:00Z', '2026-01-03T00:00Z'],
  },
  {
    name: '25:-1 and 31:-1',
    intervals: [{ days_of_month: ['25:-1'], months: [2] }, { days_of_month: ['31:-1'] }],
    open: ['2026-02-25T00:00Z', '2028-02-29T12:00Z', '2026-03-31T12:00Z'],
    closed: ['2026-02-24T23:59Z', '2026-04-30T12:00Z', '2026-03-30T23:59Z'],
  },
  {
    name: '29 February',
    intervals: [{ days_of_month: [29], months: ['february'] }],
    open: ['2028-02-29T00:00Z', '2028-02-29T23:59Z'],
    closed: ['2026-02-28T12:00Z', '2026-03-01T00:00Z', '2028-03-01T00:00Z'],
  },
  {
    name: 'over midnight belongs to the weekday on which it begins',
    intervals: [{ weekdays: ['friday'], ...range('22:00', '06:00') }],
    open: ['2026-07-03T22:00Z', '2026-07-03T23:59Z', '2026-07-04T00:00Z', '2026-07-04T05:59:59.999Z'],
    closed: ['2026-07-03T05:59Z', '2026-07-03T21:59Z', '2026-07-04T06:00Z', '2026-07-04T22:00Z'],
  },
  {
    name: 'over midnight belongs to the day, month and year on which it begins',
    intervals: [{ days_of_month: [-1], months: ['december'], years: [2026], ...range('20:00', '04:00') }],
    open: ['2026-12-31T20:00Z', '2027-01-01T03:59Z'],
    closed: [
      '2026-12-31T03:00Z',
      '2027-01-01T04:00Z',
      '2026-01-01T02:00Z',
      '2027-12-31T21:00Z',
      '2026-12-01T01:00Z',
    ],
  },
  {
    name: 'over midnight from 29 February',
    intervals: [{ days_of_month: [-1], months: ['february'], ...range('23:00', '01:00') }],
    open: ['2028-02-29T23:30Z', '2028-03-01T00:30Z', '2026-03-01T00:30Z'],
    closed: ['2028-02-29T00:30Z', '2028-02-28T23:30Z', '2028-03-01T01:00Z'],
  },
  {
    name: '00:00 as the end is the end of the day',
    intervals: [{ weekdays: ['friday'], ...range('22:00', '00:00') }],
    open: ['2026-07-03T22:00Z', '2026-07-03T23:59Z'],
    closed: ['2026-07-03T00:00Z', '2026-07-04T00:00Z', '2026-07-04T22:00Z'],
  },
  {
    name: 'the date, too, is that of the location',
    intervals: [{ weekdays: ['monday'], ...newYork }],
    open: ['2026-07-06T04:00Z', '2026-07-07T03:59Z'],
    closed: ['2026-07-06T03:59Z', '2026-07-07T04:00Z'],
  },
  {
    name: 'an hour that is skipped never occurs',
    intervals: [{ ...range('02:00', '03:00'), ...newYork }],
    open: ['2026-03-07T07:30Z', '2026-03-09T06:30Z'],
    closed: ['2026-03-08T06:59:59.999Z', '2026-03-08T07:00Z', '2026-03-08T07:30Z'],
  },
  {
    name: 'an hour that is repeated is open twice',
    intervals: [{ ...range('01:00', '01:30'), ...newYork }],
    open: ['2026-11-01T05:00Z', '2026-11-01T05:29Z', '2026-11-01T06:00Z', '2026-11-01T06:29Z'],
    closed: ['2026-11-01T05:30Z', '2026-11-01T06:30Z'],
  },
  {
    name: 'half an hour of daylight saving',
    intervals: [{ ...range('01:30', '02:00'), location: 'Australia/Lord_Howe' }],
    open: [
      '2026-04-04T14:30Z',
      '2026-04-04T14:59Z',
      '2026-04-04T15:00Z',
      '2026-04-04T15:29Z',
      '2026-10-03T15:29Z',
    ],
    closed: ['2026-04-04T14:29Z', '2026-04-04T15:30Z', '2026-10-03T15:30Z'],
  },
  {
    name: 'an offset of three quarters of an hour',
    intervals: [{ ...range('09:00', '17:00'), location: 'Asia/Kathmandu' }],
    open: ['2026-07-01T03:15Z', '2026-07-01T11:14Z'],
    closed: ['2026-07-01T03:14Z', '2026-07-01T11:15Z'],
  },
];

describe('isOpen', () => {
  test.each(cases)('$name', ({ intervals, open, closed }) => {
    const window = compile(...intervals);
    for (const at of open) expect(isOpen(window, Date.parse(at), 'UTC'), at).toBe(true);
    for (const at of closed) expect(isOpen(window, Date.parse(at), 'UTC'), at).toBe(false);
  });

  test('Local is the zone that the caller names', () => {
    const window = compile({ ...range('09:00', '10:00'), location: 'Local' });
    expect(isOpen(window, Date.parse('2026-01-15T14:30Z'), 'America/New_York')).toBe(true);
    expect(isOpen(window, Date.parse('2026-01-15T14:30Z'), 'UTC')).toBe(false);
    expect(window.map((interval) => zoneOf(interval, 'Europe/Berlin'))).toEqual(['Europe/Berlin']);
    expect(compile({}).map((interval) => zoneOf(interval, 'Europe/Berlin'))).toEqual(['UTC']);
  });
});
