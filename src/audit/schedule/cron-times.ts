import { CronExpressionParser, type CronExpressionOptions } from 'cron-parser';

const year = 366 * 86_400_000;
/** A pattern of days repeats within a year; only 29 February waits for up to eight. */
const mostDays = 400;
const mostTime = 9 * year;

/** What cron knows by another name than the parser. */
const nicknames: Readonly<Record<string, string>> = { '@midnight': '@daily' };
const knownNicknames = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
]);
/** cron has no `L`, `#`, `?` and `H`, which the parser would take. */
const field = /^(?:[\d*,\-/]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/i;

/** The clock that an expression is read by, and the moment from which is looked ahead, in ms since the epoch. */
export interface Clock {
  readonly zone: string;
  readonly now: number;
}

/**
 * Takes the five fields of a crontab line, or a nickname as `@daily`, and returns the longest time between two
 * starts in ms. A day on which clocks are set back counts with its 25 hours. Undefined for what cron would not
 * take, for `@reboot`, and for days that never come.
 */
export function longestGapOf(expression: string, { zone, now }: Clock): number | undefined {
  const fields = fieldsOf(expression);
  if (fields === undefined) return undefined;
  try {
    const { minute, hour } = CronExpressionParser.parse(fields).fields;
    const [minutes, hours] = [minute.values as number[], hour.values as number[]];
    const within = gapWithinDay(minutes, hours);
    const first = onceADay(fields, Math.min(...minutes), Math.min(...hours));
    const last = onceADay(fields, Math.max(...minutes), Math.max(...hours));
    const firsts = startsOf(first, { zone, now });
    const lasts = last === first ? firsts : startsOf(last, { zone, now });
    const across = gapAcrossDays(firsts, lasts);
    return across === undefined ? undefined : Math.max(within, across);
  } catch {
    return undefined;
  }
}

/** When it starts next, in ms since the epoch; undefined as above. */
export function nextStartOf(expression: string, { zone, now }: Clock): number | undefined {
  const fields = fieldsOf(expression);
  if (fields === undefined) return undefined;
  try {
    return CronExpressionParser.parse(fields, { tz: zone, currentDate: now }).next().getTime();
  } catch {
    return undefined;
  }
}

/** The five fields as the parser reads them; undefined for what cron would not take. */
function fieldsOf(expression: string): string | undefined {
  if (expression.startsWith('@')) {
    if (!knownNicknames.has(expression)) return undefined;
    return CronExpressionParser.parse(nicknames[expression] ?? expression).stringify();
  }
  const fields = expression.trim().split(/\s+/);
  return fields.length === 5 && fields.every((each) => field.test(each)) ? fields.join(' ') : undefined;
}

function onceADay(fields: string, minute: number, hour: number): string {
  return [minute, hour, ...fields.split(' ').slice(2)].join(' ');
}

function startsOf(expression: string, { zone, now }: Clock): number[] {
  const options: CronExpressionOptions = { tz: zone, currentDate: now };
  const dates = CronExpressionParser.parse(expression, options);
  const starts: number[] = [];
  while (starts.length < mostDays && (starts.at(-1) ?? now) < now + mostTime) {
    starts.push(dates.next().getTime());
  }
  return starts;
}

function gapWithinDay(minutes: readonly number[], hours: readonly number[]): number {
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return Math.max(0, ...gaps) * 60_000;
}

/** From the last start of a day to the first of the next day that has one. */
function gapAcrossDays(firsts: readonly number[], lasts: readonly number[]): number | undefined {
  let longest: number | undefined;
  let next = 0;
  for (const last of lasts) {
    while ((firsts[next] ?? Infinity) <= last) next += 1;
    const first = firsts[next];
    if (first === undefined) break;
    longest = Math.max(longest ?? 0, first - last);
  }
  return longest;
}
