import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  extentOf,
  gapLabelsOf,
  kindOf,
  marksOf,
  percentAt,
  stretchesOf,
  ticksOf,
} from '../../../src/report/html/timeline-data.ts';
import { aRun, auditedAt } from '../../audit/an-evidence.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const month = { from: auditedAt - 30 * day, to: auditedAt };

const anySpan = fc
  .record({ from: fc.integer({ min: 0, max: auditedAt }), length: fc.integer({ min: 0, max: 4000 * day }) })
  .map(({ from, length }) => ({ from, to: from + length }));

const spanWithMoments = anySpan.chain((span) =>
  fc.record({
    span: fc.constant(span),
    moments: fc.array(fc.integer({ min: span.from, max: span.to }), { minLength: 1, maxLength: 300 }),
  }),
);

test.each([
  { run: {}, kind: 'succeeded' },
  { run: { state: 'failed' }, kind: 'failed' },
  { run: { state: 'unfinished' }, kind: 'unfinished' },
  { run: { state: 'ended-nothing' }, kind: 'ended-nothing' },
  { run: { byHand: true }, kind: 'by-hand' },
  { run: { byHand: true, state: 'failed' }, kind: 'by-hand' },
] as const)('a run $run is drawn as $kind', ({ run, kind }) => {
  expect(kindOf(aRun(1, 0, run))).toBe(kind);
});

describe('places', () => {
  test.each([
    { at: month.from, percent: 0 },
    { at: month.from + 15 * day, percent: 50 },
    { at: month.from + hour, percent: 0.14 },
    { at: month.to, percent: 100 },
    { at: month.from - day, percent: 0 },
    { at: month.to + day, percent: 100 },
  ])('$percent%', ({ at, percent }) => {
    expect(percentAt(at, month)).toBe(percent);
  });

  test('a stretch never reaches beyond the picture', () => {
    expect(extentOf({ from: month.from - day, to: month.to + day }, month)).toEqual({ x: 0, width: 100 });
    expect(extentOf({ from: month.from + 6 * day, to: month.from + 9 * day }, month)).toEqual({
      x: 20,
      width: 10,
    });
  });
});

describe('stretches', () => {
  test('a run every five minutes for a month is one, a run a day is thirty', () => {
    const often = Array.from({ length: 8640 }, (_, at) => month.from + at * 5 * minute);
    expect(stretchesOf(often, month)).toEqual([month]);
    const daily = Array.from({ length: 30 }, (_, at) => month.from + at * day);
    expect(stretchesOf(daily, month)).toHaveLength(30);
  });

  test('hold every moment, one after the other, and are few', () => {
    fc.assert(
      fc.property(spanWithMoments, ({ span, moments }) => {
        const stretches = stretchesOf(moments, span);
        for (const at of moments) {
          expect(stretches.filter(({ from, to }) => from <= at && at < to)).toHaveLength(1);
        }
        for (const [at, { from }] of stretches.entries()) {
          expect(from).toBeGreaterThan(stretches[at - 1]?.to ?? -1);
        }
        expect(stretches.length).toBeLessThanOrEqual(400);
      }),
    );
  });
});

describe('marks', () => {
  test('none is lost: each moment is marked, or so near to a mark that it would lie on it', () => {
    fc.assert(
      fc.property(spanWithMoments, ({ span, moments }) => {
        const marks = marksOf(moments, span);
        expect(marks.length).toBeLessThanOrEqual(121);
        const near = Math.max(1, (span.to - span.from) / 120);
        for (const at of moments) {
          expect(marks.some((mark) => mark <= at && at - mark <= near)).toBe(true);
        }
        expect(marks.filter((mark) => !moments.includes(mark))).toEqual([]);
      }),
    );
  });
});

describe('the axis', () => {
  test('has few points, all within', () => {
    fc.assert(
      fc.property(anySpan, (span) => {
        const ticks = ticksOf(span);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(ticks.filter(({ at }) => at < span.from || at > span.to)).toEqual([]);
        if (span.to - span.from > 2 * day) expect(ticks.length).toBeGreaterThan(1);
      }),
    );
  });

  test.each([
    { length: 12 * hour, labels: ['18:00', '21:00', '11-22', '03:00', '06:00'] },
    { length: 3 * day, labels: ['11-20', '11-21', '11-22'] },
    { length: 30 * day, labels: ['10-24', '10-29', '11-03', '11-08', '11-13', '11-18'] },
    {
      length: 365 * day,
      labels: ['2025-11', '2026-01', '2026-03', '2026-05', '2026-07', '2026-09', '2026-11'],
    },
  ])('over $length ms', ({ length, labels }) => {
    expect(ticksOf({ from: auditedAt - length, to: auditedAt }).map(({ label }) => label)).toEqual(labels);
  });
});

describe('the lengths of gaps', () => {
  const gap = (from: number, length: number) => ({
    from: month.from + from,
    to: month.from + from + length,
  });

  test('go on two lines where they would meet, and the longest come first', () => {
    const gaps = [gap(10 * day, 30 * hour), gap(12 * day, 2 * day), gap(14 * day, 25 * hour)];
    expect(gapLabelsOf(gaps, month).map(({ gap, line }) => [gap, line])).toEqual([
      [gaps[1], 0],
      [gaps[0], 1],
    ]);
  });

  test('stay in the picture', () => {
    const gaps = [gap(0, 25 * hour), gap(28.9 * day, 25 * hour)];
    expect(gapLabelsOf(gaps, month).map(({ percent }) => percent)).toEqual([7, 93]);
  });
});
