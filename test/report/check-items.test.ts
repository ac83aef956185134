import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { parsePolicy, type LoadedPolicy } from '../../src/policy/load.ts';
import { policyItems } from '../../src/report/check-items.ts';
import { checkToText } from '../../src/report/check.ts';
import { styleFor } from '../../src/report/style.ts';

const zone = 'America/New_York';
const hours = `{ weekdays: ['monday:friday'], times: [{ start_time: '07:00', end_time: '19:00' }], location: ${zone} }`;

/** What is said of the time interval `w` at this time, on a machine in Berlin. */
function itemsOf(intervals: string, now: string) {
  const text = `version: 1\nname: p\ntime_intervals: { w: [${intervals}] }\nrules: [{ name: r, when: { during: w } }]`;
  const policy = parsePolicy(new TextEncoder().encode(text), 'policy.yaml');
  const loaded = { policy, sha256: 'f'.repeat(64), exposure: undefined } as LoadedPolicy;
  return policyItems(loaded, [], { now: Date.parse(now), localZone: 'Europe/Berlin' });
}

const said = (intervals: string, now: string) =>
  itemsOf(intervals, now).find(({ topic }) => topic === 'time interval w')?.message;

describe('a time interval, with its next opening and closing in the order in which they come', () => {
  test.each<[string, string, string, string | undefined]>([
    [
      'open',
      hours,
      '2026-10-09T12:00-04:00',
      `open now, closes 2026-10-09 19:00 ${zone}, opens 2026-10-12 07:00 ${zone}`,
    ],
    [
      'closed',
      hours,
      '2026-10-10T12:00-04:00',
      `closed now, opens 2026-10-12 07:00 ${zone}, closes 2026-10-12 19:00 ${zone}`,
    ],
    [
      'in the machine’s zone',
      "{ times: [{ start_time: '22:00', end_time: '06:00' }], location: Local }",
      '2026-10-25T00:30+02:00',
      'open now, closes 2026-10-25 06:00 Europe/Berlin, opens 2026-10-25 22:00 Europe/Berlin',
    ],
    [
      'in two zones',
      `${hours}, { weekdays: [sunday] }`,
      '2026-10-09T12:00-04:00',
      `open now, closes 2026-10-09 19:00 ${zone} (2026-10-09 23:00 UTC), opens 2026-10-10 20:00 ${zone} (2026-10-11 00:00 UTC)`,
    ],
    [
      'for the last time',
      '{ years: [2026] }',
      '2026-10-09T12:00Z',
      'open now, closes 2027-01-01 00:00 UTC, opens no more in the five years after that',
    ],
    ['always', '{}', '2026-10-09T12:00Z', undefined],
  ])('%s', (_, intervals, now, expected) => {
    expect(said(intervals, now)).toBe(expected);
  });

  test('within 80 columns', () => {
    const items = itemsOf(`${hours}, { weekdays: [sunday] }`, '2026-10-09T12:00-04:00');
    const lines = checkToText(items, false, styleFor({}, {}));
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
  });
});
