import type { Uid } from '../session.ts';
import type { Context, Criterion } from './condition.ts';
import type { Pattern } from './pattern.ts';

/**
 * Which records of `config.system.sessions` may matter to a condition, a rule, a policy: the server may leave the
 * others out. It may let too much through, never too little: every session for which the test is true or unknown.
 */
export type Narrowing =
  | 'all'
  | 'none'
  | { readonly usedBefore: number }
  | { readonly owners: readonly Pattern[]; readonly uids: readonly Uid[] }
  | { readonly allOf: readonly Narrowing[] }
  | { readonly anyOf: readonly Narrowing[] };

/** What all of these let through. */
function narrowAll(parts: readonly Narrowing[]): Narrowing {
  if (parts.includes('none')) return 'none';
  const real = parts.filter((part) => part !== 'all');
  return real.length === 0 ? 'all' : { allOf: real };
}

/** What at least one of these lets through. */
export function narrowAny(parts: readonly Narrowing[]): Narrowing {
  if (parts.includes('all')) return 'all';
  const real = parts.filter((part) => part !== 'none');
  return real.length === 0 ? 'none' : { anyOf: real };
}

/** What a conjunction lets through. */
export function narrowCriteria(criteria: readonly Criterion[], context: Context): Narrowing {
  return narrowAll(criteria.map((each) => each.narrow?.(context) ?? 'all'));
}

interface Narrowable {
  readonly rules: readonly { readonly criteria: readonly Criterion[] }[];
  readonly exemptions: readonly { readonly criteria: readonly Criterion[] }[];
}

/**
 * The union over the rules of a policy. `all` also where a condition depends on sessions that it does not
 * itself match, as `more_than_per_user` does.
 */
export function narrowPolicy({ rules, exemptions }: Narrowable, context: Context): Narrowing {
  const criteria = [...rules, ...exemptions].flatMap((each) => each.criteria);
  if (criteria.some((each) => each.needs.has('whole-listing') || each.needs.has('first-seen'))) return 'all';
  return narrowAny(rules.map((rule) => narrowCriteria(rule.criteria, context)));
}
