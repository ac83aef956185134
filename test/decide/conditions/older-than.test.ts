import { describe, expect, test } from 'vitest';
import { olderThan } from '../../../src/decide/conditions/older-than.ts';
import { aContext, aSession, minute } from '../../support/builders.ts';

const limit = 60 * minute;

describe('older_than', () => {
  test.each([
    { firstSeenAgo: 0, truth: false },
    { firstSeenAgo: limit, truth: false },
    { firstSeenAgo: limit + 1, truth: true },
    { firstSeenAgo: -5, truth: false },
    { firstSeenAgo: undefined, truth: 'unknown' },
  ])('first seen $firstSeenAgo ms ago: $truth', ({ firstSeenAgo, truth }) => {
    expect(olderThan.test(limit, aSession(), aContext({ firstSeenAgo }))).toBe(truth);
  });

  test('neither its last use nor a silent member counts', () => {
    const context = aContext({ firstSeenAgo: limit + 1, silentMembers: ['m2'] });
    expect(olderThan.test(limit, aSession({ flushedAgo: 0, operations: 1 }), context)).toBe(true);
  });

  test.each([
    [90 * minute, 'first seen 1h30m ago, limit 1h'],
    [undefined, 'nobody remembers when it was first seen'],
  ])('first seen %j ms ago: says %s', (firstSeenAgo, words) => {
    expect(olderThan.because(limit, aSession(), aContext({ firstSeenAgo }))).toBe(words);
  });

  test('comes from the state directory, which it must be told of', () => {
    expect(olderThan.source(aSession())).toBe('the state directory');
    expect(olderThan.needs).toBe('first-seen');
  });

  test('takes a duration', () => {
    expect(olderThan.schema.parse('1h')).toBe(limit);
    expect(olderThan.schema.safeParse('60').success).toBe(false);
  });
});
