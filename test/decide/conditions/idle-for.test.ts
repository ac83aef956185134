import { describe, expect, test } from 'vitest';
import { idleFor } from '../../../src/decide/conditions/idle-for.ts';
import type { Truth } from '../../../src/decide/truth.ts';
import { aContext, aSession, minute } from '../../support/builders.ts';

const limit = 15 * minute;
const refreshMillis = 5 * minute;

interface Case {
  name: string;
  session: Parameters<typeof aSession>[0];
  all: Truth;
  /** The answer while one member is silent. */
  silent: Truth;
}

const cases: Case[] = [
  { name: 'just used', session: {}, all: false, silent: false },
  { name: 'idle for the limit', session: { flushedAgo: limit }, all: false, silent: false },
  { name: 'a ms longer', session: { flushedAgo: limit + 1 }, all: true, silent: 'unknown' },
  { name: 'used after the server’s clock was read', session: { flushedAgo: -5 }, all: false, silent: false },
  {
    name: 'used on a member since',
    session: { flushedAgo: 60 * minute, localAgo: minute },
    all: false,
    silent: false,
  },
  {
    name: 'flushed after the use',
    session: { flushedAgo: minute, localAgo: 60 * minute },
    all: false,
    silent: false,
  },
  { name: 'only in a local list', session: { localAgo: 60 * minute }, all: true, silent: 'unknown' },
  {
    name: 'flushed two refreshes before the limit',
    session: { flushedAgo: limit + 2 * refreshMillis },
    all: true,
    silent: 'unknown',
  },
  {
    name: 'flushed longer ago than that',
    session: { flushedAgo: limit + 2 * refreshMillis + 1 },
    all: true,
    silent: true,
  },
  {
    name: 'flushed longer ago than that, used on a member since',
    session: { flushedAgo: limit + 2 * refreshMillis + 1, localAgo: minute },
    all: false,
    silent: false,
  },
  {
    name: 'an operation runs',
    session: { flushedAgo: 60 * minute, operations: 1 },
    all: false,
    silent: false,
  },
  { name: 'a cursor is open', session: { flushedAgo: 60 * minute, cursors: 1 }, all: true, silent: true },
  {
    name: 'known from a running operation',
    session: { flushedAgo: undefined, operations: 1 },
    all: false,
    silent: false,
  },
  {
    name: 'known from a cursor alone',
    session: { flushedAgo: undefined, cursors: 1 },
    all: 'unknown',
    silent: 'unknown',
  },
];

describe('idle_for (P3)', () => {
  test.each(cases)('$name: $all, with a silent member $silent', ({ session, all, silent }) => {
    const found = aSession(session);
    expect(idleFor.test(limit, found, aContext({ refreshMillis }))).toBe(all);
    expect(idleFor.test(limit, found, aContext({ refreshMillis, silentMembers: ['m2'] }))).toBe(silent);
  });

  test.each([
    [{ flushedAgo: 21 * minute }, [], 'idle for 21m, limit 15m'],
    [{ flushedAgo: 21 * minute }, ['m2', 'm3'], 'm2, m3'],
    [{ flushedAgo: 60 * minute }, ['m2'], 'idle for 1h, limit 15m'],
    [{ flushedAgo: 60 * minute, operations: 2 }, [], 'operation is running'],
    [{ flushedAgo: undefined, cursors: 1 }, [], 'not listed'],
  ])('%j, silent %j: says %s', (session, silentMembers, words) => {
    expect(idleFor.because(limit, aSession(session), aContext({ silentMembers }))).toContain(words);
  });

  test('names the silent members only where they matter', () => {
    const context = aContext({ silentMembers: ['m2'] });
    expect(idleFor.because(limit, aSession({ flushedAgo: 60 * minute }), context)).not.toContain('m2');
  });
});
