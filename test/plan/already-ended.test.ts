import { describe, expect, test } from 'vitest';
import { aftermathOf, stillInDoubt, type EndedSession } from '../../src/plan/already-ended.ts';
import type { Snapshot } from '../../src/snapshot.ts';
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

function aftermath(sessions: Snapshot['sessions'], silentMembers: string[] = [], earlier = [ended]) {
  return aftermathOf(earlier, { serverTime: now, sessions, silentMembers }, refresh);
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
    // Not forgotten either: that member may answer next time.
    expect(found.pending).toEqual(wasEnded ? [ended] : []);
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
      expect(found).toMatchObject({ pending: [], usedAgain: [], confirmedGone: [] });
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

test('what was in doubt and is spared stays in doubt; what was ended, or is not spared, does not', () => {
  const earlier = [1, 2, 3].map((id) => ({
    lsid: lsidOf(id),
    at: now,
    outcome: id === 2 ? ('ended' as const) : ('in_doubt' as const),
    runId: 'r',
  }));
  const spared = [1, 2].map((id) => aSession({ id }));
  expect(stillInDoubt(earlier, spared).map(({ lsid }) => lsid)).toEqual([lsidOf(1)]);
});
