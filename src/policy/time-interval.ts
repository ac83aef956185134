import { Temporal } from 'temporal-polyfill';

/** Whole numbers from `begin` to `end`. Both belong to it, except in times of day, which end before `end`. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/**
 * One time interval as integers. An instant is inside if every field has a range that holds it. What the policy
 * leaves out is here as the range that holds everything, so evaluation knows no special case.
 */
export interface TimeInterval {
  /** Minutes since midnight, 0 to 1440, `end` exclusive. `begin > end` runs over midnight into the next day. */
  readonly times: readonly Range[];
  /** 0 is Sunday, as in Alertmanager. */
  readonly weekdays: readonly Range[];
  /** 1 to 31, or -1 (the month's last day) to -31. */
  readonly daysOfMonth: readonly Range[];
  readonly months: readonly Range[];
  readonly years: readonly Range[];
  /** A zone of the tz database, or `Local`: the zone of the machine, which the caller of these functions names. */
  readonly location: string;
}

/** What a name under `time_intervals` stands for: open when at least one of these is. */
export type NamedInterval = readonly TimeInterval[];

/** Zone in which this interval reads the clock. `localZone` is the machine's, in place of `Local`. */
export const zoneOf = (interval: TimeInterval, localZone: string): string =>
  interval.location === 'Local' ? localZone : interval.location;

/** The zone of the machine, which is asked for only where one of these intervals reads its clock. */
export const localZoneFor = (intervals: NamedInterval, machine: { readonly localZone: string }): string =>
  intervals.some(({ location }) => location === 'Local') ? machine.localZone : 'UTC';

/**
 * Whether `at` (whole epoch milliseconds) lies in at least one of the intervals.
 * The wall clock decides: an hour that daylight saving skips never occurs, one that it repeats counts twice.
 * Throws RangeError for a fraction of a millisecond or an unknown `localZone`.
 */
export function isOpen(intervals: NamedInterval, at: number, localZone: string): boolean {
  return intervals.some((interval) => {
    const wall = wallClock(at, zoneOf(interval, localZone));
    const date = wall.toPlainDate();
    const minute = wall.hour * 60 + wall.minute;
    return interval.times.some(({ begin, end }) => {
      if (begin < end) return begin <= minute && minute < end && dayMatches(interval, date);
      if (minute >= begin) return dayMatches(interval, date);
      // After midnight it is still the range of the day before, and that day's weekday, month and year count.
      return minute < end && dayMatches(interval, date.subtract({ days: 1 }));
    });
  });
}

const DAY_MS = 24 * 60 * 60 * 1000;
const STEP_MS = 28 * DAY_MS;

/** How far `nextChange` looks ahead: five years always hold a 29 February, until 2096. */
const HORIZON_MS = 5 * 366 * DAY_MS;

/**
 * The first instant after `at` (both whole epoch milliseconds) at which `isOpen` gives another answer than at `at`;
 * undefined if there is none within five years. Throws as `isOpen` does.
 */
export function nextChange(intervals: NamedInterval, at: number, localZone: string): number | undefined {
  const before = isOpen(intervals, at, localZone);
  // Four weeks at a time: most windows change within one, and only those that never do are searched to the end.
  for (let from = at; from < at + HORIZON_MS; from += STEP_MS) {
    const candidates = new Set(
      intervals.flatMap((interval) => [
        ...rangeEnds(interval, zoneOf(interval, localZone), from, from + STEP_MS),
        ...clockShifts(zoneOf(interval, localZone), from, from + STEP_MS),
      ]),
    );
    const change = [...candidates]
      .filter((instant) => instant > from && instant <= from + STEP_MS)
      .sort((a, b) => a - b)
      .find((instant) => isOpen(intervals, instant, localZone) !== before);
    if (change !== undefined) return change;
  }
  return undefined;
}

const wallClock = (at: number, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);

const holds = (ranges: readonly Range[], n: number): boolean =>
  ranges.some(({ begin, end }) => begin <= n && n <= end);

function dayMatches(interval: TimeInterval, date: Temporal.PlainDate): boolean {
  return (
    holds(interval.years, date.year) &&
    holds(interval.months, date.month) &&
    holds(interval.weekdays, date.dayOfWeek % 7) && // Temporal's Sunday is 7
    interval.daysOfMonth.some(({ begin, end }) => {
      // Alertmanager clamps to the month's length, which comparing with a day that exists does by itself:
      // 31 ends April on the 30th, 30:31 holds no day of February.
      const fromStart = (day: number) => (day < 0 ? date.daysInMonth + day + 1 : day);
      return fromStart(begin) <= date.day && date.day <= fromStart(end);
    })
  );
}

/** Every instant between `from` and `to`, and some outside, at which a range of the interval begins or ends. */
function rangeEnds(interval: TimeInterval, zone: string, from: number, to: number): number[] {
  // One day before for a range over midnight, and one more at both ends for a clock that is set back over midnight.
  const first = wallClock(from, zone).toPlainDate().subtract({ days: 2 });
  const last = wallClock(to, zone).toPlainDate().add({ days: 1 });
  const minutes = new Set<number>(); // since midnight of `first`; 24:00 and the next day's 00:00 become one
  for (
    let day = 0, date = first;
    Temporal.PlainDate.compare(date, last) <= 0;
    day++, date = date.add({ days: 1 })
  ) {
    if (!dayMatches(interval, date)) continue;
    for (const { begin, end } of interval.times) {
      minutes.add(day * 1440 + begin);
      minutes.add((begin < end ? day : day + 1) * 1440 + end);
    }
  }
  const midnight = first.toPlainDateTime();
  return [...minutes].flatMap((minute) => {
    const wall = midnight.add({ minutes: minute });
    // Both, because a repeated hour has its range ends twice.
    return (['earlier', 'later'] as const).map(
      (disambiguation) => wall.toZonedDateTime(zone, { disambiguation }).epochMilliseconds,
    );
  });
}

/** The instants at which the zone's clock is set forward or back: it may jump into a range or out of it. */
function clockShifts(zone: string, from: number, to: number): number[] {
  const shifts: number[] = [];
  let shift = wallClock(from, zone).getTimeZoneTransition('next');
  while (shift && shift.epochMilliseconds <= to) {
    shifts.push(shift.epochMilliseconds);
    shift = shift.getTimeZoneTransition('next');
  }
  return shifts;
}
