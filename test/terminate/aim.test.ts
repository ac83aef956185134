import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/decide/verdict.ts';
import { makePlan, type PlannedUser } from '../../src/plan/plan.ts';
import { LsidMap } from '../../src/lsid-map.ts';
import { aimAt } from '../../src/terminate/aim.ts';
import { aSession, idOf, lsidOf, toSpare, toTerminate, uidOf } from '../support/builders.ts';

const single = (id: number) => toTerminate(aSession({ id, flushedAgo: 100 - id }));
const whole = (id: number) => toTerminate(aSession({ id, flushedAgo: 100 - id }), { wholeUser: true });
const exempt = (id: number) => toSpare('exempt', aSession({ id }), { because: 'batch job' });
const retained = (id: number) => toSpare('retain', aSession({ id }), { because: 'used again' });

const userOf = (verdicts: readonly Verdict[]): PlannedUser | undefined =>
  makePlan(verdicts, () => false).users[0];

function aim(planned: readonly Verdict[], seen: readonly Verdict[]) {
  const user = userOf(planned);
  if (user === undefined) throw new Error('nothing was planned');
  const verdicts = new LsidMap(seen.map((verdict) => [verdict.session.lsid, verdict]));
  const { target, sessions, spared } = aimAt(user, userOf(seen), (lsid) => verdicts.get(lsid));
  return {
    target,
    sessions: sessions.map(({ session }) => session.lsid.id),
    spared: spared.map(({ verdict, because }) => [verdict.session.lsid.id, because]),
  };
}

const byUser = { by: 'user', uid: uidOf('alice@admin') };
const bySessions = (...ids: number[]) => ({ by: 'sessions', lsids: ids.map((id) => lsidOf(id)) });

describe('the second look', () => {
  const cases = [
    {
      name: 'sessions, nothing changed',
      planned: [single(1), single(2)],
      seen: [single(1), single(2)],
      target: bySessions(1, 2),
      sessions: [1, 2],
      spared: [],
    },
    {
      name: 'sessions, one more matches now: not planned, not ended',
      planned: [single(1)],
      seen: [single(1), single(2)],
      target: bySessions(1),
      sessions: [1],
      spared: [],
    },
    {
      name: 'sessions, the user is selected as a whole now: still no more than planned',
      planned: [single(1)],
      seen: [whole(1), whole(2)],
      target: bySessions(1),
      sessions: [1],
      spared: [],
    },
    {
      name: 'sessions, only others match now',
      planned: [single(1)],
      seen: [retained(1), single(2)],
      target: undefined,
      sessions: [],
      spared: [1],
    },
    {
      name: 'sessions, one is used again',
      planned: [single(1), single(2)],
      seen: [retained(1), single(2)],
      target: bySessions(2),
      sessions: [2],
      spared: [1],
    },
    {
      name: 'a user, nothing changed',
      planned: [whole(1), whole(2)],
      seen: [whole(1), whole(2)],
      target: byUser,
      sessions: [1, 2],
      spared: [],
    },
    {
      name: 'a user, with a new session',
      planned: [whole(1)],
      seen: [whole(1), whole(2)],
      target: byUser,
      sessions: [1, 2],
      spared: [],
    },
    {
      name: 'a user who is not selected as a whole any more, with a new session that matches alone: not ended',
      planned: [whole(1), whole(2)],
      seen: [single(1), retained(2), single(3)],
      target: bySessions(1),
      sessions: [1],
      spared: [2],
    },
    {
      name: 'a user, with a new session that is exempt: by lsid',
      planned: [whole(1), whole(2)],
      seen: [whole(1), whole(2), exempt(3)],
      target: bySessions(1, 2),
      sessions: [1, 2],
      spared: [],
    },
    {
      name: 'a user, of whom one session is exempt now: by lsid',
      planned: [whole(1), whole(2)],
      seen: [whole(1), exempt(2)],
      target: bySessions(1),
      sessions: [1],
      spared: [2],
    },
    {
      name: 'a user of whom nothing matches any more',
      planned: [whole(1), whole(2)],
      seen: [retained(1), retained(2)],
      target: undefined,
      sessions: [],
      spared: [1, 2],
    },
    {
      name: 'a user who is not listed any more',
      planned: [whole(1)],
      seen: [],
      target: undefined,
      sessions: [],
      spared: [1],
    },
  ];

  test.each(cases)('$name', ({ planned, seen, target, sessions, spared }) => {
    const found = aim(planned, seen);
    expect(found.target).toEqual(target);
    expect(found.sessions).toEqual(sessions.map(idOf));
    expect(found.spared.map(([id]) => id)).toEqual(spared.map(idOf));
  });

  test('says why a session is spared', () => {
    const { spared } = aim([single(1), single(2), single(3)], [retained(1), exempt(2)]);
    expect(spared).toEqual([
      [idOf(1), 'no longer matches at the look before the kill (retain: used again)'],
      [idOf(2), 'no longer matches at the look before the kill (exempt: batch job)'],
      [idOf(3), 'no longer listed at the look before the kill'],
    ]);
  });

  test('what another run ended meanwhile is spared, and says so', () => {
    const user = userOf([single(1)])!;
    const { spared } = aimAt(user, undefined, () => single(1));
    expect(spared).toMatchObject([{ because: 'ended meanwhile' }]);
  });
});
