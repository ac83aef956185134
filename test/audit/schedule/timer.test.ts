import { describe, expect, test } from 'vitest';
import { propertiesIn, scheduleOfTimer } from '../../../src/audit/schedule/timer.ts';
import { audited } from './a-host.ts';

const now = Date.parse('2026-11-23T02:03:00Z');
const minute = 60_000;
const hour = 60 * minute;

/** As `systemctl show` prints it with TZ=UTC. */
const shown = {
  LoadState: 'loaded',
  UnitFileState: 'enabled',
  ActiveState: 'active',
  FragmentPath: '/etc/systemd/system/reaper.timer',
  Unit: 'reaper.service',
  TimersCalendar: '{ OnCalendar=*-*-* *:00/5:00 ; next_elapse=Mon 2026-11-23 02:05:00 UTC }',
  RandomizedDelayUSec: '0',
  FixedRandomDelay: 'no',
  LastTriggerUSec: 'Mon 2026-11-23 02:00:04 UTC',
  NextElapseUSecRealtime: 'Mon 2026-11-23 02:05:00 UTC',
};
const command = '/usr/bin/node /usr/lib/reaper/reaper.js run --policy /etc/reaper/policy.yaml';
const execStart = (line: string) =>
  `{ path=/usr/bin/node ; argv[]=${line} ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }`;

const text = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

function schedule(changes: Readonly<Record<string, string>> = {}, line = command, zone = 'UTC') {
  const service = propertiesIn(text({ LoadState: 'loaded', ExecStart: execStart(line) }));
  const timer = propertiesIn(text({ ...shown, ...changes }));
  return scheduleOfTimer('reaper.timer', timer, service, { localZone: zone, now, audited });
}

describe('the timer', () => {
  test('that is as shipped', () => {
    expect(schedule()).toEqual({
      kind: 'systemd',
      where: 'reaper.timer (/etc/systemd/system/reaper.timer)',
      says: `OnCalendar=*-*-* *:00/5:00, ExecStart=${command}`,
      longestGap: 5 * minute,
      active: true,
      lastRun: Date.parse('2026-11-23T02:00:04Z'),
      nextRun: Date.parse('2026-11-23T02:05:00Z'),
      problems: [],
    });
  });

  test.each([{ LoadState: 'not-found', ActiveState: 'inactive' }, { LoadState: '' }])(
    'that is not there: %j',
    (changes) => {
      expect(schedule(changes)).toBeUndefined();
    },
  );

  test.each([
    [{ ActiveState: 'inactive' }, command, 'not started'],
    [{ ActiveState: 'failed', UnitFileState: 'disabled' }, command, 'not started (failed)'],
    [{ LoadState: 'masked', ActiveState: 'inactive', UnitFileState: 'masked' }, command, 'masked'],
    [{ LoadState: 'bad-setting' }, command, 'bad-setting'],
    [{}, `${command} --dry-run`, '--dry-run'],
    [{}, '/usr/bin/true', 'reaper.service does not run reaper run'],
  ])('does not start what it should: %j %s', (changes, line, problem) => {
    const found = schedule(changes, line);
    expect(found?.active).toBe(false);
    expect(found?.problems).toEqual([expect.stringContaining(problem)]);
  });

  test('that starts a run elsewhere speaks neither for this one nor against it', () => {
    const found = schedule({}, '/usr/bin/node /usr/lib/reaper/reaper.js run --state-dir /srv/x');
    expect(found?.active).toBeUndefined();
    expect(found?.problems).toEqual(['it runs with another state directory: /srv/x']);
  });

  test.each(['disabled', 'enabled-runtime', 'linked', 'linked-runtime', 'transient'])(
    'that is started and %s does not outlive the next boot',
    (UnitFileState) => {
      expect(schedule({ UnitFileState })).toMatchObject({
        active: undefined,
        problems: [`it is not enabled (${UnitFileState}), so the next boot does not start it`],
      });
    },
  );

  test.each(['static', 'indirect', 'alias', 'generated', ''])(
    'that is started and %j may or may not outlive the next boot',
    (UnitFileState) => {
      expect(schedule({ UnitFileState })).toMatchObject({
        active: undefined,
        problems: [
          `it is not enabled itself (${UnitFileState || 'no state'}): whether the next boot starts it cannot be told`,
        ],
      });
    },
  );

  test('of which nobody can say what it starts', () => {
    expect(schedule({}, '/opt/wrap reaper run')).toMatchObject({
      active: undefined,
      problems: [expect.stringContaining('whether /opt/wrap starts reaper run')],
    });
  });

  test('that never ran, and has no next start', () => {
    const found = schedule({ LastTriggerUSec: 'n/a', NextElapseUSecRealtime: '' });
    expect(found).toMatchObject({ lastRun: undefined, nextRun: undefined });
  });

  test('of a service with several commands is one that runs reaper', () => {
    const service = propertiesIn(
      `LoadState=loaded\nExecStart=${execStart('/usr/bin/true')}\nExecStart=${execStart(command)}\n`,
    );
    const found = scheduleOfTimer('reaper.timer', propertiesIn(text(shown)), service, {
      localZone: 'UTC',
      now,
      audited,
    });
    expect(found).toMatchObject({ active: true, problems: [] });
    expect(found?.says).toContain(`ExecStart=/usr/bin/true; ${command}`);
  });

  test('shows no password', () => {
    const found = schedule({}, `/usr/bin/env REAPER_MONGODB_URI=mongodb://a:s3cret@db1/ reaper run`);
    expect(JSON.stringify(found)).not.toContain('s3cret');
    expect(found?.problems).toEqual([expect.stringContaining('connection string')]);
  });
});

describe('the longest time between two starts of a timer', () => {
  const calendar = (expression: string) => ({
    TimersCalendar: `{ OnCalendar=${expression} ; next_elapse=n/a }`,
  });
  const span = (line: string) => ({
    TimersCalendar: '',
    TimersMonotonic: `{ ${line} ; next_elapse=3h 10min }`,
  });

  test.each([
    [calendar('*-*-* 02:00:00'), 24 * hour],
    [calendar('Mon *-*-* 02:00:00'), 168 * hour],
    [{ ...calendar('*-*-* 02:00:00'), RandomizedDelayUSec: '1h 30min' }, 25.5 * hour],
    [{ ...calendar('*-*-* 02:00:00'), RandomizedDelayUSec: '3h', FixedRandomDelay: 'yes' }, 24 * hour],
    [calendar('2026-*-* 02:00:00'), undefined],
    [span('OnUnitActiveUSec=5min'), 5 * minute],
    [span('OnUnitInactiveUSec=1d 12h'), 36 * hour],
    [span('OnUnitActiveUSec=1month'), 730.5 * hour],
    [span('OnUnitActiveUSec=1w 30s'), 168 * hour + 30_000],
    [span('OnUnitActiveUSec=often'), undefined],
  ])('%j', (changes, gap) => {
    expect(schedule(changes)?.longestGap).toBe(gap);
  });

  test('goes by the zone of the host, unless the calendar names one', () => {
    expect(schedule(calendar('*-*-* 12:00:00'), command, 'Europe/Berlin')?.longestGap).toBe(25 * hour);
    expect(schedule(calendar('*-*-* 12:00:00 UTC'), command, 'Europe/Berlin')?.longestGap).toBe(24 * hour);
  });

  test('is that of the line that starts most often', () => {
    const both = `TimersCalendar={ OnCalendar=*-*-* 02:00:00 ; next_elapse=n/a }\n${text({
      ...shown,
      TimersMonotonic: '{ OnUnitActiveUSec=1h ; next_elapse=n/a }',
    })}`;
    const service = propertiesIn(text({ ExecStart: execStart(command) }));
    const options = { localZone: 'UTC', now, audited };
    const found = scheduleOfTimer('reaper.timer', propertiesIn(both), service, options);
    expect(found?.longestGap).toBe(5 * minute);
    expect(found?.says).toContain('OnCalendar=*-*-* 02:00:00, OnCalendar=*-*-* *:00/5:00, every 1h, ');
  });

  test('is none after the one start that follows a boot', () => {
    expect(schedule(span('OnBootUSec=5min'))).toMatchObject({
      longestGap: undefined,
      problems: [expect.stringContaining('again and again')],
    });
  });
});
