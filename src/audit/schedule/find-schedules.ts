import type { FoundSchedule } from '../evidence.ts';
import type { Audited } from './audited.ts';
import { schedulesIn, type FoundEntry } from './cron.ts';
import { thisHost, type Answer, type Host } from './host.ts';
import { cronHostOf, lookAtCron } from './look-cron.ts';
import { propertiesIn, scheduleOfTimer, serviceProperties, timerProperties } from './timer.ts';

/** What was found, and where this user could not look: none found is not the same as not looked. */
export interface FoundSchedules {
  readonly schedules: readonly FoundSchedule[];
  readonly notLooked: readonly string[];
}

export interface ScheduleSearch {
  /** What somebody vouches for, as of a schedule in Kubernetes. */
  readonly notes: readonly string[];
  /** A schedule that names others is none of these. */
  readonly audited: Pick<Audited, 'policy' | 'stateDir'>;
  /** The zone of the host’s clock, by which cron and timers go; asked for only where there is one. */
  readonly localZone: string;
  /** ms since the epoch. */
  readonly now: number;
  /** reaper.timer unless given. */
  readonly timer?: string;
}

/** Looks for what starts `reaper run` on this host: the systemd timer, cron, and the notes. Throws only what `localZone` does. */
export async function findSchedules(search: ScheduleSearch, host: Host = thisHost): Promise<FoundSchedules> {
  const timers = await lookAtTimer(search, host);
  const cron = await lookForCronEntries(search, host);
  return {
    schedules: [...timers.schedules, ...cron.schedules, ...search.notes.map(noted)],
    notLooked: [...timers.notLooked, ...cron.notLooked],
  };
}

async function lookAtTimer(search: ScheduleSearch, host: Host): Promise<FoundSchedules> {
  const { timer: name = 'reaper.timer', now, audited } = search;
  const answer = await show(host, name, timerProperties);
  if (answer.code !== 0) return { schedules: [], notLooked: [`systemd’s timers: ${wordsOf(answer)}`] };
  const timer = propertiesIn(answer.stdout);
  const unit = timer.get('Unit')?.[0] || name.replace(/\.timer$/, '.service');
  const service = await show(host, unit, serviceProperties);
  if (service.code !== 0) return { schedules: [], notLooked: [`${unit}: ${wordsOf(service)}`] };
  const schedule = scheduleOfTimer(name, timer, propertiesIn(service.stdout), {
    get localZone() {
      return search.localZone;
    },
    now,
    audited: { ...audited, realPath: host.realPath },
  });
  return { schedules: schedule === undefined ? [] : [schedule], notLooked: [] };
}

function show(host: Host, unit: string, properties: readonly string[]): Promise<Answer> {
  return host.execute('systemctl', ['show', unit, `--property=${properties.join(',')}`]);
}

function wordsOf(answer: Answer): string {
  if (answer.code === undefined) return answer.why;
  const [firstLine = ''] = answer.stderr.trim().split('\n');
  return firstLine || `systemctl ended with status ${answer.code}`;
}

async function lookForCronEntries(search: ScheduleSearch, host: Host): Promise<FoundSchedules> {
  const { now, audited } = search;
  const { crontabs, notLooked } = await lookAtCron(host);
  const facts = await cronHostOf(host);
  const own = { ...audited, realPath: host.realPath };
  const clock = {
    now,
    get zone() {
      return search.localZone;
    },
  };
  const entries = crontabs.flatMap((crontab) => schedulesIn(crontab, facts, clock, own));
  const schedules: FoundSchedule[] = [];
  for (const entry of entries) schedules.push(await withItsUser(entry, host));
  return { schedules, notLooked };
}

/** cron leaves a file out that names a user who is not there. */
async function withItsUser({ schedule, user }: FoundEntry, host: Host): Promise<FoundSchedule> {
  if (user === undefined) return schedule;
  const answer = await host.execute('id', ['-u', '--', user]);
  if (answer.code === undefined || answer.code === 0) return schedule;
  const problem = `cron ignores the line, since there is no user ${user}`;
  return { ...schedule, active: false, problems: [problem, ...schedule.problems] };
}

function noted(text: string): FoundSchedule {
  return {
    kind: 'note',
    where: 'attested',
    says: text,
    longestGap: undefined,
    active: undefined,
    lastRun: undefined,
    nextRun: undefined,
    problems: [],
  };
}
