import type { Policy } from '../policy/policy.ts';
import { leavesOf } from './combine.ts';
import type { Pattern } from './pattern.ts';

/**
 * The users whom a policy calls by their whole names, `user@db`. Where no listing names an owner, one of these names
 * may have the owner's uid: then that is who it is (L3, T5).
 */
export function namedUsers({ rules, exemptions }: Pick<Policy, 'rules' | 'exemptions'>): string[] {
  const leaves = leavesOf([...rules, ...exemptions].flatMap(({ criteria }) => criteria));
  const names = leaves
    .filter(({ condition }) => condition === 'users' || condition === 'not_users')
    .flatMap(({ args }) => (args as readonly Pattern[]).flatMap(({ literal }) => literal ?? []));
  return [...new Set(names)];
}
