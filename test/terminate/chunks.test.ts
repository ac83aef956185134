import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlannedUser } from '../../src/plan/plan.ts';
import { chunksOf } from '../../src/terminate/chunks.ts';
import { aSession, toTerminate, uidOf } from '../support/builders.ts';

const verdict = toTerminate(aSession());

/** One user for each number, with that many sessions. */
function usersWith(sizes: readonly number[]): PlannedUser[] {
  return sizes.map((size, at) => ({
    uid: uidOf(`u${at}@admin`),
    user: `u${at}@admin`,
    sessions: [verdict, ...Array.from({ length: size - 1 }, () => verdict)],
    target: { by: 'user', uid: uidOf(`u${at}@admin`) },
  }));
}

const sizesOf = (sizes: readonly number[]) =>
  chunksOf(usersWith(sizes)).map((chunk) => chunk.map(({ sessions }) => sessions.length));

describe('chunks', () => {
  test.each([
    { name: 'none', sizes: [], chunks: [] },
    { name: 'few', sizes: [1, 2, 3], chunks: [[1, 2, 3]] },
    { name: '25,000 sessions', sizes: [24_999, 1, 1], chunks: [[24_999, 1], [1]] },
    { name: 'a user with more than that', sizes: [1, 50_000, 1], chunks: [[1], [50_000], [1]] },
  ])('$name', ({ sizes, chunks }) => {
    expect(sizesOf(sizes)).toEqual(chunks);
  });

  test('50 users at the most', () => {
    expect(sizesOf(Array.from({ length: 101 }, () => 1)).map((chunk) => chunk.length)).toEqual([50, 50, 1]);
  });

  test('lose nobody, double nobody, keep the order, and are never empty', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30_000 })), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(sizes, (many) => {
        const users = usersWith(many);
        const chunks = chunksOf(users);
        expect(chunks.flat()).toEqual(users);
        for (const chunk of chunks) {
          const sessions = chunk.reduce((sum, user) => sum + user.sessions.length, 0);
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(50);
          expect(chunk.length === 1 || sessions <= 25_000).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});
