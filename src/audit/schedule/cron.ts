import type { FoundSchedule } from '../evidence.ts';
import { longestGapOf, nextStartOf, type Clock } from './cron-times.ts';
import { parseCrontab, type CronEntry } from './crontab.ts';
import type { Audited } from './audited.ts';
import { reaperCommandIn, withoutConnectionStrings } from './reaper-command.ts';

/** A crontab as it was read. */
export interface Crontab {
  /** The file, or the command that printed it. */
  readonly source: string;
  readonly text: string;
  readonly hasUserColumn: boolean;
  /** For what reason cron leaves the whole file out; undefined if it does not. */
  readonly ignoredBecause: string | undefined;
  /** Of the file, that may keep cron from it. */
  readonly doubts: readonly string[];
}

/** What decides whether cron starts anything on this host. */
export interface CronHost {
  /** Undefined if it cannot be told. */
  readonly cronRuns: boolean | undefined;
  readonly systemdRuns: boolean;
}

/** An entry that runs `reaper run`, and the schedule that it makes. */
export interface FoundEntry {
  readonly schedule: FoundSchedule;
  readonly user: string | undefined;
}

const unended = 'no line end follows, and Debian’s cron leaves such a line out';

/** Takes a crontab and returns the entries in it that start `reaper run`. Times are by the host’s clock. */
export function schedulesIn(crontab: Crontab, host: CronHost, clock: Clock, audited: Audited): FoundEntry[] {
  return parseCrontab(crontab.text, crontab).flatMap((entry) => {
    const command = reaperCommandIn(entry.command, { systemdRuns: host.systemdRuns, audited });
    if (command === undefined) return [];
    const schedule = scheduleOf(entry, crontab, { now: clock.now, zone: entry.zone ?? clock.zone });
    const certain = [...command.problems, ...reasonsNotToStart(crontab, host)];
    const doubts = [...command.doubts, ...crontab.doubts, ...(entry.isEnded ? [] : [unended])];
    return [
      {
        user: entry.user,
        schedule: {
          ...schedule,
          active: certain.length > 0 ? false : doubts.length > 0 ? undefined : host.cronRuns,
          problems: [...certain, ...doubts, ...schedule.problems],
        },
      },
    ];
  });
}

function scheduleOf(entry: CronEntry, { source }: Crontab, clock: Clock): FoundSchedule {
  const { text, problems } = withoutConnectionStrings(entry.text);
  const longestGap = longestGapOf(entry.expression, clock);
  return {
    kind: 'cron',
    where: `${source}, line ${entry.line}`,
    says: text,
    longestGap,
    active: undefined,
    lastRun: undefined,
    nextRun: nextStartOf(entry.expression, clock),
    problems: longestGap === undefined ? [...problems, noGap(entry.expression)] : problems,
  };
}

function noGap(expression: string): string {
  return expression === '@reboot'
    ? 'it starts only when the host does'
    : `how often ${expression} starts cannot be told`;
}

function reasonsNotToStart(crontab: Crontab, host: CronHost): string[] {
  const reasons: string[] = [];
  if (crontab.ignoredBecause !== undefined) reasons.push(crontab.ignoredBecause);
  if (host.cronRuns === false) reasons.push('no cron daemon runs on this host');
  return reasons;
}
