import { ReaperError } from '../errors.ts';
import { formatDuration } from '../policy/duration.ts';

/** One interval in the words of systemd and of cron. */
export interface Interval {
  readonly onCalendar: string;
  readonly cron: string;
}

const minute = 60_000;
const hour = 60 * minute;
const minutes = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
const hours = [1, 2, 3, 4, 6, 8, 12, 24];

/**
 * Takes ms. Throws a ReaperError unless the interval divides an hour or a day: else the last of an hour or a day
 * would come too early, or the STIG's daily run too late.
 */
export function intervalOf(every: number): Interval {
  const [inMinutes, inHours] = [every / minute, every / hour];
  if (minutes.includes(inMinutes)) {
    return {
      onCalendar: `*:0/${inMinutes}`,
      cron: inMinutes === 1 ? '* * * * *' : `*/${inMinutes} * * * *`,
    };
  }
  if (inHours === 24) return { onCalendar: '*-*-* 00:00', cron: '0 0 * * *' };
  if (hours.includes(inHours)) {
    return {
      onCalendar: inHours === 1 ? '*:00' : `0/${inHours}:00`,
      cron: inHours === 1 ? '0 * * * *' : `0 */${inHours} * * *`,
    };
  }
  const tooLong = every > 24 * hour ? ', and the STIG asks for a run at least daily' : '';
  throw new ReaperError(
    'usage',
    `--every ${formatDuration(every)}: neither cron nor a timer starts so evenly${tooLong}`,
    {
      remedy: `choose ${minutes.map((each) => `${each}m`).join(', ')}, ${hours.map((each) => `${each}h`).join(', ')}`,
    },
  );
}
