import type { Verdict } from '../decide/verdict.ts';
import type { Limits } from '../policy/policy.ts';
import type { Plan } from './plan.ts';

/** A limit that a plan goes beyond. */
export interface Exceeded {
  readonly limit: 'users' | 'sessions' | 'percent';
  readonly allowed: number;
  /** What the plan would end: users, sessions, or percent of the sessions that count. */
  readonly planned: number;
  /** The words for people, with all the numbers. */
  readonly because: string;
}

/** Below this many listed sessions a percentage says nothing (P7). */
const fewestForPercent = 10;

/** Sessions that are listed and were not read, since no rule can match them. */
const noneUnread = { retain: 0, exempt: 0, builtIn: 0 };

/**
 * Holds a plan against the limits (P7): equal is allowed. Takes the verdicts on all that was read, how many
 * sessions were only counted, the built-in exempt among them, and for how many sessions each verdict stands. Returns
 * the limits that the plan goes beyond.
 */
export function exceededLimits(
  plan: Plan,
  verdicts: readonly Verdict[],
  limits: Limits,
  unread = noneUnread,
  sessionsOf: (verdict: Verdict) => number = () => 1,
): Exceeded[] {
  const total = (of: readonly Verdict[]): number => of.reduce((sum, each) => sum + sessionsOf(each), 0);
  const users = plan.users.length;
  const sessions = plan.users.reduce((sum, user) => sum + total(user.sessions), 0);
  const notRead = unread.retain + unread.exempt;
  const listed = total(verdicts) + notRead;
  const read = total(verdicts.filter((each) => each.verdict === 'terminate' || !each.builtIn));
  const counted = read + notRead - unread.builtIn;

  const exceeded: Exceeded[] = [];
  if (limits.users !== undefined && users > limits.users) {
    exceeded.push({
      limit: 'users',
      allowed: limits.users,
      planned: users,
      because: `${users} users to end, limit ${limits.users}`,
    });
  }
  if (limits.sessions !== undefined && sessions > limits.sessions) {
    exceeded.push({
      limit: 'sessions',
      allowed: limits.sessions,
      planned: sessions,
      because: `${sessions} sessions to end, limit ${limits.sessions}`,
    });
  }
  // A quotient is rounded as the number in the policy was, so equal stays equal; a product may come out below.
  const percent = (sessions * 100) / counted;
  if (limits.percent !== undefined && listed >= fewestForPercent && percent > limits.percent) {
    exceeded.push({
      limit: 'percent',
      allowed: limits.percent,
      planned: percent,
      because: `${sessions} of ${counted} sessions to end, limit ${limits.percent} percent`,
    });
  }
  return exceeded;
}
