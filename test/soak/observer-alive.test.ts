import { describe, expect, it } from 'vitest';
import { aRun, aSession, complaints, ms, rule, stopped, type Given } from './histories.ts';
import type { Fault, WatchedRun } from './history.ts';
import { judge } from './observer.ts';

describe('what lives on', () => {
  const lives: Given = { used: [50, 106] };

  it.each<[string, Given, WatchedRun]>([
    ['was idle', lives, aRun({})],
    ['is named', { used: [50, 99.5, 100.2, 106] }, aRun(rule({ users: ['ann*'] }))],
    ['has a cursor that nobody read', { ...lives, also: [[99, 99.1]] }, aRun(rule({ cursor_idle_for: 40 }))],
    [
      'has a transaction for long',
      { used: [50, 99, 106], kind: 'transaction' },
      aRun(rule({ transaction_open_for: 40 })),
    ],
    ['nothing was even looked at', lives, aRun({}, { stages: { list: ms(100) } })],
    ['not exempt', lives, aRun({ exemptions: [{ users: ['ben@admin'] }, { idle_for: 60 }] })],
  ])('should not: %s', (_, given, run) => {
    expect(complaints([aSession(given)], run)).toEqual(['not ended']);
  });

  it.each<[string, Given, WatchedRun, Fault[]?]>([
    ['used since', { used: [50, 100.5, 106] }, aRun({})],
    ['used shortly before, for all that the listing tells', { used: [50, 88, 106] }, aRun({})],
    ['perhaps not written down in time', { used: [50, 80, 106] }, aRun({}), [{ ...stopped, from: ms(79) }]],
    ['exempt', lives, aRun({ exemptions: [{ idle_for: 20 }] })],
    ['perhaps exempt', lives, aRun({ exemptions: [{ apps: ['shell'] }] })],
    ['the run was not complete', lives, aRun({}, { exitCode: 3 })],
    ['a member did not answer', lives, aRun({}, { allAnswered: false })],
    ['of unknown age', lives, aRun(rule({ older_than: 5 }))],
    ['opened after the listing', { used: [100.5, 106] }, aRun(rule({ users: ['ann*'] }))],
    ['in a dry run', lives, aRun({ dryRun: true })],
    ['in report mode', lives, aRun({ mode: 'report' })],
    ['beyond a limit', lives, aRun({}, { exitCode: 5 })],
  ])('may: %s', (_, given, run, faults = []) => {
    expect(complaints([aSession(given)], run, faults)).toEqual([]);
  });

  it.each(['ended', 'killed', 'already_ended'])('must not be said to be %s', (claim) => {
    const run = aRun(rule({ users: ['nobody'] }), { outcomes: new Map([['s', claim]]) });
    expect(complaints([aSession(lives)], run)).toEqual(['claimed ended']);
    // What was opened later is not what was spoken of.
    expect(complaints([aSession({ used: [102.5, 106] })], run)).toEqual([]);
  });

  it.each(['failed', 'in_doubt', 'spared'])('may be said to be %s', (claim) => {
    const run = aRun(rule({ users: ['nobody'] }), { outcomes: new Map([['s', claim]]) });
    expect(complaints([aSession(lives)], run)).toEqual([]);
  });
});

it('counts what had to end and did', () => {
  const run = aRun(rule({ users: ['ann@admin'] }));
  expect(judge({ sessions: [aSession({ used: [50], lost: 110 })], runs: [run], faults: [] }).hadToEnd).toBe(
    1,
  );
});
