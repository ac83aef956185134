import { describe, expect, test } from 'vitest';
import { notUsers, users } from '../../../src/decide/conditions/users.ts';
import type { Truth } from '../../../src/decide/truth.ts';
import { aContext, aSession } from '../../support/builders.ts';

describe('users and not_users (P2)', () => {
  const cases: [patterns: string[], named: boolean, is: Truth, isNot: Truth][] = [
    [['alice@admin'], true, true, false],
    [['alice@admin'], false, true, false],
    [['bob@admin'], false, false, true],
    [['al*'], true, true, false],
    [['al*'], false, 'unknown', 'unknown'],
    [['bob@admin', 'b*'], true, false, true],
    [['bob@admin', 'b*'], false, 'unknown', 'unknown'],
  ];

  test.each(cases)('%j, name listed %s: users %s, not_users %s', (patterns, named, is, isNot) => {
    const session = aSession({ owner: 'alice@admin', named });
    expect(users.test(users.schema.parse(patterns), session, aContext())).toBe(is);
    expect(notUsers.test(notUsers.schema.parse(patterns), session, aContext())).toBe(isNot);
  });

  test('the words for many patterns stay short', () => {
    const patterns = users.schema.parse(Array.from({ length: 100 }, (_, at) => `user${at}@admin`));
    const words = users.because(patterns, aSession(), aContext());
    expect(words).toContain('user0@admin');
    expect(words.length).toBeLessThan(100);
  });
});
