import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import type { Truth } from '../../src/decide/truth.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { effectivePolicy, type LockedUser, type Only } from '../../src/policy/effective.ts';
import { parsePolicy } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Session } from '../../src/session.ts';
import { aContext, always, anExemption, aSession, idOf, minute, uidOf } from '../support/builders.ts';

const policy = parsePolicy(
  new TextEncoder().encode('version: 1\nname: p\nrules: [{ name: idle, when: { idle_for: 15m } }]\n'),
  'policy.yaml',
);

function aLock(user: string, rest: Partial<LockedUser> = {}): LockedUser {
  return { user, reason: 'incident 7', override_exemptions: false, ...rest };
}

function outcome(effective: Policy, sessions: readonly Session[]): (string | undefined)[] {
  return decide(sessions, effective, aContext()).map(({ verdict, rule }) =>
    [verdict, rule].filter(Boolean).join(' '),
  );
}

const withExemption = (truth: Truth): Policy => ({
  ...policy,
  exemptions: [anExemption([always(truth)], { name: 'exempt' })],
});

describe('locks (P8)', () => {
  test('without any, and without more, it is the policy', () => {
    expect(effectivePolicy(policy, [], undefined)).toEqual(policy);
  });

  test('stand before the policy’s rules, in their order, and end whole users', () => {
    const { rules, ...rest } = effectivePolicy(policy, [aLock('a@b'), aLock('c@d')], undefined);
    expect(rules.map(({ name, terminate }) => [name, terminate])).toEqual([
      ['lock (incident 7)', 'user'],
      ['lock (incident 7)', 'user'],
      ['idle', 'sessions'],
    ]);
    expect(rules.map(({ criteria }) => criteria[0]?.condition)).toEqual(['users', 'users', 'idle_for']);
    const { rules: _, ...own } = policy;
    expect(rest).toEqual(own);
  });

  test('end every session of this user, idle or busy, named or not, and nobody else’s', () => {
    const sessions = [
      aSession({ id: 1, operations: 1 }),
      aSession({ id: 2, named: false }),
      aSession({ id: 3, flushedAgo: 20 * minute }),
      aSession({ id: 4, owner: 'bob@admin' }),
      aSession({ id: 5, owner: 'alice@admin2' }),
    ];
    const effective = effectivePolicy(policy, [aLock('alice@admin')], undefined);
    const lock = 'terminate lock (incident 7)';
    expect(outcome(effective, sessions)).toEqual([lock, lock, lock, 'retain', 'retain']);
    const plan = makePlan(decide(sessions, effective, aContext()), () => false);
    expect(plan.users.map(({ target }) => target)).toEqual([{ by: 'user', uid: uidOf('alice@admin') }]);
  });

  test.each([
    ['*@admin', 'alice@admin'],
    ['a?ice@admin', 'alice@admin'],
    ['\\*@admin', '*@admin'],
  ])('a name with characters of a pattern means itself: %s', (user, other) => {
    const effective = effectivePolicy(policy, [aLock(user)], undefined);
    const sessions = [user, other].flatMap((owner, at) => [
      aSession({ id: 2 * at, owner }),
      aSession({ id: 2 * at + 1, owner, named: false }),
    ]);
    const lock = 'terminate lock (incident 7)';
    expect(outcome(effective, sessions)).toEqual([lock, lock, 'retain', 'retain']);
  });

  test.each([
    { exemption: true, override: false, verdict: 'exempt exempt' },
    { exemption: true, override: true, verdict: 'terminate lock (incident 7)' },
    { exemption: 'unknown', override: false, verdict: 'indeterminate lock (incident 7)' },
    { exemption: 'unknown', override: true, verdict: 'terminate lock (incident 7)' },
    { exemption: false, override: false, verdict: 'terminate lock (incident 7)' },
    { exemption: false, override: true, verdict: 'terminate lock (incident 7)' },
  ] as const)('exemption $exemption, override $override: $verdict', ({ exemption, override, verdict }) => {
    const lock = aLock('alice@admin', { override_exemptions: override });
    const effective = effectivePolicy(withExemption(exemption), [lock], undefined);
    expect(outcome(effective, [aSession()])).toEqual([verdict]);
  });

  test('one that overrides lifts the exemptions of its own user only', () => {
    const effective = effectivePolicy(
      withExemption(true),
      [aLock('alice@admin', { override_exemptions: true }), aLock('carl@admin')],
      undefined,
    );
    const sessions = ['bob@admin', 'alice@admin', 'carl@admin'].map((owner, id) =>
      aSession({ id, owner, flushedAgo: 20 * minute }),
    );
    expect(outcome(effective, sessions)).toEqual([
      'exempt exempt',
      'terminate lock (incident 7)',
      'exempt exempt',
    ]);
  });

  test('the lock that overrides gives the reason, also behind one that does not', () => {
    const locks = [
      aLock('alice@admin', { reason: 'weak' }),
      aLock('alice@admin', { reason: 'strong', override_exemptions: true }),
    ];
    const effective = effectivePolicy(withExemption(true), locks, undefined);
    expect(outcome(effective, [aSession()])).toEqual(['terminate lock (strong)']);
  });

  test.each(['__system@local', 'reaper@admin'])(
    'nothing lifts the built-in exemption of %s (P6)',
    (owner) => {
      const lock = aLock(owner, { override_exemptions: true });
      const sessions = [true, false].map((named, id) => aSession({ id, owner, named }));
      for (const only of [undefined, { user: owner, reason: 'r' }]) {
        const found = decide(sessions, effectivePolicy(withExemption(true), [lock], only), aContext());
        expect(found).toMatchObject(sessions.map(() => ({ verdict: 'exempt', builtIn: true })));
      }
    },
  );
});

describe('--only', () => {
  const sessions = [
    aSession({ id: 1 }),
    aSession({ id: 1, owner: 'bob@admin' }),
    aSession({ id: 2, flushedAgo: 60 * minute }),
  ];
  const only = 'terminate only (why)';
  const cases: { name: string; only: Only; expected: string[] }[] = [
    { name: 'a user', only: { user: 'alice@admin', reason: 'why' }, expected: [only, 'retain', only] },
    {
      name: 'a user, by no pattern',
      only: { user: '*', reason: 'why' },
      expected: ['retain', 'retain', 'retain'],
    },
    {
      name: 'a session',
      only: { id: idOf(2), uid: undefined, reason: 'why' },
      expected: ['retain', 'retain', only],
    },
    {
      name: 'an id that two users have',
      only: { id: idOf(1), uid: undefined, reason: 'why' },
      expected: [only, only, 'retain'],
    },
    {
      name: 'one user’s session of that id',
      only: { id: idOf(1), uid: uidOf('bob@admin'), reason: 'why' },
      expected: ['retain', only, 'retain'],
    },
    {
      name: 'another user’s id',
      only: { id: idOf(2), uid: uidOf('bob@admin'), reason: 'why' },
      expected: ['retain', 'retain', 'retain'],
    },
  ];

  test.each(cases)('$name, and neither rules nor locks count', ({ only: named, expected }) => {
    const effective = effectivePolicy(policy, [aLock('bob@admin')], named);
    expect(effective.rules).toHaveLength(1);
    expect(outcome(effective, sessions)).toEqual(expected);
  });

  test.each<[Truth, string]>([
    [true, 'exempt exempt'],
    ['unknown', 'indeterminate only (why)'],
    [false, only],
  ])('exemptions count: %s', (exemption, verdict) => {
    for (const named of [{ user: 'alice@admin' }, { id: idOf(1), uid: undefined }]) {
      const effective = effectivePolicy(withExemption(exemption), [], { ...named, reason: 'why' });
      expect(outcome(effective, [aSession()])).toEqual([verdict]);
    }
  });

  test('a user is ended as a whole, a session by itself', () => {
    const targets = cases.slice(0, 3).map(({ only: named }) => {
      const verdicts = decide(sessions, effectivePolicy(policy, [], named), aContext());
      return makePlan(verdicts, () => false).users.map(({ target }) => target.by);
    });
    expect(targets).toEqual([['user'], [], ['sessions']]);
  });

  test('says what it compared', () => {
    const because = (named: Only) =>
      decide([sessions[2] ?? aSession()], effectivePolicy(policy, [], named), aContext())[0]?.because;
    expect(because({ user: 'alice@admin', reason: 'why' })).toBe('user matches alice@admin');
    expect(because({ id: idOf(2), uid: undefined, reason: 'why' })).toBe(`session ${idOf(2)}`);
    const [rule] = effectivePolicy(policy, [], { id: idOf(2), uid: undefined, reason: 'why' }).rules;
    expect(rule?.criteria.map(({ source }) => source(aSession()))).toEqual(['the command line']);
  });
});

test('where termination is not required, neither rules nor locks nor --only count (P10)', () => {
  const notRequired = {
    ...policy,
    authority: {
      document: undefined,
      approvedBy: undefined,
      approvedOn: undefined,
      notRequired: 'prohibited',
    },
  };
  const lock = aLock('alice@admin', { override_exemptions: true });
  for (const only of [undefined, { user: 'alice@admin', reason: 'why' }]) {
    expect(effectivePolicy(notRequired, [lock], only)).toEqual({ ...notRequired, rules: [] });
  }
});
