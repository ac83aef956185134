import type { Condition } from '../condition.ts';
import { during, outside } from './during.ts';
import { idleFor } from './idle-for.ts';
import { moreThanPerUser } from './more-than-per-user.ts';
import { olderThan } from './older-than.ts';
import { apps, clients } from './origin.ts';
import { clientGone, cursorIdleFor, transactionIdleFor, transactionOpenFor } from './resources.ts';
import { roles } from './roles.ts';
import { notUsers, users } from './users.ts';

/** Every condition of the policy language, by the key that it has in a `when`. */
export const conditions = {
  idle_for: idleFor,
  users,
  not_users: notUsers,
  roles,
  during,
  outside,
  older_than: olderThan,
  more_than_per_user: moreThanPerUser,
  transaction_idle_for: transactionIdleFor,
  transaction_open_for: transactionOpenFor,
  cursor_idle_for: cursorIdleFor,
  client_gone: clientGone,
  clients,
  apps,
  // oxlint-disable-next-line typescript/no-explicit-any -- each condition has arguments of its own type
} as const satisfies Record<string, Condition<any>>;

export type ConditionName = keyof typeof conditions;
