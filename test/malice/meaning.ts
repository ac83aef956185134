import type { Criterion } from '../../src/decide/condition.ts';
import type { Policy } from '../../src/policy/policy.ts';

/** What a policy says, in plain data that does not depend on how it was written. */
export interface Meaning {
  readonly [part: string]: unknown;
}

/** The meaning of a policy as reaper follows it. */
export function meaningOf(policy: Policy): Meaning {
  const { rules, exemptions, timeIntervals, ...head } = policy;
  return plain({
    ...head,
    timeIntervals: Object.fromEntries(timeIntervals),
    rules: rules.map(({ criteria, ...rule }) => ({ ...rule, when: whenOf(criteria) })),
    exemptions: exemptions.map(({ criteria, ...exemption }) => ({ ...exemption, when: whenOf(criteria) })),
  });
}

function whenOf(criteria: readonly Criterion[]): Meaning {
  return Object.fromEntries(criteria.map(({ condition, args }) => [condition, argsOf(condition, args)]));
}

function argsOf(condition: string, args: unknown): unknown {
  if (condition === 'any_of') return (args as Criterion[][]).map(whenOf);
  if (condition === 'not') return whenOf(args as Criterion[]);
  if (!Array.isArray(args)) return args;
  return args.map((each: unknown) => (typeof each === 'string' ? each : (each as { text: string }).text));
}

type Data = Readonly<Record<string, unknown>>;

/**
 * The meaning of a policy’s plain data, read by the words of the reference alone. Knows right policies only, and
 * makes nonsense of others: it is asked about those that reaper accepts.
 */
export function readingOf(document: unknown): Meaning {
  const data = document as Data;
  const authority = data['authority'] as Data | undefined;
  return plain({
    name: data['name'],
    description: data['description'],
    authority: authority && {
      document: authority['document'],
      approvedBy: authority['approved_by'],
      approvedOn: authority['approved_on'],
      notRequired: authority['not_required'],
    },
    timeIntervals: intervalsOf(data['time_intervals']),
    rules: entries(data['rules']).map(({ name, when, terminate = 'sessions' }) => ({
      name,
      terminate,
      when: readWhen(when as Data),
    })),
    exemptions: entries(data['exemptions']).map(({ name, because, ...when }) => ({
      name,
      because,
      when: readWhen(when),
    })),
    limits: data['limits'] ?? {},
    mode: data['mode'] ?? 'enforce',
    endSessions: data['end_sessions'] ?? true,
  });
}

function entries(list: unknown): Data[] {
  return (list ?? []) as Data[];
}

const durations = new Set([
  'idle_for',
  'older_than',
  'transaction_idle_for',
  'transaction_open_for',
  'cursor_idle_for',
]);

function readWhen(when: Data): Meaning {
  return Object.fromEntries(
    Object.entries(when).map(([key, value]) => {
      if (durations.has(key)) return [key, millisOf(String(value))];
      if (key === 'any_of') return [key, entries(value).map(readWhen)];
      if (key === 'not') return [key, readWhen(value as Data)];
      if (key === 'during' || key === 'outside') return [key, [value].flat()];
      return [key, value];
    }),
  );
}

function millisOf(text: string): number {
  const seconds = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
  return [...text.matchAll(/(\d+)([dhms])/g)]
    .map(([, count, unit]) => Number(count) * seconds[unit as keyof typeof seconds] * 1000)
    .reduce((sum, each) => sum + each, 0);
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = 'january february march april may june july august september october november december'.split(
  ' ',
);

function intervalsOf(value: unknown): Meaning {
  const named = Array.isArray(value)
    ? value.map(({ name, time_intervals: list }: Data): [string, unknown] => [String(name), list])
    : Object.entries((value ?? {}) as Data);
  return Object.fromEntries(named.map(([name, list]) => [name, entries(list).map(intervalOf)]));
}

function intervalOf(raw: Data): Meaning {
  const days = (text: string): number => weekdays.indexOf(text.toLowerCase());
  const month = (text: string): number => months.indexOf(text.toLowerCase()) + 1 || Number(text);
  return {
    times: times(raw['times']),
    weekdays: ranges(raw['weekdays'], days) ?? [{ begin: 0, end: 6 }],
    daysOfMonth: ranges(raw['days_of_month'], Number) ?? [{ begin: 1, end: 31 }],
    months: ranges(raw['months'], month) ?? [{ begin: 1, end: 12 }],
    years: ranges(raw['years'], Number) ?? [{ begin: 1, end: 9999 }],
    location: raw['location'] || 'UTC',
  };
}

function ranges(value: unknown, read: (end: string) => number): object[] | undefined {
  return (value as unknown[] | undefined)?.map((each) => {
    const [begin = '', end = begin] = String(each).split(':');
    return { begin: read(begin), end: read(end) };
  });
}

function times(value: unknown): object[] {
  const minutes = (clock: unknown): number => {
    const [hours, rest] = String(clock).split(':');
    return Number(hours) * 60 + Number(rest);
  };
  if (value === undefined) return [{ begin: 0, end: 1440 }];
  return entries(value).map((each) => ({
    begin: minutes(each['start_time']),
    end: minutes(each['end_time']),
  }));
}

/** Without what is undefined, and with zones as the tz database takes them, in any case. */
function plain(value: object): Meaning {
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) =>
      key === 'location' && typeof each === 'string' ? each.toLowerCase() : each,
    ),
  ) as Meaning;
}
