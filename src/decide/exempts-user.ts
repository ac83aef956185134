import type { Policy } from '../policy/policy.ts';
import { sessionOf } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import { exempted, type Exempted } from './exemption.ts';
import { makeContext, type Facts } from './make-context.ts';

/**
 * Whether a policy exempts a user as such, whatever the session does: true if an exemption is decided by the
 * name alone, unknown if it depends on the session or on roles. `now` is in ms since the epoch.
 */
export function exemptsUser(
  user: string,
  policy: Policy,
  facts: Pick<Facts, 'uidOf' | 'localZone'>,
  now: number,
): Exempted {
  // Nothing is known of any session, as if every member were silent.
  const snapshot: Snapshot = { serverTime: now, sessions: [], silentMembers: ['all'] };
  const unknown = {
    refreshMillis: 0,
    self: [],
    membersComplete: true,
    roles: new Map(),
    firstSeen: undefined,
  };
  return exempted(
    sessionOf(facts.uidOf(user), user),
    policy.exemptions,
    makeContext(snapshot, policy, { ...facts, ...unknown }),
  );
}
