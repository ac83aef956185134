import type { Policy } from '../policy/policy.ts';
import type { Session, Uid } from '../session.ts';
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

/** The sessions of a listing that was put together without these names, with the owners whom only they name. */
export function withNamedOwners(
  sessions: readonly Session[],
  names: readonly string[],
  uidOf: (name: string) => Uid,
): Session[] {
  const owners = new Map(names.map((name) => [uidOf(name), name]));
  return sessions.map((each) =>
    each.user === undefined ? { ...each, user: owners.get(each.lsid.uid) } : each,
  );
}
