import wrapAnsi from 'wrap-ansi';
import { formatDuration } from '../policy/duration.ts';
import type { SimulateJson } from './simulate.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';

type Decided = SimulateJson['ended'][number];

/** Takes a simulation and returns its lines for a person; times also in `zone`, if there is one. */
export function simulateToText(json: SimulateJson, zone: string | undefined, style: Style): string[] {
  const { paint } = style;
  const wrap = (line: string): string[] => wrapAnsi(line, style.width, { hard: true }).split('\n');
  const { counts, against } = json;
  const { from, to, every_seconds: every, instants } = json;
  const span = `${instantWords(from, zone)} to ${instantWords(to, zone)}, every ${formatDuration(every * 1000)}: ${instants} ${instants === 1 ? 'instant' : 'instants'}`;
  const footer = [
    `${counts.listed} listed`,
    `${counts.ended} would end`,
    `${counts.left_listing} left the listing`,
    `${counts.alive} still listed`,
    `${counts.indeterminate} indeterminate`,
  ].join(' · ');
  return [
    ...wrap(
      paint.bold(`reaper simulate: policy ${visible(json.policy.name)} · ${visible(json.snapshot.file)}`),
    ),
    ...wrap(`snapshot of ${instantWords(json.snapshot.server_time, zone)}`),
    ...wrap(span),
    ...json.warnings.flatMap((warning) => wrap(paint.yellow(`Note: ${visible(warning)}`))),
    '',
    ...json.stopped.flatMap((each) =>
      wrap(
        paint.red(
          `Beyond the limit, so nothing would end from ${instantWords(each.from, zone)} to ${instantWords(each.to, zone)}: ${visible(each.because)}`,
        ),
      ),
    ),
    ...byInstant(json.ended, zone, 'would end', style),
    ...(json.indeterminate.length === 0
      ? []
      : ['', ...wrap(paint.yellow('Cannot be decided, so would live; the first time of each:'))]),
    ...byInstant(json.indeterminate, zone, 'indeterminate', style),
    ...(against === undefined ? [] : ['', ...differenceLines(json, against, zone, style)]),
    '',
    ...json.assumptions.flatMap((assumption) => wrap(paint.dim(`Assumed: ${visible(assumption)}`))),
    ...wrap(paint.bold(footer)),
  ];
}

/** One heading for each instant, and under it a line for each session: user, session, rule and why. */
function byInstant(
  rows: readonly Decided[],
  zone: string | undefined,
  words: string,
  { width, paint }: Style,
): string[] {
  const groups = new Map<string, Decided[]>();
  for (const row of rows) {
    const together = groups.get(row.at);
    if (together === undefined) groups.set(row.at, [row]);
    else together.push(row);
  }
  return [...groups].flatMap(([at, together]) => [
    ...wrapAnsi(`${paint.bold(instantWords(at, zone))} · ${together.length} ${words}`, width, {
      hard: true,
    }).split('\n'),
    ...table(
      [
        { heading: 'USER', most: 26 },
        { heading: 'SESSION', most: 8 },
        { heading: 'WHY', most: 80 },
      ],
      together.map(({ user, lsid, rule, because }) => [
        visible(user ?? '(unknown)'),
        lsid.id.slice(0, 8),
        // The reason of what cannot be decided names the rule or the exemption itself.
        visible(words === 'indeterminate' || rule === null ? because : `${rule}: ${because}`),
      ]),
      width - 2,
    )
      .slice(1)
      .map((line) => `  ${line}`),
  ]);
}

function differenceLines(
  { policy }: SimulateJson,
  against: NonNullable<SimulateJson['against']>,
  zone: string | undefined,
  style: Style,
): string[] {
  const { newly_ended: newly, no_longer_ended: noLonger, at_other_times: moved } = against;
  const [here, there] = [visible(policy.name), visible(against.policy.name)];
  const summary = `${here} against ${there}: would newly end ${newly.length}, would no longer end ${noLonger.length}, would end ${moved.length} at another time`;
  return [
    ...wrapAnsi(style.paint.bold(summary), style.width, { hard: true }).split('\n'),
    ...byInstant(newly, zone, 'newly', style),
    ...byInstant(noLonger, zone, `no longer, as ${there} would`, style),
    ...byInstant(
      moved.map((each) => ({
        ...each,
        because: `${each.because}; ${against.policy.name}: ${each.against_at}`,
      })),
      zone,
      'at another time',
      style,
    ),
  ];
}

/** A time in UTC, and by the wall clock of a zone with its offset, since an hour may occur twice. */
function instantWords(iso: string, zone: string | undefined): string {
  const utc = iso.replace(/:00\.000Z$/, 'Z').replace(/\.000Z$/, 'Z');
  return zone === undefined ? utc : `${utc} (${wallClock(Date.parse(iso), zone)})`;
}

function wallClock(at: number, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = part('timeZoneName').replace(/^GMT$/, 'GMT+00:00').slice(3);
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}${offset} ${zone}`;
}
