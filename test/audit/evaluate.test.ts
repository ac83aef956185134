import { describe, expect, test } from 'vitest';
import type { Seen } from '../../src/audit/evaluate.ts';
import { stigs } from '../../src/audit/stig.ts';
import type { LoggedRun } from './a-log.ts';
import { aNight, aPolicy, audit, authority, morning, night, note, timer } from './an-audit.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('a night of runs', () => {
  test('every five minutes is not a finding', async () => {
    const evidence = await audit(aNight());
    expect(evidence.steps.map(({ state }) => state)).toEqual(Array(5).fill('shown'));
    expect(evidence).toMatchObject({
      status: 'not_a_finding',
      gaps: [],
      longestGap: 5 * minute,
      deployment: 'rs0',
    });
    expect(evidence.runs).toHaveLength(121);
    expect(evidence.ended).toMatchObject([{ rule: 'idle', user: 'alice@admin', ended: 1 }]);
  });

  test('with a gap of two hours is none either, and the gap is told', async () => {
    const gap = (at: number): boolean => at > night + 3 * hour && at < night + 5 * hour;
    const evidence = await audit(aNight((run) => (gap(run.at) ? undefined : run)));
    expect(evidence).toMatchObject({ status: 'not_a_finding', longestGap: 2 * hour });
    expect(evidence.step('schedule')?.because[0]).toContain('the longest gap between successful runs is 2h');
  });

  test('with a failed run is none either, and the failed run is no success', async () => {
    const evidence = await audit(
      aNight((run) => (run.at === night + 4 * hour ? { ...run, exitCode: 69, brokeOff: true } : run)),
    );
    expect(evidence).toMatchObject({ status: 'not_a_finding', longestGap: 10 * minute });
    expect(evidence.runs.filter(({ state }) => state === 'failed')).toMatchObject([{ exitCode: 69 }]);
  });

  test('after a gap of 25 hours is a finding', async () => {
    const late = aNight().map((run) => ({ ...run, at: run.at + 25 * hour + 10 * hour }));
    const evidence = await audit([...aNight(), ...late], { at: morning + 35 * hour + 2 * minute });
    expect(evidence).toMatchObject({ status: 'open', gaps: [{ from: morning, to: morning + 25 * hour }] });
    expect(evidence.reasons).toEqual([expect.stringMatching(/^For 1d1h no run succeeded/)]);
  });

  test.each([
    { name: 'a day, and the seconds of a timer', length: 24 * hour + 10 * minute, status: 'not_a_finding' },
    { name: 'an hour more than a day', length: 25 * hour, status: 'open' },
  ])('that is $name ago: $status', async ({ length, status }) => {
    expect((await audit(aNight(), { at: morning + length })).status).toBe(status);
  });

  test('in which the last day’s runs all failed is a finding that says so', async () => {
    const failing = aNight().map((run) => ({ at: run.at + 30 * hour, exitCode: 77, brokeOff: true }));
    const evidence = await audit([...aNight(), ...failing], { at: morning + 30 * hour });
    expect(evidence.status).toBe('open');
    expect(evidence.reasons.join()).toContain('the last run failed (exit 77)');
  });
});

describe('what was not seen', () => {
  test.each<{ name: string; logged?: LoggedRun[]; more: Partial<Seen>; reason: RegExp }>([
    { name: 'no run at all', logged: [], more: {}, reason: /no run that came to its end/ },
    {
      name: 'who decided it',
      more: { loaded: aPolicy({ authority: { ...authority, approvedOn: undefined } }) },
      reason: /authority lacks approved_on/,
    },
    {
      name: 'the present policy at work',
      more: { loaded: { ...aPolicy(), sha256: 'b'.repeat(64) } },
      reason: /another policy/,
    },
    { name: 'a schedule', more: { schedules: [] }, reason: /No schedule was found on this host: name it/ },
    {
      name: 'whether there is one',
      more: { schedules: [], notLooked: ['systemd: denied'] },
      reason: /could not look: systemd: denied/,
    },
    {
      name: 'a termination',
      logged: aNight((run) => ({ ...run, sessions: {} })),
      more: {},
      reason: /No session has had to end yet/,
    },
    {
      name: 'a member',
      logged: aNight((run) => ({ ...run, membersSilent: ['m2:27017'] })),
      more: {},
      reason: /no answer from m2/,
    },
    {
      name: 'the right to list',
      logged: aNight((run) => ({ ...run, actions: [] })),
      more: {},
      reason: /does not say that its account may list/,
    },
    {
      name: 'anything but runs by hand',
      logged: aNight((run) => ({ ...run, byHand: true })),
      more: {},
      reason: /No run of the schedule has succeeded in the window: one at a terminal/,
    },
    {
      name: 'a day beside a note',
      more: { schedules: [note] },
      reason: /a day of runs must stand beside it/,
    },
  ])('is not reviewed: $name', async ({ logged = aNight(), more, reason }) => {
    const evidence = await audit(logged, more);
    expect(evidence.status).toBe('not_reviewed');
    expect(evidence.reasons.join('\n')).toMatch(reason);
  });

  test('a run by hand shows what the policy does, and no schedule', async () => {
    const byHand = { at: morning, byHand: true, sessions: { 1: 'ended' } } as const;
    const evidence = await audit([byHand], { at: morning + 60_000 });
    const states = ['listing', 'determination', 'termination', 'schedule'].map(
      (name) => evidence.steps.find((step) => step.name === name)?.state,
    );
    expect(states).toEqual(['shown', 'shown', 'shown', 'unseen']);
    expect(evidence.reasons).toHaveLength(1);
  });

  test('neither does one for a single user, which asks no rules', async () => {
    const only = { at: morning, byHand: true, only: true, sessions: { 1: 'ended' } } as const;
    const evidence = await audit([only], { at: morning + 60_000 });
    expect(evidence.reasons).toEqual([
      'The audit log has no run that came to its end: a dry run leaves none.',
      expect.stringContaining('No run of the schedule'),
    ]);
  });

  test('is made good by a note and a day of runs', async () => {
    const second = aNight().map((run) => ({ ...run, at: run.at + 24 * hour }));
    const evidence = await audit([...aNight(), ...second], { schedules: [note], at: morning + 24 * hour });
    expect(evidence.status).toBe('not_a_finding');
  });

  test('counts for nothing in a log that was changed', async () => {
    const chain = {
      intact: false,
      faults: [{ file: 'f', line: 3, problem: 'is no JSON' }],
      torn: 0,
      lines: 9,
      files: ['f'],
      first: undefined,
      after: undefined,
      head: undefined,
    };
    expect(await audit(aNight(), { chain })).toMatchObject({
      status: 'not_reviewed',
      reasons: [expect.stringContaining('it proves nothing')],
    });
  });
});

describe('what speaks against it', () => {
  const last = (change: Partial<LoggedRun>): LoggedRun[] =>
    aNight((run) => (run.at === morning ? { ...run, ...change } : run));

  test.each<{ name: string; logged?: LoggedRun[]; more?: Partial<Seen>; reason: RegExp }>([
    { name: 'runs that end nothing', more: { loaded: aPolicy({ mode: 'report' }) }, reason: /mode: report/ },
    {
      name: 'a session that could not be ended',
      logged: last({ exitCode: 3, sessions: { 9: 'failed' } }),
      reason: /failed to end 1 session\./,
    },
    {
      name: 'a session in doubt',
      logged: last({ exitCode: 3, sessions: { 9: 'in_doubt' } }),
      reason: /Of 1 session it is in doubt/,
    },
    {
      name: 'a timer that is off',
      more: { schedules: [{ ...timer, active: false, problems: ['it is disabled'] }] },
      reason: /does not start it: it is disabled/,
    },
    {
      name: 'a timer that is rare',
      more: { schedules: [{ ...timer, longestGap: 7 * 24 * hour }] },
      reason: /only every 7d/,
    },
  ])('is a finding: $name', async ({ logged = aNight(), more = {}, reason }) => {
    const evidence = await audit(logged, more);
    expect(evidence.status).toBe('open');
    expect(evidence.reasons.join('\n')).toMatch(reason);
  });

  test('is outweighed by a second schedule that is good', async () => {
    const rare = { ...timer, longestGap: 7 * 24 * hour };
    expect((await audit(aNight(), { schedules: [rare, timer] })).status).toBe('not_a_finding');
  });
});

describe('a run that was cut off', () => {
  const sessions = { 5: 'planned', 6: 'attempted', 7: 'ended' } as const;
  const cut = (cutAfter: LoggedRun['cutAfter'], more: readonly LoggedRun[] = []) =>
    audit([...aNight(), { at: morning + minute, sessions, ...(cutAfter && { cutAfter }) }, ...more]);

  test.each([
    { cutAfter: 'run-started', states: [] },
    { cutAfter: 'plan', states: ['not_attempted', 'not_attempted', 'not_attempted'] },
    { cutAfter: 'attempt', states: ['not_attempted', 'in_doubt', 'in_doubt'] },
    { cutAfter: 'outcome', states: ['not_attempted', 'in_doubt'] },
  ] as const)('after $cutAfter leaves $states', async ({ cutAfter, states }) => {
    const evidence = await cut(cutAfter);
    expect(evidence.openEnds.map(({ state }) => state)).toEqual(states);
    expect(evidence.runs.at(-1)?.state).toBe('unfinished');
    expect(evidence.status).toBe(states.length > 0 ? 'open' : 'not_a_finding');
  });

  test('is cleared up by the next run, which looks at everything', async () => {
    const evidence = await cut('outcome', [{ at: morning + 90_000, gone: [6] }]);
    expect(evidence).toMatchObject({ openEnds: [], status: 'not_a_finding' });
  });

  test('also by one at a terminal, if it asks all rules', async () => {
    const byHand = { at: morning + 90_000, byHand: true, gone: [6] };
    expect((await cut('outcome', [byHand])).openEnds).toEqual([]);
  });

  test('is not cleared up by one for a single user, or that failed', async () => {
    const rest = await cut('outcome', [
      { at: morning + 80_000, byHand: true, only: true },
      { at: morning + 90_000, exitCode: 3 },
    ]);
    expect(rest.openEnds).toHaveLength(2);
  });
});

describe('the other ways to close it', () => {
  const documented = { ...authority, notRequired: 'the SSP says so' };

  test('termination is documented as not required', async () => {
    const evidence = await audit([], { loaded: aPolicy({ authority: documented }), schedules: [] });
    expect(evidence).toMatchObject({
      status: 'not_a_finding',
      reasons: [expect.stringContaining('the SSP says so')],
    });
  });

  test('but not without the document', async () => {
    const bare = aPolicy({ authority: { ...documented, document: undefined } });
    expect((await audit([], { loaded: bare })).status).toBe('not_reviewed');
  });

  test.each([{ document: 'REPLACE: the section' }, { notRequired: 'REPLACE: the reason' }])(
    'nor with what a ready policy has in place of it: %j',
    async (unfilled) => {
      const loaded = aPolicy({ authority: { ...documented, ...unfilled } });
      expect((await audit([], { loaded })).status).toBe('not_reviewed');
    },
  );

  test('nor is a definition shown whose document is still to be filled in', async () => {
    const loaded = aPolicy({ authority: { ...authority, document: 'REPLACE: the section' } });
    const evidence = await audit(aNight(), { loaded });
    expect(evidence.status).toBe('not_reviewed');
    expect(evidence.reasons).toEqual([expect.stringContaining('authority lacks document')]);
  });

  test.each(['7', '4'] as const)(
    'the %s.x STIG asks for no script, so only an attestation closes it',
    async (product) => {
      const stig = stigs[product];
      expect((await audit(aNight(), { stig })).status).toBe('not_reviewed');
      const attested = await audit(aNight(), { stig, attestation: 'Jane Isso, 2026-11-01' });
      expect(attested).toMatchObject({
        status: 'not_a_finding',
        reasons: ['Attested: Jane Isso, 2026-11-01'],
      });
    },
  );
});
