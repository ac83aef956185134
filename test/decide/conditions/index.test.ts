import { describe, expect, test } from 'vitest';
import { criterion, type Condition } from '../../../src/decide/condition.ts';
import { conditions, type ConditionName } from '../../../src/decide/conditions/index.ts';

// Without the builders, which cannot be loaded where a condition lacks its schema.
describe('what each condition speaks of, and must be told of', () => {
  const expected = {
    idle_for: ['session'],
    users: ['user'],
    not_users: ['user'],
    roles: ['user', 'roles'],
    during: ['clock'],
    outside: ['clock'],
    older_than: ['session', 'first-seen'],
    more_than_per_user: ['session', 'whole-listing'],
    transaction_idle_for: ['session'],
    transaction_open_for: ['session'],
    cursor_idle_for: ['session'],
    client_gone: ['session', 'connections'],
    clients: ['session'],
    apps: ['session'],
  } satisfies Record<ConditionName, string[]>;

  test('is this', () => {
    const found = Object.entries(conditions).map(([name, condition]) => {
      const { about, needs } = criterion(name, condition as Condition<unknown>, undefined);
      return [name, [about, ...needs]];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
