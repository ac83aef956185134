import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/policy/problems.ts';

describe('nearest', () => {
  const conditions = ['idle_for', 'users', 'not_users', 'during', 'outside'];

  test.each([
    ['idel_for', 'idle_for'],
    ['user', 'users'],
    ['USERS', 'users'],
    ['not-users', 'not_users'],
    ['outsied', 'outside'],
  ])('%s', (found, name) => {
    expect(nearest(found, conditions)).toBe(` (did you mean "${name}"?)`);
  });

  test.each(['colour', 'for', '', 'during the night'])('%j is near nothing', (found) => {
    expect(nearest(found, conditions)).toBe('');
  });

  test('of nothing there is none', () => {
    expect(nearest('users', [])).toBe('');
  });
});
