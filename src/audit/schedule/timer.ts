import type { FoundSchedule } from '../evidence.ts';
import { longestGapOf } from './cron-times.ts';
import { cronOf } from './calendar.ts';
import type { Audited } from './audited.ts';
import { bestOf, reaperCommandOf, withoutConnectionStrings } from './reaper-command.ts';

/** What `systemctl show` is asked of a timer and of what it starts. */
export const timerProperties = [
  'LoadState',
  'UnitFileState',
  'ActiveState',
  'FragmentPath',
  'Unit',
  'TimersCalendar',
  'TimersMonotonic',
  'RandomizedDelayUSec',
  'FixedRandomDelay',
  'LastTriggerUSec',
  'NextElapseUSecRealtime',
] as const;
export const serviceProperties = ['LoadState', 'ExecStart'] as const;

/** Properties with their values, in the order printed: a property may come more than once. */
export type Properties = ReadonlyMap<string, readonly string[]>;

/** Takes what `systemctl show` printed. */
export function propertiesIn(text: string): Properties {
  const properties = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    properties.set(name, [...(properties.get(name) ?? []), value]);
  }
  return properties;
}

/**
 * Takes a timer’s properties and those of its service, as printed in UTC, and returns the schedule; undefined if
 * there is no such timer. `localZone` is what its calendar means where it names no zone.
 */
export function scheduleOfTimer(
  name: string,
  timer: Properties,
  service: Properties,
  known: { readonly localZone: string; readonly now: number; readonly audited: Audited },
): FoundSchedule | undefined {
  const { audited } = known;
  const the = (property: string): string => timer.get(property)?.[0] ?? '';
  if (the('LoadState') === 'not-found' || the('LoadState') === '') return undefined;
  const calendars = expressionsIn(timer, 'TimersCalendar', 'OnCalendar');
  const spans = expressionsIn(timer, 'TimersMonotonic', 'On(?:UnitActive|UnitInactive)USec');
  const gap = longestGap(calendars, spans, known);
  const commands = commandsOf(service);
  const command = bestOf(
    commands.flatMap((each) => reaperCommandOf(each, { systemdRuns: true, audited }) ?? []),
  );
  const certain = [...reasonsNotToStart(the), ...(command?.problems ?? [startsOther(the)])];
  const doubts = [...doubtsOfBoot(the), ...(command?.doubts ?? [])];
  const other = calendars.length + spans.length === 0 ? ['it does not start again and again'] : [];
  const { text, problems } = withoutConnectionStrings(commands.join('; '));
  return {
    kind: 'systemd',
    where: the('FragmentPath') === '' ? name : `${name} (${the('FragmentPath')})`,
    says: [
      ...calendars.map((each) => `OnCalendar=${each}`),
      ...spans.map((each) => `every ${each}`),
      `ExecStart=${text}`,
    ].join(', '),
    longestGap: gap === undefined ? undefined : gap + randomDelay(the),
    active: certain.length > 0 ? false : doubts.length > 0 ? undefined : true,
    lastRun: instantIn(the('LastTriggerUSec')),
    nextRun: instantIn(the('NextElapseUSecRealtime')),
    problems: [...certain, ...doubts, ...other, ...problems],
  };
}

/** `{ OnCalendar=*-*-* *:00/5:00 ; next_elapse=… }` gives `*-*-* *:00/5:00`. */
function expressionsIn(timer: Properties, property: string, key: string): string[] {
  const form = new RegExp(`^\\{ ${key}=(.*?) ; next_elapse=`);
  return (timer.get(property) ?? []).flatMap((value) => form.exec(value)?.[1] ?? []);
}

function commandsOf(service: Properties): string[] {
  return (service.get('ExecStart') ?? []).flatMap(
    (value) => /argv\[\]=(.*?) ; ignore_errors=/.exec(value)?.[1] ?? [],
  );
}

/** Every line of a timer starts the service, so the one that starts it most often bounds the gap. */
function longestGap(
  calendars: readonly string[],
  spans: readonly string[],
  known: { readonly localZone: string; readonly now: number },
): number | undefined {
  const gaps = [
    ...calendars.map((calendar) => {
      const cron = cronOf(calendar);
      return cron && longestGapOf(cron.expression, { zone: cron.zone ?? known.localZone, now: known.now });
    }),
    ...spans.map(millisIn),
  ].filter((gap) => gap !== undefined);
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}

function randomDelay(the: (property: string) => string): number {
  return the('FixedRandomDelay') === 'yes' ? 0 : (millisIn(the('RandomizedDelayUSec')) ?? 0);
}

function reasonsNotToStart(the: (property: string) => string): string[] {
  const [loaded, active] = [the('LoadState'), the('ActiveState')];
  if (loaded !== 'loaded') return [`systemd says of it: ${loaded}`];
  return active === 'active' ? [] : [`it is not started (${active}): systemctl enable --now reaper.timer`];
}

function startsOther(the: (property: string) => string): string {
  return `${the('Unit') || 'what it starts'} does not run reaper run`;
}

/** Below /run, or not linked from what a boot starts at all. */
const notAfterBoot = new Set(['disabled', 'enabled-runtime', 'linked', 'linked-runtime', 'transient']);

/**
 * Only `enabled` says that the next boot starts it. Of a unit that is `static`, `indirect`, `alias` or `generated`
 * another file decides, which may well do so.
 */
function doubtsOfBoot(the: (property: string) => string): string[] {
  const [active, state] = [the('ActiveState'), the('UnitFileState')];
  if (active !== 'active' || state === 'enabled') return [];
  return notAfterBoot.has(state)
    ? [`it is not enabled (${state}), so the next boot does not start it`]
    : [`it is not enabled itself (${state || 'no state'}): whether the next boot starts it cannot be told`];
}

/** `Mon 2026-11-23 02:00:04 UTC`, as printed with TZ=UTC; undefined for `n/a` and for never. */
function instantIn(text: string): number | undefined {
  const [, date, time] = /^(?:\w{3} )?(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/.exec(text) ?? [];
  return date === undefined ? undefined : Date.parse(`${date}T${time}Z`);
}

const unitMillis: Readonly<Record<string, number>> = {
  y: 31_557_600_000,
  month: 2_629_800_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  min: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
};

/** `1h 30min` as systemd prints it; undefined for anything else. */
function millisIn(text: string): number | undefined {
  if (text === '0') return 0;
  let total = 0;
  for (const part of text.split(' ')) {
    const [, count, unit = ''] = /^([\d.]+)([a-z]+)$/.exec(part) ?? [];
    const millis = unitMillis[unit] ?? unitMillis[unit.replace(/s$/, '')];
    if (count === undefined || millis === undefined) return undefined;
    total += Number(count) * millis;
  }
  return total;
}
