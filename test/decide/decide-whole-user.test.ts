import { describe, expect, test } from 'vitest';
import type { Criterion } from '../../src/decide/condition.ts';
import { decide } from '../../src/decide/decide.ts';
import type { Truth } from '../../src/decide/truth.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { Exemption, Rule } from '../../src/policy/policy.ts';
import type { Session } from '../../src/session.ts';
import { aContext, always, anExemption, aRule, aSession, idOf, minute, uidOf } from '../support/builders.ts';

const idle = aSession({ id: 1, flushedAgo: 20 * minute });
const busy = aSession({ id: 2, operations: 1 });
const fresh = aSession({ id: 3, flushedAgo: minute });
const bobs = aSession({ id: 4, owner: 'bob@admin' });

const byUser = aRule({ idle_for: '15m' }, { name: 'by-user', terminate: 'user' });
const bySession = aRule({ idle_for: '15m' }, { name: 'by-session' });

/** Answers differently for this one session. */
function only(session: Session, truth: Truth, others: Truth = false): Criterion {
  return {
    condition: 'only',
    args: undefined,
    about: 'session',
    needs: new Set(),
    test: ({ lsid }) => (lsid.id === session.lsid.id ? truth : others),
    because: () => `only ${session.lsid.id}`,
    source: () => 'nowhere',
  };
}

function outcome(
  sessions: readonly Session[],
  rules: readonly Rule[],
  exemptions: readonly Exemption[] = [],
) {
  const verdicts = decide(sessions, { rules, exemptions }, aContext());
  const plan = makePlan(verdicts, () => false);
  return {
    verdicts: verdicts.map(({ verdict }) => verdict),
    by: plan.users.map(({ target }) => target.by),
    planned: plan.users.flatMap((user) => user.sessions.map(({ session }) => session.lsid.id)).sort(),
    all: verdicts,
  };
}

describe('terminate: user (P4)', () => {
  test('one session that matches ends all of its user’s, the busy ones too', () => {
    const { verdicts, by, all } = outcome([fresh, idle, busy, bobs], [byUser]);
    expect(verdicts).toEqual(['terminate', 'terminate', 'terminate', 'retain']);
    expect(by).toEqual(['user']);
    expect(all.slice(0, 3)).toMatchObject([0, 1, 2].map(() => ({ rule: 'by-user', wholeUser: true })));
    expect(all[0]?.because).toContain('idle for 20m, limit 15m');
  });

  test('terminate: sessions ends the one that matches', () => {
    expect(outcome([idle, busy, bobs], [bySession])).toMatchObject({
      verdicts: ['terminate', 'retain', 'retain'],
      by: ['sessions'],
      planned: [idOf(1)],
    });
  });

  test('nobody is selected if nothing matches', () => {
    expect(outcome([fresh, busy, bobs], [byUser]).verdicts).toEqual(['retain', 'retain', 'retain']);
  });

  test('an exempt sibling lives, and the rest goes by lsid', () => {
    expect(outcome([idle, busy, fresh], [byUser], [anExemption([only(busy, true)])])).toMatchObject({
      verdicts: ['terminate', 'exempt', 'terminate'],
      by: ['sessions'],
      planned: [idOf(1), idOf(3)],
    });
  });

  test('a sibling that cannot be decided lives, and the rest goes by lsid', () => {
    const other = aRule([only(busy, 'unknown')], { name: 'other' });
    expect(outcome([idle, busy, fresh], [byUser, other])).toMatchObject({
      verdicts: ['terminate', 'indeterminate', 'terminate'],
      by: ['sessions'],
      planned: [idOf(1), idOf(3)],
    });
  });

  test('a sibling whose exemption cannot be decided lives, and the rest goes by lsid', () => {
    const perhaps = anExemption([only(busy, 'unknown')], { name: 'perhaps' });
    const found = outcome([idle, busy, fresh], [byUser], [perhaps]);
    expect(found).toMatchObject({ verdicts: ['terminate', 'indeterminate', 'terminate'], by: ['sessions'] });
    expect(found.all[1]).toEqual({
      verdict: 'indeterminate',
      session: busy,
      rule: 'by-user',
      builtIn: false,
      because: 'exemption perhaps cannot be decided: only 00000000-0000-4000-8000-000000000002',
    });
  });

  test('an exempt session selects nobody', () => {
    expect(outcome([idle, busy], [byUser], [anExemption([only(idle, true)])]).verdicts).toEqual([
      'exempt',
      'retain',
    ]);
  });

  test('nor does one that cannot be decided', () => {
    expect(outcome([idle, busy], [byUser], [anExemption([only(idle, 'unknown')])]).verdicts).toEqual([
      'indeterminate',
      'retain',
    ]);
  });

  test('what another rule ends by itself keeps that rule, and goes with its user', () => {
    const found = outcome([idle, fresh], [aRule([only(fresh, true)], { name: 'own' }), byUser]);
    expect(found.all).toMatchObject([
      { rule: 'by-user', wholeUser: true },
      { rule: 'own', wholeUser: true },
    ]);
    expect(found.by).toEqual(['user']);
  });

  test('the first session that selects, and its first such rule, are the reason', () => {
    const first = aRule([only(idle, true)], { name: 'first', terminate: 'user' });
    const second = aRule([only(idle, true, true)], { name: 'second', terminate: 'user' });
    const { all } = outcome([fresh, idle, bobs], [first, second], [anExemption([only(bobs, true)])]);
    expect(all).toMatchObject([
      { rule: 'second', because: `only ${idle.lsid.id}` },
      { rule: 'first', because: `only ${idle.lsid.id}` },
      { verdict: 'exempt' },
    ]);
    const siblings = outcome([idle, aSession({ id: 5, flushedAgo: 30 * minute }), fresh, busy], [byUser]).all;
    const because = 'its user is selected by session 00000000: idle for 20m, limit 15m';
    expect(siblings.slice(2)).toMatchObject([0, 1].map(() => ({ rule: 'by-user', because })));
  });

  test('each user has a reason of its own', () => {
    const idleBob = aSession({ id: 6, owner: 'bob@admin', flushedAgo: 30 * minute });
    const { all } = outcome([idle, fresh, idleBob, bobs], [byUser]);
    expect(all.map(({ because }) => because)).toEqual([
      'idle for 20m, limit 15m',
      'its user is selected by session 00000000: idle for 20m, limit 15m',
      'idle for 30m, limit 15m',
      'its user is selected by session 00000000: idle for 30m, limit 15m',
    ]);
  });

  test('it selects although an earlier rule of single sessions matches too', () => {
    expect(outcome([idle, busy], [bySession, byUser])).toMatchObject({
      verdicts: ['terminate', 'terminate'],
      by: ['user'],
    });
  });

  test('a sibling whose owner is not listed is found by uid', () => {
    const nameless = aSession({ id: 5, named: false });
    expect(outcome([idle, nameless], [byUser]).verdicts).toEqual(['terminate', 'terminate']);
  });

  test('the kill names the user’s uid', () => {
    const verdicts = decide([idle], { rules: [byUser], exemptions: [] }, aContext());
    expect(makePlan(verdicts, () => false).users[0]?.target).toEqual({
      by: 'user',
      uid: uidOf('alice@admin'),
    });
  });
});

describe('a session that an earlier run ended and that is still listed', () => {
  const isIdle = (session: Session) => session === idle;

  function decided(
    sessions: readonly Session[],
    rules: readonly Rule[],
    wasEnded: (session: Session) => boolean = isIdle,
  ) {
    const verdicts = decide(sessions, { rules, exemptions: [] }, aContext(), wasEnded);
    const plan = makePlan(verdicts, ({ session }) => wasEnded(session));
    return {
      verdicts: verdicts.map(({ verdict }) => verdict),
      planned: plan.users.flatMap((user) => user.sessions.map(({ session }) => session.lsid.id)),
      by: plan.users.map(({ target }) => target.by),
      already: plan.alreadyEnded.map(({ session }) => session.lsid.id),
    };
  }

  test('selects nobody: its user, back and busy, lives', () => {
    expect(decided([idle, busy], [byUser])).toEqual({
      verdicts: ['terminate', 'retain'],
      planned: [],
      by: [],
      already: [idOf(1)],
    });
    expect(decided([idle, busy], [byUser], () => false).planned).toEqual([idOf(1), idOf(2)]);
  });

  test('goes with its user if another session selects', () => {
    const alsoIdle = aSession({ id: 5, flushedAgo: 20 * minute });
    expect(decided([idle, alsoIdle, busy], [byUser])).toEqual({
      verdicts: ['terminate', 'terminate', 'terminate'],
      planned: [idOf(5), idOf(2)],
      by: ['user'],
      already: [idOf(1)],
    });
  });

  test('is no reason to spare what a rule on sessions or users names', () => {
    const locked = aRule([always(true)], { name: 'locked', terminate: 'user' });
    expect(decided([idle, busy], [locked]).planned).toEqual([idOf(2)]);
    const alsoIdle = aSession({ id: 5, flushedAgo: 20 * minute });
    expect(decided([idle, alsoIdle, busy], [bySession]).planned).toEqual([idOf(5)]);
  });

  test('of one user says nothing of another', () => {
    const idleBob = aSession({ id: 1, owner: 'bob@admin', flushedAgo: 20 * minute });
    const busyBob = aSession({ id: 6, owner: 'bob@admin', operations: 1 });
    expect(decided([idle, busy, idleBob, busyBob], [byUser]).verdicts).toEqual([
      'terminate',
      'retain',
      'terminate',
      'terminate',
    ]);
  });
});
