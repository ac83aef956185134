import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { timeIntervals } from '../../src/policy/time-interval-schema.ts';

/** Path and message of every issue, in a document where `time_intervals` is one key of several. */
function issuesOf(raw: unknown): [string, string][] {
  const { error } = z.strictObject({ time_intervals: timeIntervals }).safeParse({ time_intervals: raw });
  return (error?.issues ?? []).map(({ path, message }) => [path.slice(1).join('.'), message]);
}

const issuesOfInterval = (interval: unknown) =>
  issuesOf({ w: [interval] }).map(([path, message]) => [path.replace(/^w\.0\.?/, ''), message]);

const DAYS = 'write sunday to saturday, or a range such as "monday:friday"';
const MONTHS = 'write january to december, 1 to 12, or a range such as "january:march"';
const YEARS = 'write a year such as 2026, or a range such as "2026:2030"';
const DATES = 'write 1 to 31, -1 to -31 from the end of the month, or a range such as "1:5" or "-3:-1"';
const CLOCK = 'write HH:MM from 00:00 to 24:00';
const ZONE = 'write a name such as America/New_York, UTC or Local';

describe('errors of an interval', () => {
  test.each<[string, unknown, string]>([
    ['weekdays', 'frday', `"frday" is no weekday (did you mean "friday"?); ${DAYS}`],
    ['weekdays', 'wed', `"wed" is no weekday (did you mean "wednesday"?); ${DAYS}`],
    ['weekdays', 'holiday:friday', `"holiday" is no weekday; ${DAYS}`],
    ['weekdays', 1, `1 is no weekday; ${DAYS}`],
    ['weekdays', '1:friday', `"1" is no weekday; ${DAYS}`],
    ['weekdays', 'monday-friday', '"monday-friday" is no weekday; a range has a colon: "monday:friday"'],
    ['weekdays', 'monday:tuesday:friday', `"monday:tuesday:friday" has more than one colon; ${DAYS}`],
    [
      'weekdays',
      'Friday:monday',
      '"Friday:monday" runs backwards, as the week begins with sunday; write "friday:saturday", "sunday:monday"',
    ],
    [
      'weekdays',
      'saturday:sunday',
      '"saturday:sunday" runs backwards, as the week begins with sunday; write "saturday", "sunday"',
    ],
    ['months', 'febuary', `"febuary" is no month (did you mean "february"?); ${MONTHS}`],
    ['months', 13, `13 is no month; ${MONTHS}`],
    ['months', '0:3', `"0" is no month; ${MONTHS}`],
    [
      'months',
      '11:2',
      '"11:2" runs backwards, as the year begins with january; write "november:december", "january:february"',
    ],
    ['years', 'next', `"next" is no year; ${YEARS}`],
    ['years', 0, `0 is no year; ${YEARS}`],
    ['years', 20266, `20266 is no year; ${YEARS}`],
    ['years', '2030:2026', '"2030:2026" runs backwards; write "2026:2030"'],
    ['days_of_month', 0, `0 is no day of a month; ${DATES}`],
    ['days_of_month', '1:50', `"50" is no day of a month; ${DATES}`],
    ['days_of_month', '-32', `"-32" is no day of a month; ${DATES}`],
    ['days_of_month', 1.5, `1.5 is no day of a month; ${DATES}`],
    ['days_of_month', '5:1', '"5:1" ends before it begins, whatever the month'],
    ['days_of_month', '-1:-3', '"-1:-3" ends before it begins, whatever the month'],
    ['days_of_month', '10:-25', '"10:-25" ends before it begins, whatever the month'],
    [
      'days_of_month',
      '-15:5',
      '"-15:5" begins counted from the end of the month and must end so, as in "-3:-1"',
    ],
  ])('%s: %j', (field, bad, message) => {
    expect(issuesOfInterval({ [field]: [bad] })).toEqual([[`${field}.0`, message]]);
  });

  test.each<[unknown, unknown, [string, string][]]>([
    [
      '25:00',
      '26:00',
      [
        ['start_time', `"25:00" is no time of day; ${CLOCK}`],
        ['end_time', `"26:00" is no time of day; ${CLOCK}`],
      ],
    ],
    ['9:00', '10:00', [['start_time', `"9:00" is no time of day; ${CLOCK}`]]],
    ['09:00', '24:01', [['end_time', `"24:01" is no time of day; ${CLOCK}`]]],
    ['09:00', '10:60', [['end_time', `"10:60" is no time of day; ${CLOCK}`]]],
    ['24:00', '06:00', [['start_time', '"24:00" ends a day; a range begins from 00:00 to 23:59']]],
    [
      '03:00',
      '03:00',
      [['end_time', '"03:00" is start_time too, which leaves nothing; a whole day is 00:00 to 24:00']],
    ],
    ['09:00', 1000, [['end_time', 'expected a time of day in quotes, "HH:MM"']]],
    [undefined, '10:00', [['start_time', 'expected a time of day in quotes, "HH:MM"']]],
  ])('times: %j to %j', (start_time, end_time, issues) => {
    expect(
      issuesOfInterval({
        times: [
          { start_time: '01:00', end_time: '02:00' },
          { start_time, end_time },
        ],
      }),
    ).toEqual(issues.map(([key, message]) => [`times.1.${key}`, message]));
  });

  test.each<[unknown, string]>([
    [
      'Amercia/New_York',
      `"Amercia/New_York" is no zone of the tz database (did you mean "America/New_York"?); ${ZONE}`,
    ],
    ['new york', `"new york" is no zone of the tz database (did you mean "America/New_York"?); ${ZONE}`],
    ['local', `"local" is no zone of the tz database (did you mean "Local"?); ${ZONE}`],
    ['+02:00', `"+02:00" is no zone of the tz database; ${ZONE}`],
    ['2026-01-01T00:00[UTC]', `"2026-01-01T00:00[UTC]" is no zone of the tz database; ${ZONE}`],
    [5, 'expected a zone such as America/New_York'],
  ])('location: %j', (location, message) => {
    expect(issuesOfInterval({ location })).toEqual([['location', message]]);
  });

  test('unknown keys, with those allowed as the message', () => {
    const allowed = 'times, weekdays, days_of_month, months, years, location';
    expect(issuesOfInterval({ weekday: ['monday'] })).toEqual([['', allowed]]);
    expect(
      issuesOfInterval({ times: [{ start_time: '01:00', end_time: '02:00', location: 'UTC' }] }),
    ).toEqual([['times.0', 'start_time, end_time']]);
  });

  test('empty fields, whose meaning is not sure', () => {
    const leaveOut = 'leave it out for no restriction';
    expect(issuesOfInterval({ times: [], weekdays: null, months: 'may' })).toEqual([
      ['times', `expected at least one entry; ${leaveOut}`],
      ['weekdays', `expected a list; ${leaveOut}`],
      ['months', `expected a list; ${leaveOut}`],
    ]);
  });

  test('all at once, both ends of a range too', () => {
    expect(
      issuesOfInterval({
        weekdays: ['monday', 'x:y'],
        years: ['z'],
        location: 'Nowhere/AtAll',
        color: 'red',
      }),
    ).toHaveLength(5);
  });
});

describe('errors around the intervals', () => {
  const noList = 'expected a list of intervals, each after a dash';
  const noMap = 'expected names, each with a list of intervals';

  test.each<[string, unknown, [string, string][]]>([
    ['no map', 'business-hours', [['', noMap]]],
    ['nothing', null, [['', noMap]]],
    ['no name', { '': [{}] }, [['', noMap]]],
    ['no list', { w: { weekdays: ['monday'] } }, [['w', noList]]],
    ['no interval', { w: [] }, [['w', 'expected at least one interval; with none it would never be open']]],
    [
      'nothing as an interval',
      { w: [null] },
      [['w.0', 'expected a map with times, weekdays, days_of_month, months, years, location']],
    ],
    ['a list of something else', ['w'], [['0', 'expected a map with name, time_intervals']]],
    [
      'missing keys',
      [{}],
      [
        ['0.name', 'expected a name'],
        ['0.time_intervals', noList],
      ],
    ],
    [
      'an unknown key',
      [{ name: 'w', time_intervals: [{}], location: 'UTC' }],
      [['0', 'name, time_intervals']],
    ],
    [
      'a name used twice, next to another error',
      [
        { name: 'w', time_intervals: [{}] },
        { name: 'w', time_intervals: [{ years: ['x'] }] },
      ],
      [
        ['1.time_intervals.0.years.0', `"x" is no year; ${YEARS}`],
        ['1.name', '"w" is the name of an earlier time interval'],
      ],
    ],
  ])('%s', (_name, raw, issues) => {
    expect(issuesOf(raw)).toEqual(issues);
  });
});
