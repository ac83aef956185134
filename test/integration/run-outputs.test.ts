import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLog } from '../../src/audit/verify.ts';
import { auditJson } from '../../src/report/audit-json.ts';
import { runJson } from '../../src/report/run-schema.ts';
import { everyAction, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, close } = people(set);
const execute = promisify(execFile);
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

/** A user with one open cursor, and a bench whose policy names the user. */
async function oneSession() {
  const alice = await person('alice');
  const cursor = await openCursor(await alice.client(set.members[1]!.address));
  const policy = `authority: { document: SSP AC-12, approved_by: ISSO, approved_on: 2026-10-01 }
rules: [{ name: named, when: { users: ['${alice.listed}'] } }]`;
  return { cursor, alice, bench: await testBench(uri, policy) };
}

describe('what a run leaves besides its report', () => {
  it('is a heartbeat, a line in syslog and OCSF events, all with the head of the audit log', async () => {
    const { alice, bench } = await oneSession();
    const bin = await mkdtemp(join(tmpdir(), 'reaper-bin-'));
    const said = join(bin, 'said');
    await writeFile(join(bin, 'logger'), `#!/bin/sh\nprintf '%s\\n' "$@" > ${said}\n`);
    await chmod(join(bin, 'logger'), 0o755);
    const metrics = join(bin, 'reaper.prom');
    const args = ['--metrics-file', metrics, '--syslog', '--log-format', 'ocsf', '--every', '5m'];
    const env = { REAPER_MONGODB_URI: uri, PATH: [bin, process.env['PATH']].join(delimiter) };
    const { code, stderr } = await bench.run(args, { env });

    expect(code).toBe(0);
    const { head, intact } = await verifyLog(bench.stateDir);
    expect(intact).toBe(true);
    expect(await readFile(metrics, 'utf8')).toMatch(
      new RegExp(`^reaper_audit_log_head_info\\{.*sequence="${head?.sequence}".*hash="${head?.hash}"`, 'm'),
    );
    expect(await readFile(said, 'utf8')).toContain(`audit log at ${head?.sequence} ${head?.hash}`);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter((line) => line.type_uid === 300202)).toMatchObject([
      { user: { name: alice.listed }, status_id: 1, metadata: { product: { name: 'reaper' } } },
    ]);
    // The run's own log has the head too, for journald.
    expect(lines.at(-1)).toMatchObject({ msg: 'run completed', audit_log: { hash: head?.hash } });
    const completed = JSON.parse((await readFile(bench.auditLog, 'utf8')).trimEnd().split('\n').at(-1) ?? '');
    const { '@timestamp': at, reaper } = completed;
    expect(Date.parse(reaper.next_due) - Date.parse(at)).toBeGreaterThan(4 * 60_000);
  });

  it('tells also of a run that could not begin', async () => {
    const bench = await testBench(
      'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=500',
      'rules: [{ name: r, when: { idle_for: 1h } }]',
    );
    const metrics = join(bench.dir, 'reaper.prom');
    const { code } = await bench.run(['--metrics-file', metrics]);
    expect(code).toBe(69);
    expect(await readFile(metrics, 'utf8')).toMatch(/^reaper_last_exit_code\{.*\} 69$/m);
    expect(await readFile(bench.auditLog, 'utf8')).toContain('"exit_code":69');
  });
});

describe('the built program, with no compiler at run time (--jitless)', () => {
  it('does a whole run and an audit', async () => {
    await execute('npm', ['run', '--silent', 'build']);
    const { cursor, bench } = await oneSession();
    const reaper = (...args: string[]) =>
      execute(
        process.execPath,
        [
          '--jitless',
          'dist/reaper.js',
          ...args,
          '--policy',
          bench.policyFile,
          '--state-dir',
          bench.stateDir,
          '--json',
        ],
        { env: { ...process.env, REAPER_MONGODB_URI: uri } },
      );
    const { sessions } = runJson.parse(JSON.parse((await reaper('run')).stdout));
    expect(sessions.map(({ outcome }) => outcome)).toEqual(['ended']);
    expect(await cursor.drain()).toBe('CursorNotFound');

    const audited = await reaper('audit').catch((error: { stdout: string; code: number }) => error);
    const { status, steps } = auditJson.parse(JSON.parse(audited.stdout));
    expect(status).toBe('not_reviewed');
    expect(steps.map(({ state }) => state)).toEqual(['shown', 'shown', 'shown', 'shown', 'unseen']);
  }, 90_000);
});
