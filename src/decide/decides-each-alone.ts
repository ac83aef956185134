import type { Policy } from '../policy/policy.ts';

/**
 * Whether the verdict on a session is the same whatever else is listed. It is not where a session selects its user
 * (P4), nor where a user's sessions are ranked (P9).
 */
export function decidesEachAlone({ rules, exemptions }: Pick<Policy, 'rules' | 'exemptions'>): boolean {
  return (
    rules.every(({ terminate }) => terminate === 'sessions') &&
    [...rules, ...exemptions].every(({ criteria }) =>
      criteria.every(({ needs }) => !needs.has('whole-listing')),
    )
  );
}
