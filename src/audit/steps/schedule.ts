import { formatDuration } from '../../policy/duration.ts';
import type { Known } from '../evaluate.ts';
import type { FoundSchedule, Step } from '../evidence.ts';
import { checkText } from '../stig.ts';

/** A daily start by the clock on the wall: on the day on which summer time ends the next is 25 hours later. */
const longestBetweenStarts = 25 * 3_600_000;

/** Step 4: it is scheduled at least daily, by what the host says and by what the log shows. */
export function scheduleStep(known: Known): Step {
  const { schedules, notLooked, longestGap, gaps, setBacks } = known;
  const facts = [
    { label: 'schedule', values: schedules.map(scheduleText) },
    { label: 'could not look', values: notLooked },
    {
      label: 'longest gap between successful runs',
      values: longestGap === undefined ? noneSucceeded(known) : [span(longestGap)],
    },
    {
      label: 'gaps over a day',
      values: gaps.map(({ from, to }) => `${iso(from)} to ${iso(to)} (${span(to - from)})`),
    },
    {
      label: 'clock set back',
      values: setBacks.map(
        ({ after, from, to }) => `after line ${after}: from ${iso(from)} to ${iso(to)} (${span(from - to)})`,
      ),
    },
  ].filter(({ values }) => values.length > 0);
  const step = {
    name: 'schedule',
    title: 'It is scheduled at least daily',
    asked: checkText.schedule,
    facts,
  } as const;
  const contradicted = [...gapProblems(known), ...scheduleProblems(schedules)];
  if (contradicted.length > 0) return { ...step, state: 'contradicted', because: contradicted };
  const unseen = missingOf(known);
  if (unseen.length > 0) return { ...step, state: 'unseen', because: unseen };
  const found = schedules.find(daily);
  const ran =
    longestGap === undefined ? 'no gap' : `the longest gap between successful runs is ${span(longestGap)}`;
  return { ...step, state: 'shown', because: [`${found?.where}: ${found?.says}; ${ran}.`] };
}

/** Said only where there were runs: without any there is nothing to measure. */
function noneSucceeded({ runs }: Known): string[] {
  return runs.length === 0 ? [] : ['no run of the schedule succeeded'];
}

/** By a clock that was set back, gaps are neither shown nor ruled out. */
function gapProblems({ gaps, lastRun, setBacks }: Known): string[] {
  if (gaps.length === 0 || setBacks.length > 0) return [];
  const failed =
    lastRun !== undefined && lastRun.state === 'failed'
      ? `; the last run failed (exit ${lastRun.exitCode})`
      : '';
  const longest = Math.max(...gaps.map(({ from, to }) => to - from));
  return [`For ${span(longest)} no run succeeded, which is more than a day${failed}.`];
}

/** One good schedule is enough; a bad one speaks only where there is no other. */
function scheduleProblems(schedules: readonly FoundSchedule[]): string[] {
  if (schedules.length === 0 || schedules.some((each) => daily(each) || each.active === undefined)) return [];
  return schedules.flatMap(({ where, problems, active, longestGap }) => [
    ...(active === false
      ? [`${where} does not start it: ${problems.join('; ') || 'it is not active'}.`]
      : []),
    ...(longestGap !== undefined && longestGap > longestBetweenStarts
      ? [`${where} starts it only every ${span(longestGap)}.`]
      : []),
  ]);
}

/** What keeps from telling how long it did not run, whatever the schedule. */
function unseenTimes({ setBacks, chain: { first }, since }: Known): string[] {
  const [setBack] = setBacks;
  if (setBack !== undefined) {
    const by = span(setBack.from - setBack.to);
    return [
      `The clock of this host went back after line ${setBack.after}, by ${by}: how long it did not run cannot be told.`,
    ];
  }
  if (first !== undefined && first.sequence > 1 && first.at > since) {
    return [
      `The log begins with line ${first.sequence} at ${iso(first.at)}: what came before in the window was not seen; --look-back can begin with it.`,
    ];
  }
  return [];
}

function missingOf(known: Known): string[] {
  const { schedules, notLooked, runs, longestGap, book, at, since } = known;
  const times = unseenTimes(known);
  if (times.length > 0) return times;
  const succeeded = runs.filter((run) => run.state === 'succeeded' && !run.byHand);
  if (succeeded.length === 0) {
    return [
      'No run of the schedule has succeeded in the window: one at a terminal, or with --only, is by hand.',
    ];
  }
  if (succeeded.length === 1) {
    return [
      'Only one run of the schedule has succeeded in the window, and one has no gap: wait for the next, or look back further with --look-back.',
    ];
  }
  if (longestGap === undefined) return ['The log is too short to tell how often it runs.'];
  if (!schedules.some(daily)) {
    const found = schedules.find(({ active }) => active === undefined) ?? schedules[0];
    if (found !== undefined) {
      const why = found.problems.length === 0 ? '' : ` (${found.problems.join('; ')})`;
      return [`${found.where}: ${found.says}; it cannot be told whether it starts it daily${why}.`];
    }
    const where = notLooked.length === 0 ? '' : ` (could not look: ${notLooked.join('; ')})`;
    return [`No schedule was found on this host${where}: name it with --schedule-note.`];
  }
  // Somebody’s word for a schedule needs a day of runs beside it, all the more where another one is off.
  const covered = at - Math.max(since, book.firstLine ?? at);
  if (!schedules.some((each) => each.kind !== 'note' && daily(each)) && covered < 24 * 3_600_000) {
    return [
      `The note names a schedule, and the log covers only ${span(covered)}: a day of runs must stand beside it.`,
    ];
  }
  return [];
}

function daily({ kind, active, longestGap }: FoundSchedule): boolean {
  if (kind === 'note') return true;
  return active === true && longestGap !== undefined && longestGap <= longestBetweenStarts;
}

function scheduleText({ where, says, active, nextRun, lastRun, problems }: FoundSchedule): string {
  const state = active === undefined ? [] : [active ? 'active' : 'not active'];
  const times = [
    ...(lastRun === undefined ? [] : [`last ${iso(lastRun)}`]),
    ...(nextRun === undefined ? [] : [`next ${iso(nextRun)}`]),
  ];
  return [`${where}: ${says}`, ...state, ...times, ...problems].join('; ');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function span(millis: number): string {
  return formatDuration(Math.max(1000, Math.round(millis / 1000) * 1000));
}
