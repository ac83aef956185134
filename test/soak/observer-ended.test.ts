import { describe, expect, it } from 'vitest';
import { aRun, aSession, complaints, ms, rule, span, stopped, user, type Given } from './histories.ts';
import type { Fault, WatchedRun } from './history.ts';
import { judge } from './observer.ts';
import type { SoakPolicy } from './policy.ts';

const idle: Given = { used: [50], lost: 110 };
const busy: Given = { used: [50, 95, 101.8], lost: 103.5 };
const election: Fault = { kind: 'election', what: 'stepdown', from: ms(94), to: ms(95) };

describe('what was ended', () => {
  it.each<[string, Given, WatchedRun]>([
    ['idle for longer than asked', idle, aRun()],
    ['of a user who is named', busy, aRun(rule({ users: ['a?n@*'] }))],
    [
      'by one of two rules',
      busy,
      aRun({ rules: [...rule({ during: 'shut' }).rules, ...rule({ during: 'open' }).rules] }),
    ],
    [
      'in a transaction for long',
      { ...busy, kind: 'transaction', error: 'NoSuchTransaction' },
      aRun(rule({ transaction_open_for: 40 })),
    ],
    [
      'not exempt by what the exemption asks',
      idle,
      aRun({ exemptions: [{ users: ['ben@admin'] }, { not: { idle_for: 20 } }] }),
    ],
    [
      'running, and named by what runs',
      { kind: 'operation', used: [], lost: 99, error: 'Interrupted', also: [[90, 102.5]] },
      aRun(rule({ apps: ['sh*'] })),
    ],
  ])('may end: %s', (_, given, run) => {
    const session = aSession(given);
    if (given.kind === 'operation')
      Object.assign(session.things[0] ?? {}, { lost: { span: span(90, 102.5), error: 'Interrupted' } });
    expect(complaints([session], run)).toEqual([]);
    expect(judge({ sessions: [session], runs: [run], faults: [] }).lost.ended).toBe(1);
  });

  it.each<[string, Given, WatchedRun]>([
    ['used a moment before', busy, aRun()],
    ['of another user', idle, aRun(rule({ users: ['ben@admin', 'an@admin', 'x*'] }))],
    ['of a user who is excepted', idle, aRun(rule({ not_users: ['ann@admin'] }))],
    ['of an exempt user', idle, aRun({ exemptions: [{ users: ['*@admin'] }] })],
    [
      'exempt because it was used',
      { used: [50, 100.5], lost: 104 },
      aRun({ ...rule({ during: 'open' }), exemptions: [{ not: { idle_for: 30 } }] }),
    ],
    ['at the wrong time of day', idle, aRun(rule({ during: 'shut' }))],
    ['in a dry run', idle, aRun({ dryRun: true })],
    ['in report mode', idle, aRun({ mode: 'report' })],
    ['beyond a limit', idle, aRun({}, { exitCode: 5 })],
    ['before the run came to kill', idle, aRun({}, { stages: { list: ms(100), look: ms(101) } })],
    ['when no run was', { used: [50, 104.5], lost: 106 }, aRun()],
    [
      'by a rule on cursors without one',
      { ...idle, kind: 'transaction', error: 'NoSuchTransaction' },
      aRun(rule({ cursor_idle_for: 1 })),
    ],
    [
      'by a rule on transactions that looks too young',
      { ...busy, kind: 'transaction' },
      aRun(rule({ transaction_open_for: 60 })),
    ],
    ['by age that it cannot have', idle, aRun(rule({ older_than: 60 }))],
    ['one of as many as allowed', idle, aRun(rule({ more_than_per_user: 1 }))],
    ['of an application that is not named', { ...idle, kind: 'transaction' }, aRun(rule({ apps: ['etl*'] }))],
  ])('may not: %s', (_, given, run) => {
    expect(complaints([aSession(given)], run)).toEqual(['wrongly ended']);
  });

  it('is never idle while a command runs', () => {
    const session = aSession({ used: [50], lost: 110, also: [[90, 102.5]] });
    expect(complaints([session])).toEqual(['wrongly ended']);
    // Perhaps it did not run yet: the member that it was sent to stood still.
    expect(complaints([session], aRun(), [{ ...stopped, to: ms(102) }])).toEqual([]);
  });

  it('of a user may be every session that is not exempt, if one matches', () => {
    const others = [aSession({ id: 'other', used: [50] })];
    const victim = aSession({ used: [50, 100.8], lost: 104 });
    expect(complaints([victim, ...others], aRun(rule({ idle_for: 30 })))).toContain('wrongly ended');
    const byUser = aRun(user({ idle_for: 30 }));
    expect(complaints([victim, ...others], byUser)).toEqual([]);
    expect(complaints([victim, aSession({ id: 'other', user: 'ben@admin' })], byUser)).toEqual([
      'wrongly ended',
    ]);
    const exempt = aRun({ ...user({ idle_for: 30 }), exemptions: [{ not: { idle_for: 5 } }] });
    expect(complaints([victim, ...others], exempt)).toEqual(['wrongly ended']);
  });

  it('is one of too many only if enough others may have been used later', () => {
    const [first, second] = [aSession({ id: 'a', used: [90] }), aSession({ id: 'b', used: [45] })];
    const tooMany = (most: number) => aRun(rule({ more_than_per_user: most }));
    expect(complaints([aSession(idle), first, second], tooMany(1))).toEqual([]);
    expect(complaints([aSession(idle), first, second], tooMany(2))).toEqual(['wrongly ended']);
  });

  it('must have been recorded, but for what came after the look', () => {
    const run = aRun(user({ users: ['ann@admin'] }), { attempted: new Set(['other']) });
    expect(complaints([aSession(idle)], run)).toEqual(['not recorded']);
    expect(complaints([aSession({ used: [101.2], lost: 104 })], run)).toEqual([]);
  });

  it('keeps to the limits', () => {
    const two = [aSession({ ...idle, id: 's' }), aSession({ ...idle, id: 't', user: 'ben@admin' })];
    const run = (limits: SoakPolicy['limits']) => aRun({ limits }, { attempted: new Set(['s', 't']) });
    expect(complaints(two, run({ users: 2, sessions: 2 }))).toEqual([]);
    expect(complaints(two, run({ users: 1 }))).toEqual(['beyond a limit']);
    expect(complaints(two, run({ sessions: 1 }))).toEqual(['beyond a limit']);
  });

  it('may also have been a kill that a stopped member obeys when it goes on', () => {
    const late = { used: [50, 107], lost: 111.5 };
    expect(complaints([aSession(late)])).toContain('wrongly ended');
    const hung = { ...stopped, from: ms(101), to: ms(111) };
    expect(complaints([aSession(late)], aRun({}, { exitCode: 3 }), [hung])).toEqual([]);
  });

  it('after a session came back is the documented window, where endSessions was sent for it', () => {
    const ended = { outcomes: new Map([['s', 'ended']]) };
    const session = aSession({ used: [103.5, 105.2], lost: 106 });
    const sessions = [{ ...session, uses: [span(50), ...session.uses] }];
    const judged = judge({ sessions, runs: [aRun({}, ended)], faults: [] });
    expect(judged).toMatchObject({ violations: [], lost: { window: 1, ended: 0 } });
    expect(complaints(sessions, aRun({}, { outcomes: new Map([['s', 'killed']]) }))).toEqual([
      'wrongly ended',
    ]);
    // The servers refresh every half second: much later it was something else.
    expect(
      complaints([
        {
          ...sessions[0]!,
          things: [{ kind: 'cursor', uses: [span(130)], lost: { span: span(140), error: 'CursorNotFound' } }],
        },
      ]),
    ).toEqual(['wrongly ended']);
  });

  it('by an election is a transaction, not a cursor', () => {
    const transaction = aSession({ ...busy, kind: 'transaction', error: 'NoSuchTransaction' });
    expect(complaints([transaction])).toEqual(['wrongly ended']);
    expect(judge({ sessions: [transaction], runs: [], faults: [election] })).toMatchObject({
      violations: [],
      lost: { election: 1 },
    });
    expect(complaints([aSession(busy)], aRun(), [election])).toEqual(['wrongly ended']);
    // Also where a run might have ended it, and has not.
    const run = aRun(rule({ users: ['ann*'] }), { attempted: new Set() });
    expect(complaints([transaction], run)).toEqual(['not recorded']);
    expect(complaints([transaction], run, [election])).toEqual([]);
  });

  it('with the words of an election is no kill', () => {
    const session = aSession({ ...busy, error: 'InterruptedDueToReplStateChange' });
    const judged = judge({ sessions: [session], runs: [aRun()], faults: [] });
    expect(judged.violations).toEqual([]);
    expect(judged.otherErrors).toEqual(new Map([['InterruptedDueToReplStateChange', 1]]));
  });
});
