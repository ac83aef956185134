import { criterion, type Criterion } from '../decide/condition.ts';
import { users } from '../decide/conditions/users.ts';
import type { Pattern } from '../decide/pattern.ts';
import type { SessionId, Uid } from '../session.ts';
import type { Policy, Rule } from './policy.ts';

/** What a lock says to a run (P8). */
export interface LockedUser {
  readonly user: string;
  readonly reason: string;
  readonly override_exemptions: boolean;
}

/** The one user or session that `run --only` names. */
export type Only =
  | { readonly user: string; readonly reason: string }
  | { readonly id: SessionId; readonly uid: Uid | undefined; readonly reason: string };

/**
 * The policy that a run follows: that of the file, with a rule for each locked user in front; or with one rule
 * alone, for what `--only` names. Where termination is documented as not required, no rule counts (P10).
 */
export function effectivePolicy(
  policy: Policy,
  locks: readonly LockedUser[],
  only: Only | undefined,
): Policy {
  if (policy.authority?.notRequired !== undefined) return { ...policy, rules: [] };
  if (only !== undefined) return { ...policy, rules: [onlyRule(only)] };
  return { ...policy, rules: [...locks.map(lockRule), ...policy.rules] };
}

function lockRule({ user, reason, override_exemptions: overridesExemptions }: LockedUser): Rule {
  return { name: `lock (${reason})`, criteria: [exactUser(user)], terminate: 'user', overridesExemptions };
}

function onlyRule(only: Only): Rule {
  const name = `only (${only.reason})`;
  if ('user' in only) return { name, criteria: [exactUser(only.user)], terminate: 'user' };
  return { name, criteria: [exactSession(only)], terminate: 'sessions' };
}

/** A name as it is: whatever it has of `*` or `?` means itself. */
function exactUser(user: string): Criterion {
  const pattern: Pattern = { text: user, literal: user, parts: [] };
  return criterion('users', users, [pattern]);
}

function exactSession({ id, uid }: { readonly id: SessionId; readonly uid: Uid | undefined }): Criterion {
  return {
    condition: 'session',
    args: id,
    about: 'session',
    needs: new Set(),
    test: ({ lsid }) => lsid.id === id && (uid === undefined || lsid.uid === uid),
    because: () => `session ${id}`,
    source: () => 'the command line',
  };
}
