import { describe, expect, test } from 'vitest';
import { findSchedules } from '../../../src/audit/schedule/find-schedules.ts';
import { thisHost } from '../../../src/audit/schedule/host.ts';
import { serviceProperties, timerProperties } from '../../../src/audit/schedule/timer.ts';
import { aHost, audited, printed } from './a-host.ts';

const search = { notes: [], audited, localZone: 'UTC', now: Date.parse('2026-11-23T02:03:00Z') };
const showTimer = `systemctl show reaper.timer --property=${timerProperties.join(',')}`;
const showService = `systemctl show reaper.service --property=${serviceProperties.join(',')}`;
const noTimer = {
  [showTimer]: printed('LoadState=not-found\n'),
  [showService]: printed('LoadState=not-found\n'),
};
const cronRuns = { '/proc/1/comm': 'init\n', '/proc/77/comm': 'cron\n' };
const line = '*/5 * * * * reaper reaper run --quiet\n';
const found = async (host: ReturnType<typeof aHost>) => findSchedules(search, host);

test('asks for the zone of the host only where there is a schedule that goes by it', async () => {
  const asking = {
    ...{ notes: [], audited, now: search.now },
    get localZone(): string {
      throw new Error('asked');
    },
  };
  const other = '5 4 * * * root backup\n';
  const files = (crontab: string) => ({ ...cronRuns, '/etc/crontab': crontab });
  const none = aHost({ answers: noTimer, files: files(other) });
  expect((await findSchedules(asking, none)).schedules).toEqual([]);
  const zoned = aHost({ answers: noTimer, files: files(`CRON_TZ=UTC\n${line}`) });
  expect((await findSchedules(asking, zoned)).schedules).toHaveLength(1);
  const one = aHost({ answers: noTimer, files: files(line) });
  await expect(findSchedules(asking, one)).rejects.toThrow('asked');
});

describe('the look for systemd’s timer', () => {
  test('finds it, with the service that it names', async () => {
    const timer =
      'LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nUnit=sweep.service\n' +
      'TimersCalendar={ OnCalendar=*-*-* *:00/5:00 ; next_elapse=n/a }\n';
    const host = aHost({
      answers: {
        [showTimer]: printed(timer),
        [showService.replace('reaper.service', 'sweep.service')]: printed(
          'LoadState=loaded\nExecStart={ path=/usr/bin/reaper ; argv[]=/usr/bin/reaper run ; ignore_errors=no ; }\n',
        ),
      },
    });
    expect(await found(host)).toMatchObject({
      schedules: [
        { kind: 'systemd', where: 'reaper.timer', longestGap: 300_000, active: true, problems: [] },
      ],
      notLooked: [],
    });
  });

  test('looks for another one where asked to', async () => {
    const host = aHost();
    await findSchedules({ ...search, timer: 'sweep.timer' }, host);
    expect(host.asked).toContain(showTimer.replace('reaper.timer', 'sweep.timer'));
  });

  test('looked and found none', async () => {
    expect(await found(aHost({ answers: noTimer }))).toEqual({ schedules: [], notLooked: [] });
  });

  test.each([
    [{}, 'systemctl is not there'],
    [
      {
        [showTimer]: {
          code: 1,
          stdout: '',
          stderr:
            "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
        },
      },
      "System has not been booted with systemd as init system (PID 1). Can't operate.",
    ],
    [{ [showTimer]: { code: 4, stdout: '', stderr: '' } }, 'systemctl ended with status 4'],
  ])('could not look: %#', async (answers, why) => {
    expect(await found(aHost({ answers }))).toEqual({
      schedules: [],
      notLooked: [`systemd’s timers: ${why}`],
    });
  });
});

describe('the look for cron', () => {
  const looked = async (host: Parameters<typeof aHost>[0]) =>
    found(aHost({ ...host, answers: { ...noTimer, 'id -u -- reaper': printed('999\n'), ...host?.answers } }));

  test('finds entries in every crontab', async () => {
    const { schedules, notLooked } = await looked({
      files: {
        ...cronRuns,
        '/etc/crontab': line,
        '/etc/cron.d/other': '* * * * * root true\n',
        '/etc/cron.d/reaper': line,
        '/var/spool/cron/crontabs/dba': '@daily reaper run\n',
        '/var/spool/cron/root': '@hourly /opt/reaper run\n',
      },
    });
    expect(schedules.map(({ where, active }) => `${where}: ${active}`)).toEqual([
      '/etc/crontab, line 1: true',
      '/etc/cron.d/reaper, line 1: true',
      '/var/spool/cron/crontabs/dba, line 1: true',
      '/var/spool/cron/root, line 1: true',
    ]);
    expect(notLooked).toEqual([]);
  });

  test.each([
    ['another owner', { '/etc/cron.d/reaper': { text: line, uid: 1000 } }, false, 'root'],
    ['writable for a group', { '/etc/cron.d/reaper': { text: line, mode: 0o664 } }, false, 'others'],
    ['writable for all', { '/etc/crontab': { text: line, mode: 0o646 } }, false, 'others'],
    ['a dot in its name', { '/etc/cron.d/reaper.cron': line }, undefined, 'dot'],
  ])('a file with %s', async (_what, files, active, problem) => {
    const { schedules } = await looked({ files: { ...cronRuns, ...files } });
    expect(schedules).toMatchObject([{ active, problems: [expect.stringContaining(problem)] }]);
  });

  test('a user’s own crontab belongs to that user', async () => {
    const file = { text: '@daily reaper run\n', uid: 1000, mode: 0o100600 };
    const { schedules } = await looked({ files: { ...cronRuns, '/var/spool/cron/crontabs/dba': file } });
    expect(schedules).toMatchObject([{ active: true, problems: [] }]);
  });

  test('a user who is not there', async () => {
    const answers = { 'id -u -- reaper': { code: 1, stdout: '', stderr: 'id: no such user' } };
    const { schedules } = await looked({ files: { ...cronRuns, '/etc/cron.d/reaper': line }, answers });
    expect(schedules).toMatchObject([
      { active: false, problems: [expect.stringContaining('no user reaper')] },
    ]);
  });

  test('says what this user may not read, and asks for its own crontab instead', async () => {
    const { schedules, notLooked } = await looked({
      files: { ...cronRuns, '/etc/cron.d/closed': line, '/var/spool/cron/crontabs/dba': '' },
      closed: ['/etc/cron.d/closed', '/var/spool/cron/crontabs'],
      answers: { 'crontab -l': printed('@daily reaper run\n') },
    });
    expect(notLooked).toEqual([
      '/etc/cron.d/closed: this user may not read it',
      '/var/spool/cron/crontabs: this user may not read it',
    ]);
    expect(schedules).toMatchObject([{ where: 'crontab -l, line 1', active: true }]);
  });

  test('does not ask for its own crontab where it could read all', async () => {
    const host = aHost({ files: { '/var/spool/cron/root': '' }, answers: noTimer });
    await found(host);
    expect(host.asked).not.toContain('crontab -l');
  });

  test.each([
    [{ '/proc/1/comm': 'init', '/proc/9/comm': 'crond\n' }, [], true],
    [{ '/proc/1/comm': 'init', '/proc/9/comm': 'cronolog\n' }, [], false],
    // Who may not see the first process may not see cron either.
    [{ '/proc/1/comm': 'init', '/proc/9/comm': 'bash\n' }, ['/proc/1/comm'], undefined],
    [{}, [], undefined],
  ])('whether the daemon runs: %j', async (processes, closed, active) => {
    const { schedules } = await looked({ files: { ...processes, '/etc/cron.d/reaper': line }, closed });
    expect(schedules).toMatchObject([{ active }]);
  });

  test('holds what an entry names against what is audited, whatever links lead there', async () => {
    const text =
      '@daily reaper reaper run --policy /srv/link.yaml\n@daily reaper reaper run --policy /srv/other.yaml\n';
    const host = aHost({
      files: { ...cronRuns, '/etc/crontab': text },
      answers: { ...noTimer, 'id -u -- reaper': printed('999\n') },
    });
    const { schedules } = await findSchedules(search, { ...host, realPath: audited.realPath });
    expect(schedules).toMatchObject([
      { active: true, problems: [] },
      { active: undefined, problems: ['it runs with another policy: /srv/other.yaml'] },
    ]);
  });

  test('knows where systemd runs', async () => {
    const text = '@daily root test -d /run/systemd/system || reaper run\n';
    const files = { ...cronRuns, '/etc/crontab': text, '/run/systemd/system/x': '' };
    const { schedules } = await looked({ files });
    expect(schedules).toMatchObject([{ active: false, problems: [expect.stringContaining('reaper.timer')] }]);
  });
});

test('a note is what somebody vouches for', async () => {
  const { schedules } = await findSchedules({ ...search, notes: ['CronJob reaper, every 15 min'] }, aHost());
  expect(schedules).toEqual([
    {
      kind: 'note',
      where: 'attested',
      says: 'CronJob reaper, every 15 min',
      longestGap: undefined,
      active: undefined,
      lastRun: undefined,
      nextRun: undefined,
      problems: [],
    },
  ]);
});

describe('this host', () => {
  test('tells a program’s answer from one that is not there', async () => {
    expect(await thisHost.execute('sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await thisHost.execute('date', ['-d', '@0', '+%Z %A'])).toMatchObject({
      stdout: 'UTC Thursday\n',
    });
    expect(await thisHost.execute('no-such-program-at-all', [])).toEqual({
      code: undefined,
      why: 'no-such-program-at-all is not there',
    });
  });

  test('follows links, and leaves alone what leads nowhere', () => {
    expect(thisHost.realPath('/proc/self/cwd')).toBe(process.cwd());
    expect(thisHost.realPath('/no/such/path')).toBe('/no/such/path');
  });

  test('can be looked at by anybody', async () => {
    const { schedules, notLooked } = await findSchedules({ ...search, notes: ['x'] });
    expect(schedules.at(-1)).toMatchObject({ kind: 'note' });
    expect(notLooked.every((note) => /^(?:systemd’s timers|reaper\.service|\/\S+): \S/.test(note))).toBe(
      true,
    );
  });
});
