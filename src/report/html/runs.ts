import type { Evidence, RecordedRun } from '../../audit/evidence.ts';
import { formatDuration } from '../../policy/duration.ts';
import { html, type Markup } from './escape.ts';
import { table } from './table.ts';
import { timeline } from './timeline.ts';
import { kindOf, lanes } from './timeline-data.ts';
import { counted, literal, moment, section } from './words.ts';

const day = 86_400_000;

/** The runs in the window: a picture, and the same in tables. */
export function runsSection(evidence: Evidence): Markup {
  const { runs, gaps, since, at, longestGap, stig } = evidence;
  return section(
    'runs',
    'Runs',
    html`
      <p>
        ${counted(runs.length, 'run')} from ${moment(since)} to ${moment(at)} (${formatDuration(at - since)}).
        ${longestGap === undefined ? undefined : html`The longest time without a successful run of the schedule is <strong>${formatDuration(longestGap)}</strong>${stig.asksForScript ? '; the rule allows a day' : ''}.`}
      </p>
      ${runs.length === 0 ? html`<p>The audit log shows no run in this time.</p>` : undefined}
      ${runs.length + gaps.length === 0 ? undefined : timeline(evidence)} ${gapsTable(evidence)}
      ${notableTable(runs)} ${daysTable(evidence)}
    `,
  );
}

function gapsTable({ gaps }: Evidence): Markup | undefined {
  if (gaps.length === 0) return undefined;
  return table({
    caption: 'More than 24 hours without a successful run',
    headings: ['From', 'To', 'Length'],
    rows: gaps.map(({ from, to }) => [
      moment(from),
      moment(to),
      html`<strong class="bad">${formatDuration(to - from)}</strong>`,
    ]),
  });
}

/** Runs that follow each other and have all of this in common. */
interface Stretch {
  readonly first: RecordedRun;
  last: RecordedRun;
  count: number;
}

/** A page is for reading: of more than this the latest are shown, and that there are more is said. */
const mostStretches = 60;

function notableTable(runs: readonly RecordedRun[]): Markup | undefined {
  const stretches = stretchesOf(runs).filter(({ first }) => kindOf(first) !== 'succeeded');
  if (stretches.length === 0) return undefined;
  const left = stretches.slice(0, -mostStretches);
  const words = Object.fromEntries(lanes.map(({ kind, name }) => [kind, name]));
  return html`
    ${table({
      caption: 'Runs that failed, did not finish, ended nothing or were made by hand',
      headings: ['First', 'Last', 'Runs', 'What', 'Exit status', 'First run'],
      rows: stretches
        .slice(-mostStretches)
        .map(({ first, last, count }) => [
          moment(first.startedAt),
          count === 1 ? '' : moment(last.startedAt),
          count,
          html`<span class="${first.state}"
            >${first.byHand ? `By hand: ${(words[first.state] ?? '').toLowerCase()}` : words[first.state]}</span
          >`,
          first.exitCode === undefined ? 'none' : `${first.exitCode}`,
          literal(first.runId),
        ]),
    })}
    ${left.length === 0 ? undefined : html`<p class="note">Before these, ${counted(sum(left.map(({ count }) => count)), 'more run')} of this kind in the window. The next table counts them all.</p>`}
  `;
}

function stretchesOf(runs: readonly RecordedRun[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const run of runs) {
    const current = stretches.at(-1);
    if (current !== undefined && alike(current.first, run)) {
      current.last = run;
      current.count++;
    } else stretches.push({ first: run, last: run, count: 1 });
  }
  return stretches;
}

function alike(one: RecordedRun, other: RecordedRun): boolean {
  return one.state === other.state && one.byHand === other.byHand && one.exitCode === other.exitCode;
}

/** So many rows at the most: days, then weeks. */
const mostRows = 62;

function daysTable({ runs, since, at }: Evidence): Markup | undefined {
  if (runs.length === 0) return undefined;
  const firstDay = Math.floor(since / day);
  const days = Math.floor(at / day) - firstDay + 1;
  const perRow = days <= mostRows ? 1 : 7 * Math.ceil(days / 7 / mostRows);
  const rows: RecordedRun[][] = Array.from({ length: Math.max(1, Math.ceil(days / perRow)) }, () => []);
  for (const run of runs) {
    const row = Math.floor((Math.floor(run.startedAt / day) - firstDay) / perRow);
    rows[Math.min(rows.length - 1, Math.max(0, row))]?.push(run);
  }
  return table({
    caption: perRow === 1 ? 'Runs of each day' : `Runs of every ${perRow} days`,
    headings: [perRow === 1 ? 'Day (UTC)' : 'From (UTC)', ...lanes.map(({ name }) => name), 'Sessions ended'],
    rows: rows.map((own, at) => [dayOf((firstDay + at * perRow) * day), ...countsOf(own)]),
    total: ['All', ...countsOf(runs)],
  });
}

function dayOf(at: number): Markup {
  const date = new Date(at).toISOString().slice(0, 10);
  return html`<time datetime="${date}">${date}</time>`;
}

function countsOf(runs: readonly RecordedRun[]): number[] {
  const ended = runs.map(({ counts }) => (counts?.['ended'] ?? 0) + (counts?.['killed'] ?? 0));
  return [...lanes.map(({ kind }) => runs.filter((run) => kindOf(run) === kind).length), sum(ended)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
