import { describe, expect, test } from 'vitest';
import { aNight, audit, morning, night, note, timer } from '../an-audit.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('the schedule is not seen', () => {
  test('of one run, which has no gap', async () => {
    const [only] = aNight((run) => (run.at === morning ? { ...run, sessions: { 1: 'ended' } } : undefined));
    const evidence = await audit(only === undefined ? [] : [only]);
    expect(evidence.reasons).toEqual([
      'Only one run of the schedule has succeeded in the window, and one has no gap: wait for the next, or look back further with --look-back.',
    ]);
  });

  test('of what may not start it, and why is said', async () => {
    const off = { ...timer, where: 'cron', active: false };
    const problems = ['it is not enabled (disabled), so the next boot does not start it'];
    const evidence = await audit(aNight(), { schedules: [off, { ...timer, active: undefined, problems }] });
    expect(evidence.reasons).toEqual([
      'reaper.timer: OnCalendar=*:0/5; it cannot be told whether it starts it daily (it is not enabled (disabled), so the next boot does not start it).',
    ]);
  });

  test('nor does a failure by hand speak for it or against it', async () => {
    const byHand = { at: morning + minute, byHand: true, brokeOff: true, exitCode: 69 };
    expect((await audit([...aNight(), byHand])).status).toBe('not_a_finding');
  });
});

describe('a clock that was set back', () => {
  const later = aNight((run) => ({ ...run, sessions: {} })).map((run) => ({ ...run, at: run.at + 2 * day }));
  const at = morning + 2 * day + 2 * minute;

  test('and by which a run was added to a gap of two days cannot tell how long it did not run', async () => {
    const added = { at: morning + 20 * hour };
    const evidence = await audit([...aNight(), ...later, added], { at });
    expect(evidence.status).toBe('not_reviewed');
    expect(evidence.step('schedule')).toMatchObject({
      state: 'unseen',
      because: [
        'The clock of this host went back after line 969, by 1d4h: how long it did not run cannot be told.',
      ],
      facts: expect.arrayContaining([
        {
          label: 'clock set back',
          values: ['after line 969: from 2026-10-23T06:00:00.000Z to 2026-10-22T02:00:00.000Z (1d4h)'],
        },
      ]),
    });
  });

  test('since it stood a day ahead, hides no gap', async () => {
    const ahead = [{ at: morning + day }, { at: morning + 10 * minute }];
    const evidence = await audit([...aNight(), ...ahead, ...later], { at });
    expect(evidence.gaps).toEqual([]);
    expect(evidence.reasons).toEqual([
      expect.stringMatching(/^The clock of this host went back after line 489, by 23h50m:/),
    ]);
  });

  test('just now stands before the log', async () => {
    const evidence = await audit(aNight(), { at: morning - hour });
    expect(evidence.reasons).toEqual([
      'The clock of this host went back after line 485, by 1h: how long it did not run cannot be told.',
    ]);
  });

  test('before the window is forgotten', async () => {
    const old = [{ at: morning - 40 * day }, { at: morning - 41 * day }];
    expect((await audit([...old, ...aNight()])).reasons.join()).not.toContain('clock');
  });
});

describe('a note', () => {
  const off = { ...timer, active: false, problems: ['it is not started (inactive)'] };
  const twoNights = [...aNight(), ...aNight().map((run) => ({ ...run, at: run.at + day }))];

  test.each([
    { beside: 'nothing', schedules: [note] },
    { beside: 'a timer that is off', schedules: [off, note] },
    { beside: 'a timer that is rare', schedules: [{ ...timer, longestGap: 7 * day }, note] },
  ])('beside $beside needs a day of runs', async ({ schedules }) => {
    const evidence = await audit(aNight(), { schedules });
    expect(evidence.reasons).toEqual([
      'The note names a schedule, and the log covers only 10h2m: a day of runs must stand beside it.',
    ]);
    expect(evidence.status).toBe('not_reviewed');
    expect((await audit(twoNights, { schedules, at: morning + day })).status).toBe('not_a_finding');
  });

  test('needs none beside a timer that is good', async () => {
    expect((await audit(aNight(), { schedules: [note, timer] })).status).toBe('not_a_finding');
  });
});

describe('a log without its beginning', () => {
  const chain = {
    intact: true,
    faults: [],
    torn: 0,
    lines: 484,
    files: ['f'],
    head: undefined,
    first: undefined,
    after: undefined,
  };
  const begun = { first: { sequence: 77, at: night } };

  test('in the window does not show what came before', async () => {
    const evidence = await audit(aNight(), { chain: { ...chain, ...begun } });
    expect(evidence.reasons).toEqual([
      'The log begins with line 77 at 2026-10-20T20:00:00.000Z: what came before in the window was not seen; --look-back can begin with it.',
    ]);
    expect(evidence.step('schedule')?.state).toBe('unseen');
  });

  test('does not excuse a gap', async () => {
    const at = morning + 2 * day;
    expect((await audit(aNight(), { chain: { ...chain, ...begun }, at })).status).toBe('open');
  });

  test.each([
    { name: 'before the window shows all of it', chain: { ...chain, ...begun }, since: night },
    { name: 'but young, with its very first line', chain: { ...chain, first: { sequence: 1, at: night } } },
    { name: 'of which that is not known', chain },
  ])('$name', async ({ name: _name, ...more }) => {
    expect((await audit(aNight(), more)).status).toBe('not_a_finding');
  });
});
