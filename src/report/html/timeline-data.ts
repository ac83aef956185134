import type { Gap, RecordedRun } from '../../audit/evidence.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** What is looked back at; ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Runs drawn in one row, by what became of them. Those by hand have a row of their own, whatever became of them. */
export const lanes = [
  { kind: 'succeeded', name: 'Succeeded', means: 'run of the schedule that succeeded' },
  { kind: 'failed', name: 'Failed', means: 'run that failed' },
  { kind: 'unfinished', name: 'Unfinished', means: 'run of which the log shows no end' },
  { kind: 'ended-nothing', name: 'Ended nothing', means: 'run that was told to end nothing' },
  { kind: 'by-hand', name: 'By hand', means: 'run by hand, which is no part of the schedule' },
] as const satisfies readonly { kind: string; name: string; means: string }[];

export type Kind = (typeof lanes)[number]['kind'];

/** The row that a run belongs to. */
export function kindOf(run: RecordedRun): Kind {
  return run.byHand ? 'by-hand' : run.state;
}

/** Where a moment lies in the span, as a percentage; what lies outside is at the edge. */
export function percentAt(at: number, { from, to }: Span): number {
  const share = (at - from) / Math.max(1, to - from);
  return Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 100;
}

/** Where a stretch begins and how wide it is, as percentages. */
export function extentOf({ from, to }: Span, span: Span): { readonly x: number; readonly width: number } {
  const x = percentAt(from, span);
  return { x, width: Math.round((percentAt(to, span) - x) * 100) / 100 };
}

/** So many parts at the most, so that the picture stays small however many runs there were. */
const mostParts = 744;
const mostMarks = 120;

/**
 * Takes moments and returns the stretches that have at least one in every part of the span: a run every five
 * minutes for a month is one stretch, a run a day is thirty.
 */
export function stretchesOf(moments: readonly number[], span: Span): Span[] {
  const part = partOf(span);
  const filled = [...new Set(moments.map((at) => Math.floor((at - span.from) / part)))].sort((a, b) => a - b);
  const stretches: { from: number; to: number }[] = [];
  for (const index of filled) {
    const from = span.from + index * part;
    const last = stretches.at(-1);
    if (last?.to === from) last.to = from + part;
    else stretches.push({ from, to: from + part });
  }
  return stretches;
}

function partOf({ from, to }: Span): number {
  const length = to - from;
  const parts = [0.25 * hour, 0.5 * hour, hour, 2 * hour, 4 * hour, 12 * hour, day];
  return parts.find((part) => length / part <= mostParts) ?? Math.ceil(length / mostParts);
}

/** Takes moments and returns the first in every part of the span that has any, so that none is lost among many. */
export function marksOf(moments: readonly number[], { from, to }: Span): number[] {
  const part = Math.max(1, (to - from) / mostMarks);
  const firsts = new Map<number, number>();
  for (const at of moments) {
    const index = Math.floor((at - from) / part);
    firsts.set(index, Math.min(at, firsts.get(index) ?? at));
  }
  return [...firsts.values()].sort((a, b) => a - b);
}

/** The points of the axis, at most eight, with what stands below them. */
export function ticksOf({ from, to }: Span): { readonly at: number; readonly label: string }[] {
  const steps = [hour, 3 * hour, 6 * hour, day, 2 * day, 5 * day, 10 * day, 30 * day, 60 * day, 180 * day];
  const step = steps.find((each) => (to - from) / each <= 7) ?? Math.ceil((to - from) / 7 / day) * day;
  const unit = Math.min(step, day);
  const ticks = [];
  for (let at = Math.ceil(from / unit) * unit; at <= to; at += step) {
    ticks.push({ at, label: tickLabel(new Date(at).toISOString(), step) });
  }
  return ticks;
}

function tickLabel(iso: string, step: number): string {
  if (step < day && !iso.includes('T00:00')) return iso.slice(11, 16);
  return step < 60 * day ? iso.slice(5, 10) : iso.slice(0, 7);
}

/** A gap’s length is written above it, on the first of two lines where there is room; the longest come first. */
export interface GapLabel {
  readonly gap: Gap;
  readonly percent: number;
  readonly line: 0 | 1;
}

/** On a phone a label takes about this share of the width. */
const labelWidth = 14;

/** Takes gaps and returns where the labels go that have room; the list below the picture has them all. */
export function gapLabelsOf(gaps: readonly Gap[], span: Span): GapLabel[] {
  const placed: GapLabel[] = [];
  for (const gap of [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from))) {
    const middle = percentAt((gap.from + gap.to) / 2, span);
    const percent = Math.min(100 - labelWidth / 2, Math.max(labelWidth / 2, middle));
    const line = ([0, 1] as const).find((line) =>
      placed.every((other) => other.line !== line || Math.abs(other.percent - percent) >= labelWidth),
    );
    if (line !== undefined) placed.push({ gap, percent, line });
  }
  return placed;
}
