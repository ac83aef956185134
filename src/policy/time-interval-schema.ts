import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { nearest } from './problems.ts';
import type { NamedInterval, Range, TimeInterval } from './time-interval.ts';

// The raw YAML value of `time_intervals` becomes integers here, so that evaluation compares integers only.
// Issues of code `custom` quote the offending value; the messages of others say what is expected, and whoever
// prints them adds what was found. That of `unrecognized_keys` is the list of the keys allowed.

/** All windows of a policy by name. */
export type TimeIntervals = ReadonlyMap<string, NamedInterval>;

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
// prettier-ignore
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

const quote = (value: string | number): string => JSON.stringify(value);

/** Puts a fault of a value that has the right type. Returns what a transform returns then. */
function refuse(ctx: z.RefinementCtx, input: unknown, message: string, path: PropertyKey[] = []) {
  ctx.addIssue({ code: 'custom', message, input, path });
  return z.NEVER;
}

/** A strict map: an unknown key is an error, and so is anything that is no map. */
const map = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      `${code === 'unrecognized_keys' ? '' : 'expected a map with '}${Object.keys(shape).join(', ')}`,
  });

interface Field {
  readonly noun: string;
  readonly allowed: string;
  /** The number that one end of a range stands for; undefined if it stands for none. */
  readonly read: (end: string) => number | undefined;
  readonly names?: readonly string[];
  /** What is wrong with a range between two good ends, with the remedy; undefined if nothing is. */
  readonly fault: (range: Range) => string | undefined;
}

/** Reads `x` or `x:y`, as a string or, where YAML makes it one, a number. */
function rangeOf({ noun, allowed, read, names = [], fault }: Field) {
  const remedy = (wrong: string, whole: boolean) => {
    const sides = wrong.split('-');
    if (whole && sides.length === 2 && sides.every((side) => read(side) !== undefined))
      return `; a range has a colon: ${quote(sides.join(':'))}`;
    const inFull = wrong.length < 3 ? undefined : names.find((name) => name.startsWith(wrong.toLowerCase()));
    return `${nearest(inFull ?? wrong, names)}; write ${allowed}`;
  };
  return z.union([z.string(), z.number()], { error: `expected ${allowed}` }).transform((raw, ctx): Range => {
    const ends = String(raw).split(':');
    const whole = ends.length === 1;
    if (ends.length > 2) return refuse(ctx, raw, `${quote(raw)} has more than one colon; write ${allowed}`);
    for (const wrong of ends.filter((end) => read(end) === undefined))
      refuse(ctx, raw, `${quote(whole ? raw : wrong)} is no ${noun}${remedy(wrong, whole)}`);
    const [begin, end = begin] = ends.map(read);
    if (begin === undefined || end === undefined) return z.NEVER;
    const reason = fault({ begin, end });
    return reason === undefined ? { begin, end } : refuse(ctx, raw, `${quote(raw)} ${reason}`);
  });
}

const integer = (text: string, min: number, max: number): number | undefined =>
  /^[+-]?\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;

const named = (text: string, names: readonly string[], first: number): number | undefined =>
  names.includes(text.toLowerCase()) ? names.indexOf(text.toLowerCase()) + first : undefined;

/** Alertmanager refuses a range past the end of the week or year. So does this, and names the two that say it. */
function wraps(
  { begin, end }: Range,
  names: readonly string[],
  first: number,
  cycle: string,
): string | undefined {
  if (begin <= end) return undefined;
  const span = (from: number, to: number) =>
    quote(from === to ? `${names[from]}` : `${names[from]}:${names[to]}`);
  const two = `${span(begin - first, names.length - 1)}, ${span(0, end - first)}`;
  return `runs backwards, as the ${cycle} begins with ${names[0]}; write ${two}`;
}

const weekday = rangeOf({
  noun: 'weekday',
  allowed: 'sunday to saturday, or a range such as "monday:friday"',
  read: (text) => named(text, WEEKDAYS, 0),
  names: WEEKDAYS,
  fault: (range) => wraps(range, WEEKDAYS, 0, 'week'),
});

const month = rangeOf({
  noun: 'month',
  allowed: 'january to december, 1 to 12, or a range such as "january:march"',
  read: (text) => named(text, MONTHS, 1) ?? integer(text, 1, 12),
  names: MONTHS,
  fault: (range) => wraps(range, MONTHS, 1, 'year'),
});

const year = rangeOf({
  noun: 'year',
  allowed: 'a year such as 2026, or a range such as "2026:2030"',
  read: (text) => integer(text, 1, 9999),
  fault: ({ begin, end }) => (begin > end ? `runs backwards; write "${end}:${begin}"` : undefined),
});

const dayOfMonth = rangeOf({
  noun: 'day of a month',
  allowed: '1 to 31, -1 to -31 from the end of the month, or a range such as "1:5" or "-3:-1"',
  read: (text) => integer(text, -31, 31) || undefined, // there is no day 0
  fault: ({ begin, end }) => {
    // A range such as -15:5 would run backwards in some months and not in others.
    if (begin < 0 && end > 0)
      return 'begins counted from the end of the month and must end so, as in "-3:-1"';
    const inLongest = (day: number) => (day < 0 ? 32 + day : day);
    return inLongest(begin) > inLongest(end) ? 'ends before it begins, whatever the month' : undefined;
  },
});

const CLOCK = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

const timeOfDay = z
  .string({ error: 'expected a time of day in quotes, "HH:MM"' })
  .refine((text) => CLOCK.test(text), {
    error: ({ input }) => `${quote(String(input))} is no time of day; write HH:MM from 00:00 to 24:00`,
  });

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

const times = map({
  start_time: timeOfDay
    .refine((text) => text !== '24:00', { error: '"24:00" ends a day; a range begins from 00:00 to 23:59' })
    .meta({ description: 'HH:MM, the first minute of the range.', pattern: CLOCK.source }),
  end_time: timeOfDay.meta({
    description:
      'HH:MM up to 24:00, the first minute after the range; before start_time means on the next day.',
    pattern: CLOCK.source,
  }),
}).transform(({ start_time, end_time }, ctx): Range => {
  // All day or never? Alertmanager refuses it too.
  const empty = `${quote(end_time)} is start_time too, which leaves nothing; a whole day is 00:00 to 24:00`;
  if (start_time === end_time) refuse(ctx, end_time, empty, ['end_time']);
  return { begin: minutes(start_time), end: minutes(end_time) };
});

/** The zone as the runtime's tz database spells it; undefined if it has none of that name. */
function zoneNamed(name: string): string | undefined {
  if (name === 'Local') return name;
  if (name === '') return 'UTC'; // as in Alertmanager
  // Temporal would take offsets and whole timestamps too.
  if (!/^[a-z][\w+/-]*$/i.test(name)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return undefined;
  }
}

function zoneHint(name: string): string {
  const zones = ['UTC', 'Local', ...Intl.supportedValuesOf('timeZone')];
  const city = `/${name.replaceAll(' ', '_').toLowerCase()}`;
  return nearest(zones.find((zone) => zone.toLowerCase().endsWith(city)) ?? name, zones);
}

const location = z
  .string({ error: 'expected a zone such as America/New_York' })
  .transform((name, ctx): string => {
    const zone = zoneNamed(name);
    if (zone !== undefined) return zone;
    const remedy = 'write a name such as America/New_York, UTC or Local';
    return refuse(ctx, name, `${quote(name)} is no zone of the tz database${zoneHint(name)}; ${remedy}`);
  });

/** A field, if there, has an entry: Alertmanager's manual and its code disagree on what an empty one means. */
const field = <Item extends z.ZodType>(item: Item, description: string, example: z.input<Item>[]) =>
  z
    .array(item, { error: 'expected a list; leave it out for no restriction' })
    .min(1, { error: 'expected at least one entry; leave it out for no restriction' })
    .optional()
    .meta({ description, input_examples: [example] });

const dayShift = { start_time: '07:00', end_time: '19:00' };
const interval = map({
  times: field(times, 'Times of day: start inclusive, end exclusive.', [dayShift]),
  weekdays: field(weekday, 'Names or ranges. The week begins with sunday.', ['monday:friday']),
  days_of_month: field(dayOfMonth, 'Days or ranges; -1 is the last day of the month.', [1, '-3:-1']),
  months: field(month, 'Names, numbers or ranges.', ['january:march', 12]),
  years: field(year, 'Years or ranges.', ['2026:2030']),
  location: location.default('UTC').meta({
    description: 'The zone whose wall clock counts, by its name in the tz database; Local is the machine’s.',
    input_examples: ['America/New_York'],
  }),
})
  .transform((raw): TimeInterval => ({
    times: raw.times ?? [{ begin: 0, end: 1440 }],
    weekdays: raw.weekdays ?? [{ begin: 0, end: 6 }],
    daysOfMonth: raw.days_of_month ?? [{ begin: 1, end: 31 }],
    months: raw.months ?? [{ begin: 1, end: 12 }],
    years: raw.years ?? [{ begin: 1, end: 9999 }],
    location: raw.location,
  }))
  .describe('Open when every field has an entry that holds the time; a field left out holds any.');

const intervals = z
  .array(interval, { error: 'expected a list of intervals, each after a dash' })
  .min(1, { error: 'expected at least one interval; with none it would never be open' })
  .describe('Open when at least one of these intervals is.');

const name = z.string({ error: 'expected a name' }).min(1, { error: 'expected a name' });
const byName = z
  .record(name, intervals, { error: 'expected names, each with a list of intervals' })
  .transform((raw): TimeIntervals => new Map(Object.entries(raw)))
  .describe('Lists of intervals by name.');

const listed = z
  .array(map({ name: name.describe('As rules refer to it.'), time_intervals: intervals }))
  .transform((raw): TimeIntervals => new Map(raw.map((item) => [item.name, item.time_intervals])))
  .describe('The same as Alertmanager writes it.');

/** Apart from `listed`, which would not come to it where anything else is at fault: all errors are shown at once. */
function refuseTwice(raw: readonly unknown[], ctx: z.RefinementCtx): void {
  const names = raw.map((item) => (item as { name?: unknown } | null)?.name);
  names.forEach((used, i) => {
    if (typeof used === 'string' && names.indexOf(used) < i)
      refuse(ctx, used, `${quote(used)} is the name of an earlier time interval`, [i, 'name']);
  });
}

/** Made only when somebody asks: it takes longer than to read a policy. */
const jsonSchema = (form: z.ZodType) => ({ ...z.toJSONSchema(form, { io: 'input' }), $schema: undefined });

/**
 * The value of `time_intervals`, as a map or as Alertmanager's list. Issues carry paths in the form written.
 * Not a union: that reports a fault in one form as a fault in both, without its path.
 */
export const timeIntervals = z
  .unknown()
  .transform((raw, ctx): TimeIntervals => {
    const { data, error } = (Array.isArray(raw) ? listed : byName).safeParse(raw);
    for (const issue of error?.issues ?? [])
      ctx.issues.push({ ...issue, path: [...issue.path], input: raw } as (typeof ctx.issues)[number]);
    if (Array.isArray(raw)) refuseTwice(raw, ctx);
    return data ?? new Map();
  })
  .meta({
    description: 'Windows of time for `during` and `outside`, in the syntax of Alertmanager.',
    get anyOf() {
      return [jsonSchema(byName), jsonSchema(listed)];
    },
  });
