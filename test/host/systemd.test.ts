import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cronOf } from '../../src/audit/schedule/calendar.ts';
import { nextStartOf } from '../../src/audit/schedule/cron-times.ts';
import { intervalOf } from '../../src/install/interval.ts';
import { shippedFiles } from '../../src/install/shipped.ts';
import { debianTool } from '../support/debian-tool.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const programs = new Map<string, string>();
beforeAll(async () => {
  for (const program of ['systemd-analyze', 'systemd-sysusers'])
    programs.set(program, await debianTool({ program, package: 'systemd' }));
}, 600_000);

const execute = (program: string, args: readonly string[], cwd?: string): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const path = programs.get(program) ?? program;
    const env = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', SYSTEMD_COLORS: '0' };
    execFile(path, args, { cwd, env }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });

describe('systemd itself', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'reaper-units-'));
    // Node is not in the same place everywhere, and a command that is not there is a fault of the unit.
    for (const [path, text] of shippedFiles()) {
      if (/\.(?:service|timer|sysusers)$/.test(path))
        await writeFile(join(dir, basename(path)), text.replaceAll('/usr/bin/node', process.execPath));
    }
  });
  afterEach(() => rm(dir, { recursive: true }));

  async function addDropIns(names: readonly string[]): Promise<void> {
    for (const [path, text] of shippedFiles()) {
      if (!names.includes(basename(path))) continue;
      const file = join(dir, 'reaper.service.d', basename(path));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text.replaceAll('/usr/bin/node', process.execPath));
    }
  }

  test.each([[[]], [['jitless.conf']], [['jitless.conf', 'metrics.conf']]])(
    'has nothing to say against the units, with %j',
    async (dropIns) => {
      await addDropIns(dropIns);
      const units = ['./reaper.service', './reaper.timer', './reaper-notify@.service'];
      const { code, stdout, stderr } = await execute('systemd-analyze', ['verify', ...units], dir);
      expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: '' });
    },
  );

  test('would say something against a wrong one', async () => {
    await addDropIns(['jitless.conf']);
    const file = join(dir, 'reaper.service.d', 'jitless.conf');
    await writeFile(file, `${await readFile(file, 'utf8')}NoSuchDirective=yes\n`);
    const { stderr } = await execute('systemd-analyze', ['verify', './reaper.service'], dir);
    expect(stderr).toContain('NoSuchDirective');
  });

  test.each([[[]], [['jitless.conf']]])('finds an exposure of 1.0 at most, with %j', async (dropIns) => {
    await addDropIns(dropIns);
    const args = ['security', '--offline=true', '--no-pager', '--threshold=10', './reaper.service'];
    const { code, stdout, stderr } = await execute('systemd-analyze', args, dir);
    expect(
      code,
      `${stderr}${stdout
        .split('\n')
        .filter((line) => !line.startsWith('✓'))
        .join('\n')}`,
    ).toBe(0);
    expect(stdout.includes('✓ MemoryDenyWriteExecute=')).toBe(dropIns.length > 0);
  });

  test('makes the user that the service has', async () => {
    const root = join(dir, 'root');
    await mkdir(join(root, 'etc'), { recursive: true });
    const { code, stderr } = await execute('systemd-sysusers', [
      `--root=${root}`,
      join(dir, 'reaper.sysusers'),
    ]);
    expect({ code, failed: /fail/i.exec(stderr)?.input }).toEqual({ code: 0, failed: undefined });
    expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toMatch(
      /^reaper:x:\d+:\d+:Ends MongoDB user sessions by policy:\/var\/lib\/reaper:\S*nologin$/m,
    );
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toMatch(/^reaper:x:\d+:$/m);
  });
});

describe('a calendar expression starts when systemd says', () => {
  const minute = 60_000;
  const ours = [1, 5, 12, 30, 60, 360, 720, 1440].map((minutes) => intervalOf(minutes * minute).onCalendar);
  const others = [
    'Mon..Fri 02:0/5',
    'Sat,Sun 03:00',
    'Sun 4:10',
    '*-*-1,15 4:0/20',
    '*-02..06-* 8..18/2:30',
    'quarterly',
    'weekly',
    '*-1/3-1 00:00',
    'daily Europe/Berlin',
    '*:0,30',
  ];

  test.each([...ours, ...others])('%s', async (expression) => {
    const base = '2026-11-23 02:03:30 UTC';
    const args = ['calendar', '--iterations=40', `--base-time=${base}`, expression];
    const { code, stdout } = await execute('systemd-analyze', args);
    expect(code).toBe(0);
    const [, normalized = ''] =
      /Normalized form: (.*)/.exec(stdout) ?? /Original form: (.*)/.exec(stdout) ?? [];
    const times = [...stdout.matchAll(/(?:Next elapse|Iter\. #\d+): \w{3} (\S+) (\S+) UTC/g)];
    const theirs = times.map(([, date, time]) => Date.parse(`${date}T${time}Z`));
    expect(theirs).toHaveLength(40);

    const cron = cronOf(normalized.trim());
    let at = Date.parse('2026-11-23T02:03:30Z');
    const starts = theirs.map(() => {
      at = nextStartOf(cron?.expression ?? '', { zone: cron?.zone ?? 'UTC', now: at }) ?? Number.NaN;
      return at;
    });
    expect(starts).toEqual(theirs);
  });
});
