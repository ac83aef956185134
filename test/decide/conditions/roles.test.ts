import { describe, expect, test } from 'vitest';
import { roles } from '../../../src/decide/conditions/roles.ts';
import type { Truth } from '../../../src/decide/truth.ts';
import { aContext, aSession } from '../../support/builders.ts';

describe('roles', () => {
  const cases: [patterns: string[], owned: string[] | undefined, truth: Truth, words: string][] = [
    [['root@admin'], ['read@hr', 'root@admin'], true, 'its user has the role root@admin'],
    [['root@admin'], ['root@hr'], false, 'its user has none of the roles'],
    [['root@admin'], ['Root@admin'], false, 'none of the roles'],
    [['root@admin'], [], false, 'none of the roles'],
    [['root@admin', '*@hr'], ['read@hr'], true, 'has the role read@hr'],
    [['db*'], ['dbOwner@hr'], true, 'has the role dbOwner@hr'],
    [['*'], [], false, 'none of the roles'],
    [['*'], undefined, 'unknown', 'the roles of its user are not known'],
    [['root@admin'], undefined, 'unknown', 'are not known'],
  ];

  test.each(cases)('%j, the owner having %j: %s', (patterns, owned, truth, words) => {
    const args = roles.schema.parse(patterns);
    const context = aContext({ roles: owned });
    expect(roles.test(args, aSession(), context)).toBe(truth);
    expect(roles.because(args, aSession(), context)).toContain(words);
  });

  test('come from usersInfo, and must be asked for', () => {
    expect(roles.source(aSession())).toBe('usersInfo');
    expect(roles.needs).toBe('roles');
    expect(roles.about).toBe('user');
  });

  test.each([
    [['root'], '"root" can match nothing, since roles are named role@db; write "root@admin" or "root@*"'],
    [['a\\*'], 'can match nothing'],
    [[''], 'can match nothing'],
    [[5], 'a role is text'],
    [[], 'name at least one role'],
    ['root@admin', 'expected a list of roles'],
    [null, 'expected a list of roles'],
  ])('%j is refused', (value, message) => {
    expect(roles.schema.safeParse(value).error?.issues[0]?.message).toContain(message);
  });
});
