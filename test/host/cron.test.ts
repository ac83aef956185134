import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { findSchedules } from '../../src/audit/schedule/find-schedules.ts';
import { cronFile } from '../../src/install/cron-file.ts';
import { debianTool } from '../support/debian-tool.ts';

let cron: string;
let flock: string;
beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error('this test puts a file into /etc/cron.d: run it as root');
  cron = await debianTool({ program: 'cron', package: 'cron' });
  flock = await debianTool({ program: 'flock', package: 'util-linux' });
}, 600_000);

/** One line of the shipped file, adapted: every minute, as root, with a script and a shell that tell on it. */
async function lineFor(dir: string, { guard }: { guard: string }): Promise<string> {
  await mkdir(dir);
  const script = join(dir, 'reaper.js');
  const shell = join(dir, 'shell');
  await writeFile(
    script,
    `require('fs').writeFileSync(${JSON.stringify(join(dir, 'ran'))}, process.argv.slice(2).join(' '));\n`,
  );
  // What a job prints cron would mail; what it returns cron forgets.
  await writeFile(shell, `#!/bin/sh\n/bin/sh "$@" >>'${dir}/printed' 2>&1\necho $? >'${dir}/status'\n`);
  await chmod(shell, 0o755);
  const text = cronFile({
    node: process.execPath,
    script,
    policy: '/etc/reaper/policy.yaml',
    uriFile: '/etc/reaper/mongodb-uri',
    stateDir: dir,
    every: 60_000,
  });
  return text
    .replace('SHELL=/bin/sh', `SHELL=${shell}`)
    .replace('* reaper test', '* root test')
    .replace('/run/systemd/system', guard);
}

/** Starts a daemon; where one runs already, that one reads the file as well. */
function startDaemon(): ChildProcess & { readonly failed: () => string | undefined } {
  const daemon = spawn(cron, ['-f'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  daemon.stderr.on('data', (chunk) => (words += String(chunk)));
  const failed = () =>
    daemon.exitCode === null || /can't lock/.test(words) ? undefined : `cron ended: ${words}`;
  return Object.assign(daemon, { failed });
}

const textOf = async (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined);

test(
  'cron runs the shipped line without a word, and not beside another run or systemd',
  { timeout: 120_000 },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'reaper-cron-'));
    const file = `/etc/cron.d/reaper-test-${randomBytes(6).toString('hex')}`;
    const dirs = { free: join(dir, 'free'), held: join(dir, 'held'), guarded: join(dir, 'guarded') };
    const lines = [
      await lineFor(dirs.free, { guard: '/no/such/folder' }),
      await lineFor(dirs.held, { guard: '/no/such/folder' }),
      await lineFor(dirs.guarded, { guard: dir }),
    ];
    const holder = spawn(flock, ['-n', '-F', join(dirs.held, 'cron.lock'), 'sleep', '110'], {
      stdio: 'ignore',
    });
    await writeFile(file, lines.join(''), { mode: 0o644 });
    const daemon = startDaemon();
    try {
      const status = (name: keyof typeof dirs) => textOf(join(dirs[name], 'status'));
      const seen = async () => [await status('free'), await status('held'), await status('guarded')];
      for (let waited = 0; (await seen()).includes(undefined) && waited < 75_000; waited += 250) {
        if (daemon.failed() !== undefined) throw new Error(daemon.failed());
        await sleep(250);
      }
      expect(await seen()).toEqual(['0\n', '75\n', '0\n']);
      const inEach = async (name: string) =>
        Promise.all(Object.values(dirs).map((folder) => textOf(join(folder, name))));
      expect(await inEach('printed')).toEqual(['', '', '']);
      expect(await inEach('ran')).toEqual([
        expect.stringMatching(/^run --quiet --syslog .*--every 1m$/),
        undefined,
        undefined,
      ]);

      const { schedules } = await findSchedules({
        notes: [],
        audited: { policy: '/etc/reaper/policy.yaml', stateDir: dirs.free },
        localZone: 'UTC',
        now: Date.now(),
      });
      const found = schedules.filter(({ where }) => where.startsWith(`${file}, line `));
      expect(found).toHaveLength(3);
      expect(found[0]).toMatchObject({ kind: 'cron', active: true, longestGap: 60_000, problems: [] });
    } finally {
      holder.kill();
      daemon.kill();
      await rm(file, { force: true });
      await rm(dir, { recursive: true });
    }
  },
);
