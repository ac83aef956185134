import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { exceededLimits } from '../../src/plan/limits.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { keyOf, lastUse, type Session } from '../../src/session.ts';
import { aLockedCase } from '../decide/random-policies.ts';
import { idOf, uidOf } from '../support/builders.ts';

const planned = fc.tuple(aLockedCase, fc.uniqueArray(fc.nat(11).map(idOf))).map(([found, earlier]) => {
  const wasEnded = ({ lsid }: Session) => earlier.includes(lsid.id);
  const verdicts = decide(found.sessions, found.policy, found.context, wasEnded);
  const plan = makePlan(verdicts, ({ session }) => wasEnded(session));
  return { verdicts, plan, earlier };
});

const always = { numRuns: 500 };

describe('whatever the verdicts', () => {
  test('a uid is the target only if nothing of that user is exempt or undecided', () => {
    fc.assert(
      fc.property(planned, ({ verdicts, plan }) => {
        for (const { target } of plan.users) {
          if (target.by !== 'user') continue;
          const kinds = verdicts
            .filter(({ session }) => session.lsid.uid === target.uid)
            .map((each) => each.verdict);
          expect(new Set(kinds)).toEqual(new Set(['terminate']));
        }
      }),
      always,
    );
  });

  test('every lsid in a target is to be ended, and belongs to that user', () => {
    fc.assert(
      fc.property(planned, ({ verdicts, plan }) => {
        const ending = new Set(
          verdicts.filter(({ verdict }) => verdict === 'terminate').map(({ session }) => keyOf(session.lsid)),
        );
        for (const { target, uid, sessions } of plan.users) {
          const lsids = target.by === 'sessions' ? target.lsids : [];
          for (const lsid of lsids) {
            expect(ending).toContain(keyOf(lsid));
            expect(lsid.uid).toBe(uid);
          }
          if (target.by === 'sessions') expect(lsids).toEqual(sessions.map(({ session }) => session.lsid));
          else expect(target.uid).toBe(uid);
        }
      }),
      always,
    );
  });

  test('everything to be ended is planned once, or was ended before', () => {
    fc.assert(
      fc.property(planned, ({ verdicts, plan, earlier }) => {
        const ending = verdicts.filter(({ verdict }) => verdict === 'terminate');
        const sessions = plan.users.flatMap((user) => user.sessions);
        expect(new Set([...sessions, ...plan.alreadyEnded])).toEqual(new Set(ending));
        expect(sessions.length + plan.alreadyEnded.length).toBe(ending.length);
        expect(plan.alreadyEnded.every(({ session }) => earlier.includes(session.lsid.id))).toBe(true);
        expect(new Set(plan.users.map(({ uid }) => uid)).size).toBe(plan.users.length);
      }),
      always,
    );
  });

  test('neither reaper’s own user nor the system is in a plan', () => {
    fc.assert(
      fc.property(planned, ({ plan }) => {
        const uids = plan.users.flatMap(({ uid, sessions }) => [
          uid,
          ...sessions.map(({ session }) => session.lsid.uid),
        ]);
        expect(uids).not.toContain(uidOf('reaper@admin'));
        expect(uids).not.toContain(uidOf('__system@local'));
      }),
      always,
    );
  });

  test('the oldest comes first', () => {
    fc.assert(
      fc.property(planned, ({ plan }) => {
        const age = ({ session }: (typeof plan.users)[number]['sessions'][0]) => lastUse(session) ?? Infinity;
        const ascending = (numbers: number[]) =>
          expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
        ascending(plan.users.map(({ sessions }) => age(sessions[0])));
        for (const { sessions } of plan.users) ascending(sessions.map(age));
      }),
      always,
    );
  });

  test('a plan beyond a limit is told, one that just keeps to it is not (P7)', () => {
    const limit = fc.option(fc.nat(6), { nil: undefined });
    const limits = fc.record({
      users: limit,
      sessions: limit,
      percent: fc.option(fc.nat(100), { nil: undefined }),
    });
    fc.assert(
      fc.property(planned, limits, ({ verdicts, plan }, { users, sessions, percent }) => {
        const ending = plan.users.flatMap((user) => user.sessions).length;
        const counted = verdicts.filter((each) => each.verdict === 'terminate' || !each.builtIn).length;
        const expected = [
          ...(users !== undefined && plan.users.length > users ? ['users'] : []),
          ...(sessions !== undefined && ending > sessions ? ['sessions'] : []),
          ...(percent !== undefined && verdicts.length >= 10 && ending * 100 > percent * counted
            ? ['percent']
            : []),
        ];
        const found = exceededLimits(plan, verdicts, { users, sessions, percent });
        expect(found.map((each) => each.limit)).toEqual(expected);
      }),
      always,
    );
  });
});
