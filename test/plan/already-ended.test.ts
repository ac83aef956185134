import { describe, expect, test } from 'vitest';
import { aftermathOf, toRemember, type EndedSession } from '../../src/plan/already-ended.ts';
import type { Snapshot } from '../../src/snapshot.ts';
import type { OutcomeName } from '../../src/terminate/outcome.ts';
import { aSession, lsidOf, minute, now } from '../support/builders.ts';

const refresh = 5 * minute;
const endedAgo = 20 * minute;

const ended: EndedSession = {
  lsid: lsidOf(1),
  user: 'alice@admin',
  at: now - endedAgo,
  outcome: 'ended',
  runId: 'earlier',
};

function aftermath(
  sessions: Snapshot['sessions'],
  silentMembers: string[] = [],
  earlier = [ended],
  membersComplete = true,
) {
  const snapshot = { serverTime: now, sessions, silentMembers };
  return aftermathOf(earlier, snapshot, { refreshMillis: refresh, membersComplete });
}

describe('a session that an earlier run ended and that is still listed (T11, L2)', () => {
  const cases: { name: string; session: Parameters<typeof aSession>[0]; wasEnded: boolean }[] = [
    { name: 'unused since', session: { flushedAgo: endedAgo + 1 }, wasEnded: true },
    { name: 'flushed up to one refresh later', session: { flushedAgo: endedAgo - refresh }, wasEnded: true },
    {
      name: 'flushed after more than that',
      session: { flushedAgo: endedAgo - refresh - 1 },
      wasEnded: false,
    },
    { name: 'in a local list, at the kill', session: { localAgo: endedAgo }, wasEnded: true },
    { name: 'in a local list, a ms later', session: { localAgo: endedAgo - 1 }, wasEnded: false },
    { name: 'a cursor is open', session: { flushedAgo: endedAgo, cursors: 1 }, wasEnded: false },
    { name: 'an operation runs', session: { flushedAgo: endedAgo, operations: 1 }, wasEnded: false },
  ];

  test.each(cases)('$name: already ended $wasEnded', ({ session, wasEnded }) => {
    const listed = aSession(session);
    const found = aftermath([listed]);
    expect(found.wasEnded(listed)).toBe(wasEnded);
    expect(found.pending).toEqual(wasEnded ? [ended] : []);
    expect(found.usedAgain).toEqual(wasEnded ? [] : [ended]);
    expect(found.confirmedGone).toEqual([]);
  });

  test.each(cases)('$name, while a member is silent: judged afresh', ({ session, wasEnded }) => {
    const listed = aSession(session);
    const found = aftermath([listed], ['m2']);
    expect(found.wasEnded(listed)).toBe(false);
    // It may be over all the same, and is not forgotten: that member may answer next time.
    expect(found.mayBeOver(listed)).toBe(wasEnded);
    expect(found.pending).toEqual(wasEnded ? [ended] : []);
  });

  test.each([
    { flushedAgo: endedAgo, wasEnded: true },
    { flushedAgo: endedAgo - 1, wasEnded: false },
  ])('where not every member can be seen, any later flush may be a use: %j', ({ flushedAgo, wasEnded }) => {
    const listed = aSession({ flushedAgo });
    expect(aftermath([listed], [], [ended], false).wasEnded(listed)).toBe(wasEnded);
  });

  test.each([
    { since: 0, wasEnded: true },
    { since: 1, wasEnded: false },
  ])('a member whose clock is ahead had its use $since ms after the kill', ({ since, wasEnded }) => {
    const ahead = 90_000;
    const local = [{ at: ended.at + since + ahead, member: 'm1', ahead }];
    const listed = { ...aSession(), flushed: undefined, local };
    expect(aftermath([listed]).wasEnded(listed)).toBe(wasEnded);
  });

  test('is told by its whole lsid', () => {
    const bobs = aSession({ owner: 'bob@admin', flushedAgo: 60 * minute });
    const found = aftermath([bobs]);
    expect(found.wasEnded(bobs)).toBe(false);
    expect(found.confirmedGone).toEqual([ended]);
  });

  test('another one was not ended', () => {
    const other = aSession({ id: 2, flushedAgo: 60 * minute });
    expect(aftermath([aSession({ flushedAgo: 60 * minute }), other]).wasEnded(other)).toBe(false);
  });
});

describe('a session that left the listing', () => {
  test('is confirmed gone, and need not be remembered', () => {
    expect(aftermath([])).toMatchObject({ confirmedGone: [ended], pending: [] });
  });

  test('is not confirmed while a member is silent', () => {
    expect(aftermath([], ['m2'])).toMatchObject({ confirmedGone: [], pending: [ended] });
  });
});

describe('a session in doubt', () => {
  const inDoubt: EndedSession = { ...ended, outcome: 'in_doubt' };

  test.each<[string, Parameters<typeof aSession>[0]]>([
    ['unused since', { flushedAgo: endedAgo + 1 }],
    ['used since', { localAgo: endedAgo - 1 }],
  ])(
    'that is listed and %s is judged afresh, since the kill may never have come through',
    (_name, session) => {
      const listed = aSession(session);
      const found = aftermath([listed], [], [inDoubt]);
      expect(found.wasEnded(listed)).toBe(false);
      expect(found.mayBeOver(listed)).toBe(false);
      expect(found).toMatchObject({ pending: [], usedAgain: [], confirmedGone: [], inDoubt: [inDoubt] });
    },
  );

  test('that left the listing is confirmed gone', () => {
    expect(aftermath([], [], [inDoubt])).toMatchObject({ confirmedGone: [inDoubt], pending: [] });
    expect(aftermath([], ['m2'], [inDoubt])).toMatchObject({ confirmedGone: [], pending: [inDoubt] });
  });

  test('does not keep the next from being looked at', () => {
    const other: EndedSession = { ...ended, lsid: lsidOf(2) };
    const listed = [aSession({ id: 1, flushedAgo: 60 * minute })];
    expect(aftermath(listed, [], [inDoubt, other]).confirmedGone).toEqual([other]);
  });
});

describe('the next run is told', () => {
  const at = now;
  const doneTo = (outcome: OutcomeName, usedAgain = false) => [
    { verdict: { session: aSession() }, outcome: { outcome, because: 'why', members: [], usedAgain }, at },
  ];
  const asOfNow = { lsid: lsidOf(1), user: 'alice@admin', at, runId: 'now' };
  const inDoubt: EndedSession = { ...ended, outcome: 'in_doubt' };

  test.each(['ended', 'killed', 'in_doubt'] as const)(
    'what this run %s, instead of an earlier word',
    (name) => {
      const told = [{ ...asOfNow, outcome: name }];
      expect(toRemember({ pending: [ended], inDoubt: [] }, doneTo(name), 'now')).toEqual(told);
      expect(toRemember({ pending: [], inDoubt: [inDoubt] }, doneTo(name), 'now')).toEqual(told);
    },
  );

  test.each(['spared', 'already_ended'] as const)('what an earlier run did, where it is %s now', (name) => {
    expect(toRemember({ pending: [ended], inDoubt: [] }, doneTo(name), 'now')).toEqual([ended]);
    expect(toRemember({ pending: [], inDoubt: [inDoubt] }, doneTo(name), 'now')).toEqual([inDoubt]);
  });

  test('what is in doubt and nobody came to: a limit stopped the run, or it only reports', () => {
    expect(toRemember({ pending: [], inDoubt: [inDoubt] }, [], 'now')).toEqual([inDoubt]);
  });

  test('of what failed now only an earlier doubt: it is tried again, and not called already ended', () => {
    const earlier = { pending: [ended], inDoubt: [{ ...inDoubt, lsid: lsidOf(2) }] };
    const failed = [
      ...doneTo('failed'),
      { ...doneTo('failed')[0]!, verdict: { session: aSession({ id: 2 }) } },
    ];
    expect(toRemember(earlier, failed, 'now')).toEqual([{ ...inDoubt, lsid: lsidOf(2) }]);
  });

  test('nothing of a session that its client has used again', () => {
    expect(toRemember({ pending: [ended], inDoubt: [] }, doneTo('killed', true), 'now')).toEqual([]);
  });
});
