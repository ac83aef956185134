import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { timeIntervals } from '../../src/policy/time-interval-schema.ts';

const asMap = `
nights:
  - weekdays: ['monday:friday', Sunday]
    times:
      - start_time: 22:00
        end_time: '06:00'
      - { start_time: '12:00', end_time: '24:00' }
    location: america/new_york
  - days_of_month: [1, '01:5', '25:-1', -1]
    months: [January:march, 12, '3:4']
    years: [2026, '2027:2030']
    location: Local
always: [{}]
`;

const asList = `
- name: nights
  time_intervals:
${asMap.slice('\nnights:\n'.length, asMap.indexOf('always')).replaceAll(/^/gm, '  ').trimEnd()}
- name: always
  time_intervals: [{}]
`;

const anything = {
  times: [{ begin: 0, end: 1440 }],
  weekdays: [{ begin: 0, end: 6 }],
  daysOfMonth: [{ begin: 1, end: 31 }],
  months: [{ begin: 1, end: 12 }],
  years: [{ begin: 1, end: 9999 }],
  location: 'UTC',
};

describe('timeIntervals', () => {
  test.each([
    ['a map', asMap],
    ['the list of Alertmanager', asList],
  ])('compiles %s', (_name, yaml) => {
    expect(timeIntervals.parse(parse(yaml))).toEqual(
      new Map([
        [
          'nights',
          [
            {
              ...anything,
              times: [
                { begin: 1320, end: 360 },
                { begin: 720, end: 1440 },
              ],
              weekdays: [
                { begin: 1, end: 5 },
                { begin: 0, end: 0 },
              ],
              location: 'America/New_York',
            },
            {
              ...anything,
              daysOfMonth: [
                { begin: 1, end: 1 },
                { begin: 1, end: 5 },
                { begin: 25, end: -1 },
                { begin: -1, end: -1 },
              ],
              months: [
                { begin: 1, end: 3 },
                { begin: 12, end: 12 },
                { begin: 3, end: 4 },
              ],
              years: [
                { begin: 2026, end: 2026 },
                { begin: 2027, end: 2030 },
              ],
              location: 'Local',
            },
          ],
        ],
        ['always', [anything]],
      ]),
    );
  });

  test.each([
    ['UTC'],
    ['Etc/GMT+5'],
    ['US/Eastern'],
    ['Asia/Kathmandu'],
    ['America/Argentina/Buenos_Aires'],
    ['Local'],
  ])('takes the location %s', (location) =>
    expect(timeIntervals.parse({ w: [{ location }] }).get('w')?.[0]?.location).toBe(location),
  );

  test('takes an empty location as UTC, as Alertmanager does', () => {
    expect(timeIntervals.parse({ w: [{ location: '' }] }).get('w')).toEqual([anything]);
  });

  test('names no property of Object by accident', () => {
    expect(timeIntervals.parse({}).get('constructor')).toBeUndefined();
    expect([...timeIntervals.parse({ constructor: [{}] }).keys()]).toEqual(['constructor']);
  });
});

test('the JSON Schema describes both forms and every field', () => {
  const schema = z.toJSONSchema(z.strictObject({ time_intervals: timeIntervals.optional() }), {
    io: 'input',
  });
  expect(schema).toMatchObject({
    properties: { time_intervals: { anyOf: [{ type: 'object' }, { type: 'array' }] } },
  });
  const text = JSON.stringify(schema);
  for (const key of ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'])
    expect(text.split(`"${key}":{"description":"`), key).toHaveLength(3); // once in each form
  expect(text).toContain('"end_time":{"type":"string","description":"HH:MM up to 24:00');
});
