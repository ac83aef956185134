import type { Policy } from '../policy/policy.ts';
import type { Criterion } from './condition.ts';

/**
 * Whether the session of a user that is unused longest tells what becomes of all of the user's that hold nothing:
 * so it is where only whole users are ended (P4), by names, the clock and idle time. What holds of some idle time
 * holds of every longer one.
 */
export function oldestDecides({ rules, exemptions }: Pick<Policy, 'rules' | 'exemptions'>): boolean {
  return (
    rules.every((rule) => rule.terminate === 'user' && rule.overridesExemptions !== true) &&
    rules.every(({ criteria }) => criteria.every(growsWithIdleTime)) &&
    exemptions.every(({ criteria }) => criteria.every(isOfOwner))
  );
}

function growsWithIdleTime(criterion: Criterion): boolean {
  if (isOfOwner(criterion) || criterion.condition === 'idle_for') return true;
  if (criterion.condition !== 'any_of') return false;
  return (criterion.args as readonly (readonly Criterion[])[]).flat().every(growsWithIdleTime);
}

/** The same for all sessions of a user, and known without asking more. */
function isOfOwner({ about, needs }: Criterion): boolean {
  return about !== 'session' && needs.size === 0;
}
