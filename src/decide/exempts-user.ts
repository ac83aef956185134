import { localZoneFor, nextChange } from '../policy/time-interval.ts';
import type { Policy } from '../policy/policy.ts';
import { sessionOf, type Session } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import { anyOf, notAll, testAll } from './combine.ts';
import type { Context, Criterion } from './condition.ts';
import { exempted, type Exempted } from './exemption.ts';
import { makeContext, type Facts } from './make-context.ts';

type Known = Pick<Facts, 'uidOf' | 'self' | 'localZone'>;

/**
 * Whether a policy exempts a user as such, whatever the session does: true if an exemption is decided by the
 * name alone, unknown if it depends on the session or on roles. `now` is in ms since the epoch.
 */
export function exemptsUser(user: string, policy: Policy, facts: Known, now: number): Exempted {
  const { session, context } = sceneOf(user, policy, facts, now);
  return exempted(session, policy.exemptions, context);
}

/**
 * The exemptions that may spare a session of this user at some time of a span, in ms since the epoch: by what the
 * session does, by the user’s roles, or since a time interval opens or closes.
 */
export function mayExemptUser(
  user: string,
  policy: Policy,
  facts: Known,
  { from, to }: { readonly from: number; readonly to: number },
): string[] {
  const { session, context } = sceneOf(user, policy, facts, from);
  const changes = (name: string): boolean => {
    const interval = policy.timeIntervals.get(name);
    if (interval === undefined) return false;
    return (nextChange(interval, from, localZoneFor(interval, facts)) ?? to) < to;
  };
  const overSpan = (each: Criterion): Criterion => {
    if (each.condition === 'any_of')
      return anyOf((each.args as readonly Criterion[][]).map((branch) => branch.map(overSpan)));
    if (each.condition === 'not') return notAll((each.args as readonly Criterion[]).map(overSpan));
    // Such a condition takes names of time intervals.
    const isOpenToChange = each.about === 'clock' && (each.args as readonly string[]).some(changes);
    return isOpenToChange ? { ...each, test: () => 'unknown' } : each;
  };
  return policy.exemptions
    .filter(({ criteria }) => testAll(criteria.map(overSpan), session, context) !== false)
    .map(({ name }) => name);
}

/** A session of this user of which nothing is known, as if every member were silent. */
function sceneOf(
  user: string,
  policy: Policy,
  facts: Known,
  now: number,
): { readonly session: Session; readonly context: Context } {
  const snapshot: Snapshot = { serverTime: now, sessions: [], silentMembers: ['all'] };
  const { uidOf, self } = facts;
  return {
    session: sessionOf(uidOf(user), user),
    context: makeContext(snapshot, policy, {
      refreshMillis: 0,
      uidOf,
      self,
      get localZone() {
        return facts.localZone;
      },
      membersComplete: true,
      roles: new Map(),
      firstSeen: undefined,
    }),
  };
}
