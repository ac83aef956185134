import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moreThanPerUser } from '../../../src/decide/conditions/more-than-per-user.ts';
import { decide } from '../../../src/decide/decide.ts';
import { makeContext } from '../../../src/decide/make-context.ts';
import type { Session } from '../../../src/session.ts';
import {
  aContext,
  anExemption,
  aRule,
  aSession,
  idOf,
  minute,
  now,
  someFacts,
} from '../../support/builders.ts';

const contextOf = (sessions: readonly Session[]) =>
  makeContext({ serverTime: now, sessions, silentMembers: [] }, { timeIntervals: new Map() }, someFacts());

/** The ids that this limit ends, by their numbers. */
function ended(
  most: number,
  sessions: readonly Session[],
  exemptions: readonly ReturnType<typeof anExemption>[] = [],
): string[] {
  const policy = { rules: [aRule({ more_than_per_user: most })], exemptions };
  return decide(sessions, policy, contextOf(sessions))
    .filter(({ verdict }) => verdict === 'terminate')
    .map(({ session }) => session.lsid.id)
    .sort();
}

const used = (id: number, minutesAgo: number, owner = 'alice@admin') =>
  aSession({ id, owner, flushedAgo: minutesAgo * minute });

describe('more_than_per_user (P9)', () => {
  test.each([
    { rank: 1, truth: false },
    { rank: 2, truth: true },
    { rank: 3, truth: true },
  ])('of 2: with $rank used later, $truth', ({ rank, truth }) => {
    expect(moreThanPerUser.test(2, aSession(), aContext({ rank }))).toBe(truth);
    expect(moreThanPerUser.test(2, aSession(), aContext({ rank, silentMembers: ['m2'] }))).toBe('unknown');
    expect(moreThanPerUser.test(2, aSession({ flushedAgo: undefined }), aContext({ rank }))).toBe('unknown');
  });

  test('ends the longest unused ones, of each user by themselves', () => {
    const sessions = [used(1, 30), used(2, 10), used(3, 20), used(4, 5), used(5, 99, 'bob@admin')];
    expect(ended(2, sessions)).toEqual([idOf(1), idOf(3)]);
    expect(ended(1, sessions)).toEqual([idOf(1), idOf(2), idOf(3)]);
    expect(ended(4, sessions)).toEqual([]);
  });

  test('an exempt one in the excess is spared and not replaced', () => {
    const sessions = [used(1, 40), used(2, 30), used(3, 20), used(4, 10)].map((session, at) => ({
      ...session,
      apps: at === 0 ? ['batch'] : ['shell'],
    }));
    expect(ended(2, sessions, [anExemption({ apps: ['batch'] })])).toEqual([idOf(2)]);
    expect(ended(2, sessions, [anExemption({ apps: ['shell'] })])).toEqual([idOf(1)]);
  });

  test('the excess is fixed before the other conditions', () => {
    const sessions = [used(1, 40), used(2, 30), used(3, 1)];
    const rules = [aRule({ more_than_per_user: 1, idle_for: '35m' })];
    const verdicts = decide(sessions, { rules, exemptions: [] }, contextOf(sessions));
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['terminate', 'retain', 'retain']);
  });

  test('leaves each user exactly so many', () => {
    const ago = fc.integer({ min: 0, max: 5 });
    const owner = fc.constantFrom('alice@admin', 'bob@admin', 'carl@admin');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(ago, owner), { maxLength: 15 }),
        fc.integer({ min: 1, max: 6 }),
        (all, most) => {
          const sessions = all.map(([minutes, name], id) => used(id, minutes, name));
          const gone = new Set(ended(most, sessions));
          for (const name of ['alice@admin', 'bob@admin', 'carl@admin']) {
            const own = sessions.filter(({ user }) => user === name);
            const [left, over] = [false, true].map((isGone) =>
              own.filter(({ lsid }) => gone.has(lsid.id) === isGone).map(({ flushed = 0 }) => flushed),
            );
            expect(left).toHaveLength(Math.min(own.length, most));
            expect(Math.max(-Infinity, ...(over ?? []))).toBeLessThanOrEqual(
              Math.min(Infinity, ...(left ?? [])),
            );
          }
        },
      ),
    );
  });

  test.each([
    [{}, {}, '3 of its user’s sessions were used later, limit 2 sessions'],
    [{}, { silentMembers: ['m2', 'm3'] }, 'limit 2 sessions; m2, m3 did not tell'],
    [{ flushedAgo: undefined, cursors: 1 }, {}, 'its last use is not listed anywhere'],
  ])('%j with %j: says %s', (session, context, words) => {
    expect(moreThanPerUser.because(2, aSession(session), aContext({ rank: 3, ...context }))).toContain(words);
  });

  test('comes from all the lists', () => {
    expect(moreThanPerUser.source(aSession())).toBe('config.system.sessions and every member’s local list');
  });

  test.each([1, 5, 1_000_000])('%j is a limit', (most) => {
    expect(moreThanPerUser.schema.safeParse(most).success).toBe(true);
  });

  test.each([0, -1, 1.5, '2', null, true, Infinity, [2]])('%j is refused', (most) => {
    expect(moreThanPerUser.schema.safeParse(most).error?.issues[0]?.message).toBe(
      'expected a whole number from 1',
    );
  });
});
