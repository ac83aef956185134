import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOf, type AuditEvent } from '../../src/audit/event.ts';
import { gone as goneLine, outcome as outcomeLine } from '../../src/audit/run-lines.ts';
import { goneEvents, outcomeEvents } from '../../src/audit/session-events.ts';
import type { EndedSession } from '../../src/plan/already-ended.ts';
import type { SessionOutcome } from '../../src/terminate/terminate.ts';
import { anOutcome } from '../report/a-run-result.ts';
import { aSession, idOf, lsidOf, now, toTerminate, uidOf } from '../support/builders.ts';

const written = (event: AuditEvent) => entryOf(event, new Date(now), 1);
const session = aSession({ id: 1 });

describe('outcomes', () => {
  test.each([
    ['ended', 'success'],
    ['killed', 'success'],
    ['already_ended', 'success'],
    ['spared', 'success'],
    ['failed', 'failure'],
    ['in_doubt', 'unknown'],
  ] as const)('%s is a %s', (name, outcome) => {
    const outcomes = [{ verdict: toTerminate(session), outcome: anOutcome(name), at: now }];
    expect(outcomeEvents('run-1', outcomes).map(written)).toMatchObject([
      {
        'event.action': 'outcome',
        'event.outcome': outcome,
        reaper: {
          run_id: 'run-1',
          uid: uidOf('alice@admin'),
          user: 'alice@admin',
          sessions: [{ id: idOf(1), because: toTerminate(session).because }],
          rule: 'a-rule',
          outcome: name,
          outcome_because: `because of ${name}`,
          members: [{ address: 'm1:27017', ok: true }],
        },
      },
    ]);
  });

  const anyOutcome: fc.Arbitrary<SessionOutcome> = fc
    .record({
      owner: fc.constantFrom('alice@admin', 'bob@admin'),
      named: fc.boolean(),
      outcome: fc.constantFrom('ended', 'failed', 'in_doubt', 'spared'),
      because: fc.constantFrom('one', 'other'),
      ok: fc.boolean(),
      usedAgain: fc.boolean(),
      rule: fc.constantFrom('idle', 'night'),
      why: fc.constantFrom('idle for 20m', 'idle for 21m'),
      at: fc.constantFrom(now, now + 1),
    } as const)
    .map(({ owner, named, outcome, because, ok, usedAgain, rule, why, at }) => ({
      verdict: { ...toTerminate(aSession({ owner, named })), rule, because: why },
      outcome: { outcome, because, members: [{ address: 'm1', ok }], ...(usedAgain && { usedAgain }) },
      at,
    }));
  /** Each with an id of its own. */
  const many = fc.array(anyOutcome, { maxLength: 600 }).map((each) =>
    each.map(({ verdict, ...rest }, at) => ({
      ...rest,
      verdict: {
        ...verdict,
        session: { ...verdict.session, lsid: { ...verdict.session.lsid, id: idOf(at) } },
      },
    })),
  );

  test('the lines tell of every session exactly what was given, whichever share one', () => {
    fc.assert(
      fc.property(many, (outcomes) => {
        const told = outcomeEvents('run-1', outcomes).flatMap(({ reaper }) => {
          const { sessions, uid, user, rule, outcome, looked_at, members, ...rest } =
            outcomeLine.parse(reaper);
          const { outcome_because: because, used_again: usedAgain } = rest;
          return sessions.map((each) => ({
            ...{ id: each.id, uid, user: user ?? undefined, rule, why: each['because'] },
            ...{ outcome, because, members, usedAgain, at: Date.parse(looked_at ?? '') },
          }));
        });
        const given = outcomes.map(({ verdict, outcome, at }) => ({
          ...{
            ...verdict.session.lsid,
            user: verdict.session.user,
            rule: verdict.rule,
            why: verdict.because,
          },
          ...{ outcome: outcome.outcome, because: outcome.because, members: outcome.members },
          ...{ usedAgain: outcome.usedAgain ?? false, at },
        }));
        const byId = (all: readonly { id: string }[]) => new Map(all.map((each) => [each.id, each]));
        expect(told).toHaveLength(given.length);
        expect(byId(told)).toEqual(byId(given));
      }),
    );
  });

  test('a line stays below what journald takes whole, with reasons as long as they get', () => {
    const because = `idle for 3h1m, limit 2h; ${'outside of time interval "business hours" '.repeat(2)}`;
    const outcomes = Array.from({ length: 1001 }, (_, id) => ({
      verdict: { ...toTerminate(aSession({ id })), because },
      outcome: anOutcome('ended'),
      at: now,
    }));
    const lines = outcomeEvents('run-1', outcomes).map((event) => JSON.stringify(written(event)));
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line.length).toBeLessThan(48 * 1024);
  });
});

test('gone: which run ended them, those of one user and run together', () => {
  const gone = (id: number, runId: string, user = 'alice@admin'): EndedSession => ({
    lsid: { ...lsidOf(id), uid: uidOf(user) },
    user,
    at: now,
    outcome: 'ended',
    runId,
  });
  const events = goneEvents('run-2', [
    gone(1, 'run-0'),
    gone(2, 'run-1'),
    gone(3, 'run-0'),
    gone(4, 'run-0', 'bob@admin'),
  ]);
  const uid = uidOf('alice@admin');
  expect(events.map(written)).toMatchObject([
    {
      'event.action': 'confirmed-gone',
      reaper: { run_id: 'run-2', uid, ended_by_run: 'run-0', sessions: [{ id: idOf(1) }, { id: idOf(3) }] },
    },
    { reaper: { uid, ended_by_run: 'run-1', sessions: [{ id: idOf(2) }] } },
    { reaper: { user: 'bob@admin', ended_by_run: 'run-0', sessions: [{ id: idOf(4) }] } },
  ]);
  expect(events.every(({ reaper }) => goneLine.safeParse(reaper).success)).toBe(true);
});
