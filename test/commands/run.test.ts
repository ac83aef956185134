import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditLogFile } from '../../src/audit/log-files.ts';
import type { World } from '../../src/world.ts';
import { callReaper } from '../support/reaper.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-run-'));
  await writeFile(
    join(dir, 'policy.yaml'),
    'version: 1\nname: p\nrules: [{ name: idle, when: { idle_for: 15m } }]\n',
  );
});
afterEach(() => rm(dir, { recursive: true }));

/** A run that stops since the locks cannot be read, with the last line that it left in the audit log. */
async function brokenOff(args: readonly string[] = [], world: Partial<World> = {}) {
  const stateDir = join(dir, 'state');
  await mkdir(stateDir, { mode: 0o750 });
  await writeFile(join(stateDir, 'locks.json'), 'torn');
  const { code, stderr } = await callReaper(
    ['run', '--policy', join(dir, 'policy.yaml'), '--state-dir', stateDir, ...args],
    { ...world, env: { REAPER_MONGODB_URI: 'mongodb://127.0.0.1:1/', ...world.env } },
  );
  expect(code).toBe(73);
  const lines = (await readFile(auditLogFile(stateDir), 'utf8')).trimEnd().split('\n');
  return { line: JSON.parse(lines.at(-1) ?? ''), stderr };
}

describe('a run is by hand', () => {
  const write = (): void => undefined;
  const terminal = { isTTY: true, write };
  const file = { isTTY: false, write };

  test.each([
    { name: 'if it reports to a terminal', world: { stdout: terminal, stderr: file }, byHand: true },
    { name: 'if it logs to a terminal', world: { stdout: file, stderr: terminal }, byHand: true },
    { name: 'by --only', args: ['--only', 'mallory@admin', '--reason', 'IR-7'], byHand: true },
    {
      name: 'not as cron starts it, without a terminal',
      world: { stdout: file, stderr: file },
      byHand: false,
    },
  ])('$name: $byHand', async ({ args, world, byHand }) => {
    const { line } = await brokenOff(args, world);
    expect(line.reaper).toMatchObject({ by_hand: byHand, exit_code: 73 });
  });
});

describe('a run that broke off leaves the head of the audit log', () => {
  test('in its own log, for journald', async () => {
    const { line, stderr } = await brokenOff();
    const logged = stderr.split('\n').filter((each) => each.startsWith('{'));
    expect(logged.map((each) => JSON.parse(each))).toMatchObject([
      {
        msg: 'run broke off',
        run_id: line.reaper.run_id,
        exit_code: 73,
        error: 'state-damaged',
        audit_log: { sequence: line['event.sequence'], hash: line.chain.hash },
      },
    ]);
  });

  test('in syslog, where cron’s runs are silent', async () => {
    const said = join(dir, 'said');
    await writeFile(join(dir, 'logger'), `#!/bin/sh\nprintf '%s\\n' "$@" > ${said}\n`);
    await chmod(join(dir, 'logger'), 0o755);
    const env = { PATH: `${dir}:${process.env['PATH']}` };
    const { line, stderr } = await brokenOff(['--quiet', '--syslog'], { env });
    expect(await readFile(said, 'utf8')).toContain(
      `run ${line.reaper.run_id} exit 73, audit log at ${line['event.sequence']} ${line.chain.hash}`,
    );
    expect(stderr).not.toContain('{');
  });
});
