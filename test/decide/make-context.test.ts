import { describe, expect, test } from 'vitest';
import { makeContext, needsOf, type Facts } from '../../src/decide/make-context.ts';
import type { Need } from '../../src/decide/condition.ts';
import { decide } from '../../src/decide/decide.ts';
import { timeIntervals } from '../../src/policy/time-interval-schema.ts';
import { keyOf, type Session } from '../../src/session.ts';
import {
  anExemption,
  aRule,
  aSession,
  lsidOf,
  minute,
  now,
  someFacts,
  uidOf,
  type When,
} from '../support/builders.ts';

interface Seen {
  readonly sessions?: readonly Session[];
  readonly silentMembers?: readonly string[];
  readonly facts?: Partial<Facts>;
  readonly at?: number;
}

const intervals = timeIntervals.parse({
  noon: [{ times: [{ start_time: '12:00', end_time: '13:00' }] }],
  here: [{ times: [{ start_time: '14:00', end_time: '15:00' }], location: 'Local' }],
});

function context({ sessions = [], silentMembers = [], facts = {}, at }: Seen = {}) {
  const snapshot = { serverTime: now, sessions, silentMembers };
  return makeContext(snapshot, { timeIntervals: intervals }, someFacts(facts), at);
}

describe('the rank of a session (P9)', () => {
  test('counts nothing that an earlier run ended: it must not push a live one into the excess', () => {
    const sessions = [
      aSession({ id: 1, flushedAgo: 3 * minute }),
      aSession({ id: 2, flushedAgo: minute }),
      aSession({ id: 3, flushedAgo: 2 * minute }),
    ];
    const snapshot = { serverTime: now, sessions, silentMembers: [] };
    const ended = (session: Session) => session.lsid.id === sessions[1]?.lsid.id;
    const { rankOf } = makeContext(snapshot, { timeIntervals: new Map() }, someFacts(), now, ended);
    expect(sessions.map(rankOf)).toEqual([1, 0, 0]);
  });

  const ranksOf = (sessions: readonly Session[]) => {
    const { rankOf } = context({ sessions });
    return sessions.map(rankOf);
  };

  test('is how many of its user’s were used later', () => {
    const sessions = [
      aSession({ id: 1, flushedAgo: 20 }),
      aSession({ id: 2, flushedAgo: 30 }),
      aSession({ id: 3, flushedAgo: 99, localAgo: 10 }),
      aSession({ id: 4, owner: 'bob@admin', flushedAgo: 40 }),
    ];
    expect(ranksOf(sessions)).toEqual([1, 2, 0, 0]);
  });

  test('of the same last use goes by lsid, whatever the order', () => {
    const sessions = [2, 3, 1].map((id) => aSession({ id, flushedAgo: 20 }));
    expect(ranksOf(sessions)).toEqual([1, 0, 2]);
    expect(ranksOf(sessions.toReversed())).toEqual([2, 0, 1]);
  });

  test('takes what no list has for used just now', () => {
    const unlisted = [1, 2].map((id) => aSession({ id, flushedAgo: undefined, cursors: 1 }));
    expect(ranksOf([...unlisted, aSession({ id: 3, flushedAgo: -5 })])).toEqual([1, 0, 2]);
  });

  test('is told by uid: also where the owner is not known', () => {
    const sessions = [aSession({ id: 1, flushedAgo: 20 }), aSession({ id: 2, named: false, flushedAgo: 10 })];
    expect(ranksOf(sessions)).toEqual([1, 0]);
  });

  test('of the same id of two users is each user’s own', () => {
    const sessions = [aSession({ id: 1, flushedAgo: 20 }), aSession({ id: 1, owner: 'bob@admin' })];
    expect(ranksOf(sessions)).toEqual([0, 0]);
  });

  test('of what is not listed is 0', () => {
    expect(context({ sessions: [aSession({ id: 1 })] }).rankOf(aSession({ id: 2, flushedAgo: 99 }))).toBe(0);
  });
});

describe('when a session was first seen', () => {
  const seenBefore = new Map([[keyOf(lsidOf(1)), now - 60 * minute]]);

  test('is what the state directory remembers', () => {
    const { firstSeen } = context({ facts: { firstSeen: seenBefore } });
    expect(firstSeen(aSession({ id: 1 }))).toBe(now - 60 * minute);
  });

  test('is now for a session that is new, also of the same id', () => {
    const { firstSeen } = context({ facts: { firstSeen: seenBefore } });
    expect(firstSeen(aSession({ id: 2 }))).toBe(now);
    expect(firstSeen(aSession({ id: 1, owner: 'bob@admin' }))).toBe(now);
  });

  test('is not known where nobody remembers', () => {
    expect(context({ facts: { firstSeen: undefined } }).firstSeen(aSession())).toBeUndefined();
  });

  test('keeps pace with the time that is asked for', () => {
    const { firstSeen } = context({ facts: { firstSeen: new Map() }, at: now + minute });
    expect(firstSeen(aSession())).toBe(now + minute);
  });
});

describe('the members that did not tell', () => {
  test.each([
    { complete: true, silentMembers: [], expected: [] },
    { complete: true, silentMembers: ['m2'], expected: ['m2'] },
    { complete: false, silentMembers: [], expected: ['hidden members, if any'] },
    { complete: false, silentMembers: ['m2'], expected: ['m2', 'hidden members, if any'] },
  ])('all members known $complete, silent $silentMembers: $expected', (given) => {
    const { silentMembers, complete, expected } = given;
    expect(context({ silentMembers, facts: { membersComplete: complete } }).silentMembers).toEqual(expected);
  });

  test('a hidden member that nobody could ask makes idle time unknown (P3)', () => {
    const sessions = [aSession({ localAgo: 20 * minute })];
    const policy = { rules: [aRule({ idle_for: '15m' })], exemptions: [] };
    const verdictIf = (membersComplete: boolean) =>
      decide(sessions, policy, context({ sessions, facts: { membersComplete } }))[0]?.verdict;
    expect([verdictIf(true), verdictIf(false)]).toEqual(['terminate', 'indeterminate']);
  });
});

describe('time intervals', () => {
  test.each([
    { at: undefined, noon: true },
    { at: now + 60 * minute, noon: false },
    { at: now + 59 * minute, noon: true },
  ])('at $at: noon $noon', ({ at, noon }) => {
    const { isOpen } = context(at === undefined ? {} : { at });
    expect([isOpen('noon'), isOpen('noon')]).toEqual([noon, noon]);
  });

  test('Local is the zone of the machine', () => {
    expect(context().isOpen('here')).toBe(false);
    expect(context({ facts: { localZone: 'Europe/Berlin' } }).isOpen('here')).toBe(true);
  });

  test('the machine is asked for its zone only where an interval means it', () => {
    const facts = {
      get localZone(): string {
        throw new Error('asked');
      },
    };
    const { isOpen } = makeContext(
      { serverTime: now, sessions: [], silentMembers: [] },
      { timeIntervals: intervals },
      Object.defineProperties(someFacts(), Object.getOwnPropertyDescriptors(facts)),
    );
    expect(isOpen('noon')).toBe(true);
    expect(() => isOpen('here')).toThrow('asked');
  });

  test('one that does not exist is an error, not closed', () => {
    expect(() => context().isOpen('non')).toThrow(new RangeError('no such time interval: non'));
  });
});

describe('the rest', () => {
  test('now is the server’s time unless another is asked for', () => {
    expect(context().now).toBe(now);
    expect(context({ at: 5 }).now).toBe(5);
  });

  test('self and roles go by uid', () => {
    const roles = new Map([[uidOf('alice@admin'), ['root@admin']]]);
    const { self, rolesOf } = context({ facts: { self: ['a@b', 'c@d'], roles } });
    expect(self).toEqual(new Set([uidOf('a@b'), uidOf('c@d')]));
    expect(rolesOf(aSession())).toEqual(['root@admin']);
    expect(rolesOf(aSession({ owner: 'bob@admin' }))).toBeUndefined();
    expect(rolesOf(aSession({ named: false }))).toBeUndefined();
  });
});

describe('what a policy needs besides the listing', () => {
  const cases: [when: When, needs: Need[]][] = [
    [{ idle_for: '1m', users: ['a@b'], cursor_idle_for: '1m', clients: ['10.0.0.1'] }, []],
    [{ roles: ['root@admin'] }, ['roles']],
    [{ older_than: '1h' }, ['first-seen']],
    [{ client_gone: true }, ['connections']],
    [{ any_of: [{ idle_for: '1m' }, { roles: ['root@admin'] }] }, ['roles']],
    [{ not: { client_gone: true } }, ['connections']],
    [{ not: { any_of: [{ not: { older_than: '1h' } }, { roles: ['*'] }] } }, ['first-seen', 'roles']],
  ];

  test.each(cases)('%j: %j', (when, needs) => {
    const plain = { rules: [aRule({ idle_for: '1m' })], exemptions: [anExemption({ users: ['a@b'] })] };
    const expected = new Set(needs);
    expect(needsOf({ ...plain, rules: [...plain.rules, aRule(when)] })).toEqual(expected);
    expect(needsOf({ ...plain, exemptions: [anExemption(when), ...plain.exemptions] })).toEqual(expected);
  });

  test('nothing, if it has nothing', () => {
    expect(needsOf({ rules: [], exemptions: [] })).toEqual(new Set());
  });
});
