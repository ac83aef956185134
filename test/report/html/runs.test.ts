import { describe, expect, test } from 'vitest';
import type { Evidence, RecordedRun } from '../../../src/audit/evidence.ts';
import { auditHtml } from '../../../src/report/html/page.ts';
import { anEvidence, aRun, auditedAt } from '../../audit/an-evidence.ts';
import { all, cellsOf, parsePage, part, textOf } from './parse.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const since = auditedAt - 30 * day;

const notable = 'Runs that failed, did not finish, ended nothing or were made by hand';

/** A month with a run every five minutes, of which some are otherwise. */
function aMonth(otherwise: (at: number) => Partial<RecordedRun> | undefined = () => undefined): Evidence {
  const runs = Array.from({ length: 8640 }, (_, number) =>
    aRun(number, since + number * 5 * minute, otherwise(number)),
  );
  return anEvidence({ since, runs, longestGap: 5 * minute });
}

const parse = (evidence: Evidence) => parsePage(auditHtml(evidence));

/** How many of each shape the picture has. */
function drawn(evidence: Evidence): Record<string, number> {
  const counts: Record<string, number> = {};
  const [picture] = all(part(parse(evidence), 'runs'), 'svg');
  for (const shape of [...all(picture!, 'use'), ...all(picture!, 'rect')]) {
    const name = shape.getAttribute('class') ?? '';
    if (!name.startsWith('hatch')) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('thousands of runs', () => {
  test('make a small page', () => {
    expect(auditHtml(aMonth()).length).toBeLessThan(60_000);
    expect(drawn(aMonth())).toEqual({ succeeded: 1 });
    const allFailed = aMonth((number) => ({ state: 'failed', exitCode: 60 + (number % 9) }));
    expect(auditHtml(allFailed).length).toBeLessThan(300_000);
  });

  test('hide none that is otherwise', () => {
    const evidence = aMonth((number) => {
      if (number === 1000) return { state: 'failed', exitCode: 69 };
      if (number === 4000) return { state: 'unfinished', finishedAt: undefined, exitCode: undefined };
      if (number === 4001) return { state: 'ended-nothing', mode: 'report' };
      return number === 8000 ? { byHand: true } : undefined;
    });
    expect(drawn(evidence)).toMatchObject({
      failed: 1,
      unfinished: 1,
      'ended-nothing': 1,
      'by-hand': 1,
    });
    expect(cellsOf(parse(evidence), notable).map((cells) => [cells[0], cells[3], cells[4]])).toEqual([
      ['First', 'What', 'Exit status'],
      ['2026-10-26 17:20:00Z', 'Failed', '69'],
      ['2026-11-06 03:20:00Z', 'Unfinished', 'none'],
      ['2026-11-06 03:25:00Z', 'Ended nothing', '0'],
      ['2026-11-20 00:40:00Z', 'By hand: succeeded', '0'],
    ]);
    expect(cellsOf(parse(evidence), 'Runs of each day').at(-1)).toEqual([
      'All',
      '8,636',
      '1',
      '1',
      '1',
      '1',
      '17,280',
    ]);
  });
});

describe('gaps', () => {
  const gaps = [{ from: since + 5 * day, to: since + 7 * day + 3 * hour }];

  test('are drawn where they are, with their length, and listed', () => {
    const evidence = anEvidence({ since, gaps, longestGap: 51 * hour });
    expect(drawn(evidence)).toMatchObject({ gap: 1 });
    const [picture] = all(part(parse(evidence), 'runs'), 'svg');
    const gap = all(picture!, 'rect').find((shape) => shape.getAttribute('class') === 'gap');
    expect([gap?.getAttribute('x'), gap?.getAttribute('width')]).toEqual(['16.67%', '7.08%']);
    expect(all(picture!, 'text').map(textOf)).toContain('2d3h');
    expect(cellsOf(parse(evidence), 'More than 24 hours without a successful run')).toEqual([
      ['From', 'To', 'Length'],
      ['2026-10-28 06:00:00Z', '2026-10-30 09:00:00Z', '2d3h'],
    ]);
  });

  test('are drawn even if there is no run at all', () => {
    const evidence = anEvidence({ since, runs: [], gaps: [{ from: since, to: auditedAt }] });
    expect(drawn(evidence)).toEqual({ gap: 1 });
    expect(textOf(part(parse(evidence), 'runs'))).toContain('Succeeded: 0');
  });
});

test('the picture is also told in words, and every shape explained', () => {
  const runs = [
    aRun(1, since),
    aRun(2, since + hour, { state: 'failed', exitCode: 3 }),
    aRun(3, since + 2 * hour, { state: 'failed', exitCode: 3, byHand: true }),
  ];
  const gaps = [{ from: since + hour, to: auditedAt }];
  const section = part(parse(anEvidence({ since, runs, gaps })), 'runs');
  expect(all(section, 'svg')[0]?.getAttribute('aria-label')).toBe(
    'Timeline of 3 runs: 1 succeeded, 1 failed, 0 unfinished, 0 ended nothing, 1 by hand; 1 gap of more than 24 hours without a successful run. The tables below say the same in words.',
  );
  const [legend] = all(section, 'ul');
  expect(all(legend!, 'li').map(textOf)).toEqual([
    'run of the schedule that succeeded',
    'run that failed',
    'run by hand, which is no part of the schedule',
    'more than 24h without a successful run',
  ]);
});

test('runs that follow each other and came to the same end are one row', () => {
  const failing = (number: number) => ({ state: 'failed', exitCode: number < 20 ? 69 : 77 }) as const;
  const evidence = aMonth((number) => (number >= 10 && number < 30 ? failing(number) : undefined));
  expect(cellsOf(parse(evidence), notable).slice(1)).toEqual([
    [
      '2026-10-23 06:50:00Z',
      '2026-10-23 07:35:00Z',
      '10',
      'Failed',
      '69',
      '00000000-0000-4000-8000-000000000010',
    ],
    [
      '2026-10-23 07:40:00Z',
      '2026-10-23 08:25:00Z',
      '10',
      'Failed',
      '77',
      '00000000-0000-4000-8000-000000000020',
    ],
  ]);
});

test('of more rows than anybody reads, the latest are shown, and that there are more is said', () => {
  const evidence = aMonth((number) => (number % 2 === 0 ? { state: 'failed', exitCode: 1 } : undefined));
  const page = parse(evidence);
  const rows = cellsOf(page, notable).slice(1);
  expect(rows).toHaveLength(60);
  expect(rows.at(-1)?.[0]).toBe('2026-11-22 05:50:00Z');
  expect(textOf(part(page, 'runs'))).toContain('Before these, 4,260 more runs of this kind');
  expect(cellsOf(page, 'Runs of each day').at(-1)?.slice(0, 3)).toEqual(['All', '4,320', '4,320']);
});

test.each([
  { days: 3, caption: 'Runs of each day', rows: 4 },
  { days: 61, caption: 'Runs of each day', rows: 62 },
  { days: 62, caption: 'Runs of every 7 days', rows: 9 },
  { days: 365, caption: 'Runs of every 7 days', rows: 53 },
  { days: 3000, caption: 'Runs of every 49 days', rows: 62 },
])('$days days: $caption', ({ days, caption, rows }) => {
  const first = auditedAt - days * day;
  const runs = Array.from({ length: days }, (_, at) => aRun(at, first + at * day));
  const table = cellsOf(parse(anEvidence({ since: first, runs })), caption);
  expect(table).toHaveLength(rows + 2);
  const succeeded = table.slice(1, -1).reduce((sum, cells) => sum + Number(cells[1]), 0);
  expect(succeeded).toBe(days);
});
