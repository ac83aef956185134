import { describe, expect, test } from 'vitest';
import { schedulesIn, type Crontab } from '../../../src/audit/schedule/cron.ts';
import { shippedFiles } from '../../../src/install/shipped.ts';
import { audited } from './a-host.ts';

const clock = { zone: 'UTC', now: Date.parse('2026-11-23T02:03:00Z') };
const running = { cronRuns: true, systemdRuns: false };
const hour = 3_600_000;

const inCronD = (text: string, changes: Partial<Crontab> = {}): Crontab => ({
  source: '/etc/cron.d/reaper',
  text,
  hasUserColumn: true,
  ignoredBecause: undefined,
  doubts: [],
  ...changes,
});
const one = (crontab: Crontab, host = running) => {
  const entries = schedulesIn(crontab, host, clock, audited);
  expect(entries).toHaveLength(1);
  return entries[0];
};
const line = '*/5 * * * * reaper reaper run --quiet\n';

describe('a schedule of cron', () => {
  test('that is as shipped', () => {
    const text = shippedFiles().get('systemd/reaper.cron') ?? '';
    const found = one(inCronD(text));
    expect(found).toMatchObject({
      user: 'reaper',
      schedule: {
        kind: 'cron',
        where: '/etc/cron.d/reaper, line 14',
        longestGap: 300_000,
        active: true,
        lastRun: undefined,
        nextRun: Date.parse('2026-11-23T02:05:00Z'),
        problems: [],
      },
    });
    expect(found?.schedule.says).toMatch(/^\*\/5 \* \* \* \* reaper test -d .* --every 5m$/);
  });

  test('that is as shipped does nothing where systemd runs', () => {
    const text = shippedFiles().get('systemd/reaper.cron') ?? '';
    const { schedule } = one(inCronD(text), { cronRuns: true, systemdRuns: true }) ?? {};
    expect(schedule).toMatchObject({ active: false, problems: [expect.stringContaining('reaper.timer')] });
  });

  test.each([
    ['[ -e /run/systemd/system ] || reaper run', false],
    ['test -d /run/systemd/system && reaper run', true],
    ['reaper run', true],
  ])('where systemd runs: %s', (command, active) => {
    const found = one(inCronD(`@hourly root ${command}\n`), { cronRuns: true, systemdRuns: true });
    expect(found?.schedule.active).toBe(active);
  });

  test.each([
    ['there is no daemon', inCronD(line), { cronRuns: false, systemdRuns: false }, false, 'no cron daemon'],
    ['cron ignores the file', inCronD(line, { ignoredBecause: 'so' }), running, false, 'so'],
    ['cron may ignore the file', inCronD(line, { doubts: ['perhaps'] }), running, undefined, 'perhaps'],
    ['no line end follows', inCronD(line.trim()), running, undefined, 'line end'],
    [
      'it is another policy’s',
      inCronD('@daily root reaper run -p /a.yaml\n'),
      running,
      undefined,
      'another policy',
    ],
    ['nobody knows', inCronD('@daily root wrap reaper run\n'), running, undefined, 'whether wrap starts'],
    ['it is a dry run', inCronD('@daily root reaper run -n\n'), running, false, '--dry-run'],
    ['it starts at boot alone', inCronD('@reboot root reaper run\n'), running, true, 'only when the host'],
    ['its times make no sense', inCronD('99 * * * * root reaper run\n'), running, true, 'cannot be told'],
  ])('where %s', (_why, crontab, host, active, problem) => {
    expect(one(crontab, host)?.schedule).toMatchObject({
      active,
      problems: [expect.stringContaining(problem)],
    });
  });

  test('of which nobody can say whether a daemon runs', () => {
    const found = one(inCronD(line), { ...running, cronRuns: undefined as never });
    expect(found?.schedule).toMatchObject({ active: undefined, problems: [] });
  });

  test('has the zone that the crontab sets', () => {
    const [first, second] = schedulesIn(
      inCronD('0 12 * * * root reaper run\nCRON_TZ=Europe/Berlin\n0 12 * * * root reaper run\n'),
      running,
      clock,
      audited,
    );
    expect([first?.schedule.longestGap, second?.schedule.longestGap]).toEqual([24 * hour, 25 * hour]);
  });

  test('is none that runs something else', () => {
    expect(
      schedulesIn(inCronD('@daily root reaper list\n# @daily root reaper run\n'), running, clock, audited),
    ).toEqual([]);
  });

  test('shows no password', () => {
    const found = one(inCronD('@daily root REAPER_MONGODB_URI=mongodb://a:s3cret@db1/ reaper run\n'));
    expect(JSON.stringify(found)).not.toContain('s3cret');
    expect(found?.schedule.problems).toEqual([expect.stringContaining('connection string')]);
  });
});
