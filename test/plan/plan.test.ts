import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/decide/verdict.ts';
import { makePlan, makePlanAsListed, type Plan } from '../../src/plan/plan.ts';
import { aSession, idOf, lsidOf, toSpare, toTerminate, uidOf } from '../support/builders.ts';

const planOf = (verdicts: readonly Verdict[]): Plan => makePlan(verdicts, () => false);

const idsOf = ({ users }: Plan) =>
  users.map(({ sessions }) => sessions.map(({ session }) => session.lsid.id));

describe('the order', () => {
  test('is oldest last use first, users and their sessions alike', () => {
    const verdicts = [
      toTerminate(aSession({ id: 1, owner: 'alice@admin', flushedAgo: 20 })),
      toTerminate(aSession({ id: 2, owner: 'bob@admin', flushedAgo: 40 })),
      toTerminate(aSession({ id: 3, owner: 'alice@admin', flushedAgo: 30 })),
      toTerminate(aSession({ id: 4, owner: 'bob@admin', flushedAgo: 10 })),
      toTerminate(aSession({ id: 5, owner: 'carl@admin', flushedAgo: 99, localAgo: 5 })),
    ];
    expect(planOf(verdicts).users.map(({ user }) => user)).toEqual([
      'bob@admin',
      'alice@admin',
      'carl@admin',
    ]);
    expect(idsOf(planOf(verdicts))).toEqual([[2, 4].map(idOf), [3, 1].map(idOf), [5].map(idOf)]);
  });

  test('does not depend on the order listed', () => {
    const verdicts = [4, 2, 3, 1].map((id) => toTerminate(aSession({ id, flushedAgo: 20 })));
    const unused = [6, 5].map((id) => toTerminate(aSession({ id, flushedAgo: undefined, cursors: 1 })));
    const expected = [[1, 2, 3, 4, 5, 6].map(idOf)];
    expect(idsOf(planOf([...unused, ...verdicts]))).toEqual(expected);
    expect(idsOf(planOf([...verdicts, ...unused].reverse()))).toEqual(expected);
  });
});

test('a plan as listed is the same but for its order', () => {
  const verdicts = [
    toTerminate(aSession({ id: 1, owner: 'alice@admin', flushedAgo: 20 })),
    toTerminate(aSession({ id: 2, owner: 'bob@admin', flushedAgo: 40 }), { wholeUser: true }),
    toTerminate(aSession({ id: 3, owner: 'alice@admin', flushedAgo: 30 })),
  ];
  const listed = makePlanAsListed(verdicts, ({ session }) => session.lsid.id === idOf(1));
  expect(idsOf(listed)).toEqual([[2].map(idOf), [3].map(idOf)]);
  expect(listed).toEqual(makePlan(verdicts, ({ session }) => session.lsid.id === idOf(1)));
  expect(idsOf(makePlanAsListed(verdicts, () => false))).toEqual([[1, 3].map(idOf), [2].map(idOf)]);
});

describe('the target (T3, T4, P4)', () => {
  const whole = [1, 2].map((id) => toTerminate(aSession({ id, flushedAgo: 10 - id }), { wholeUser: true }));
  const single = [1, 2].map((id) => toTerminate(aSession({ id, flushedAgo: 10 - id })));
  const byUser = { by: 'user', uid: uidOf('alice@admin') };
  const bySessions = { by: 'sessions', lsids: [lsidOf(1), lsidOf(2)] };

  test.each([
    { name: 'a whole user', verdicts: whole, target: byUser },
    { name: 'single sessions', verdicts: single, target: bySessions },
    {
      name: 'a whole user, one told alone',
      verdicts: [...whole.slice(0, 1), ...single.slice(1)],
      target: byUser,
    },
    {
      name: 'a whole user beside a retained session',
      verdicts: [...whole, toSpare('retain', aSession({ id: 3 }))],
      target: byUser,
    },
    {
      name: 'a whole user beside an exempt session',
      verdicts: [...whole, toSpare('exempt', aSession({ id: 3 }))],
      target: bySessions,
    },
    {
      name: 'a whole user after an exempt session',
      verdicts: [toSpare('exempt', aSession({ id: 3 })), ...whole],
      target: bySessions,
    },
    {
      name: 'a whole user beside one that cannot be decided',
      verdicts: [...whole, toSpare('indeterminate', aSession({ id: 3, named: false }))],
      target: bySessions,
    },
    {
      name: 'a whole user beside another’s exempt session of the same id',
      verdicts: [...whole, toSpare('exempt', aSession({ id: 1, owner: 'bob@admin' }))],
      target: byUser,
    },
  ])('of $name', ({ verdicts, target }) => {
    expect(planOf(verdicts).users.map((user) => user.target)).toEqual([target]);
  });
});

test('nothing but terminate is planned', () => {
  const verdicts = (['retain', 'exempt', 'indeterminate'] as const).map((verdict, id) =>
    toSpare(verdict, aSession({ id })),
  );
  expect(planOf(verdicts)).toEqual({ users: [], alreadyEnded: [] });
});

test('what an earlier run ended is set apart', () => {
  const verdicts = [1, 2, 3].map((id) =>
    toTerminate(aSession({ id, owner: id === 3 ? 'bob@admin' : 'alice@admin', flushedAgo: 10 - id })),
  );
  const plan = makePlan(verdicts, ({ session }) => session.lsid.id !== idOf(2));
  expect(idsOf(plan)).toEqual([[idOf(2)]]);
  expect(plan.alreadyEnded).toEqual([verdicts[0], verdicts[2]]);
});
