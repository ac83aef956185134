import { chmod, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Host } from '../../src/audit/schedule/host.ts';
import { auditLogFile } from '../../src/audit/log-files.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { auditJson, verifyJson } from '../../src/report/audit-json.ts';
import type { World } from '../../src/world.ts';
import { aLog } from '../audit/a-log.ts';
import { callReaper } from '../support/reaper.ts';

const now = Date.UTC(2026, 10, 22, 6);
const hour = 3_600_000;

const policy = `version: 1
name: p
authority: { document: SSP AC-12, approved_by: ISSO, approved_on: 2026-10-01 }
rules: [{ name: idle, when: { idle_for: 15m } }]
`;

/** A host without systemd and cron. */
const bareHost: Host = {
  realPath: (path) => path,
  execute: () => Promise.resolve({ code: undefined, why: 'no such program' }),
  readText: () => Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' })),
  namesIn: () => Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' })),
  statusOf: () => Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' })),
};

let dir: string;
let policyFile: string;
let stateDir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-audit-'));
  policyFile = join(dir, 'policy.yaml');
  await writeFile(policyFile, policy);
  const sha256 = createHash('sha256').update(policy).digest('hex');
  stateDir = await aLog(
    Array.from({ length: 30 }, (_, index) => ({
      at: now - (30 - index) * hour,
      sha256,
      sessions: index === 5 ? { 1: 'ended' as const } : {},
    })),
  );
});
afterEach(async () => {
  await rm(dir, { recursive: true });
  await rm(stateDir, { recursive: true, force: true });
});

const call = (args: readonly string[], world: Partial<World> = {}) =>
  callReaper(args, { clock: () => new Date(now), host: bareHost, ...world });
const audit = (...args: string[]) =>
  call(['audit', '--policy', policyFile, '--state-dir', stateDir, ...args]);
const noted = ['--schedule-note', 'CronJob reaper'];

describe('reaper audit', () => {
  test('is not a finding where everything was seen', async () => {
    const { code, stdout } = await audit(...noted);
    expect(stdout).toContain('NOT A FINDING · rs0');
    expect(code).toBe(0);
  });

  test('is not reviewed without a schedule, and says how to name one', async () => {
    const { code, stdout } = await audit();
    expect(stdout).toMatch(/NOT REVIEWED[^]*--schedule-note/);
    expect(code).toBe(5);
  });

  test('is not reviewed where the timer runs with another policy', async () => {
    const shown = `LoadState=loaded\nUnitFileState=enabled\nActiveState=active
TimersCalendar={ OnCalendar=*-*-* *:00/5:00 ; next_elapse=n/a }
ExecStart={ path=/usr/bin/reaper ; argv[]=/usr/bin/reaper run --policy /srv/other.yaml ; ignore_errors=no ; }
`;
    const host = { ...bareHost, execute: () => Promise.resolve({ code: 0, stdout: shown, stderr: '' }) };
    const { code, stdout } = await call(['audit', '--policy', policyFile, '--state-dir', stateDir], { host });
    expect(stdout).toMatch(/it runs with another policy:\s+\/srv\/other.yaml/);
    expect(code).toBe(5);
  });

  test('is open after a day without a run', async () => {
    const late = { clock: () => new Date(now + 26 * hour) };
    const { code, stdout } = await call(
      ['audit', '--policy', policyFile, '--state-dir', stateDir, ...noted],
      late,
    );
    expect(stdout).toMatch(/^OPEN/m);
    expect(code).toBe(4);
  });

  test('may look back a single day', async () => {
    expect((await audit('--look-back', '1d', ...noted)).code).toBe(0);
  });

  test('keeps to 80 columns', async () => {
    const { stdout } = await audit(...noted);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('prints one document of the shape that reaper schema audit has', async () => {
    const { stdout } = await audit('--json', ...noted);
    const json = auditJson.parse(JSON.parse(stdout));
    expect(json).toMatchObject({ status: 'not_a_finding', stig: { group_id: 'V-281700' } });
    expect(json.runs).toHaveLength(30);
    expect((await call(['schema', 'audit'])).stdout).toContain('not_a_finding');
  });

  test.each([
    { stig: '7', groupId: 'V-265933' },
    { stig: '4', groupId: 'V-252170' },
  ])('of the $stig.x STIG is $groupId, and closed by an attestation alone', async ({ stig, groupId }) => {
    const open = await audit('--stig', stig, '--json', ...noted);
    expect([open.code, JSON.parse(open.stdout).stig.group_id]).toEqual([5, groupId]);
    expect((await audit('--stig', stig, '--attest', 'Jane Isso, 2026-11-01', ...noted)).code).toBe(0);
  });

  test('leaves a line in the log, and the log stays one chain', async () => {
    await audit(...noted);
    const lines = (await readFile(auditLogFile(stateDir), 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      'event.action': 'audit',
      reaper: { status: 'not_a_finding', rule: 'SV-281700r1179499_rule' },
    });
    expect((await verifyLog(stateDir)).intact).toBe(true);
  });

  test.each(['ckl', 'cklb', 'hdf', 'xccdf', 'html'])('writes %s to a file', async (format) => {
    const output = join(dir, `audit.${format}`);
    const { code, stdout } = await audit('--format', format, '--output', output, ...noted);
    expect([code, stdout]).toEqual([0, '']);
    expect(await readFile(output, 'utf8')).toMatch(/281700/);
  });

  test('fills in one rule of a checklist, in place if asked', async () => {
    const site = join(dir, 'site');
    await audit('--format', 'cklb', '--output', site, ...noted);
    const { code } = await audit('--merge', site, '--output', site);
    expect(code).toBe(5);
    expect(JSON.parse(await readFile(site, 'utf8')).stigs[0].rules[0].status).toBe('not_reviewed');
  });

  test('keeps a checklist that it cannot fill in, as on a full disk', async () => {
    const site = join(dir, 'site');
    await audit('--format', 'cklb', '--output', site, ...noted);
    const before = await readFile(site, 'utf8');
    await using handle = await open(site);
    const write = vi.spyOn(Object.getPrototypeOf(handle), 'writeFile');
    write.mockRejectedValue(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    const { code, stderr } = await audit('--merge', site, '--output', site);
    write.mockRestore();
    expect(stderr).toContain('cannot be written: the disk is full');
    expect([code, await readFile(site, 'utf8')]).toEqual([1, before]);
  });

  test.each([
    { args: ['--json', '--format', 'ckl'], code: 2, says: /--json and --format ckl do not go together/ },
    { args: ['--attest', 'me'], code: 2, says: /--stig 7 or --stig 4/ },
    { args: ['--format', 'pdf'], code: 2, says: /Allowed choices are ckl/ },
    { args: ['--stig', '6'], code: 2, says: /Allowed choices are 8, 7, 4/ },
    { args: ['--look-back', '30'], code: 2, says: /as 90m, 10h or 2d/ },
    { args: ['--look-back', '23h'], code: 2, says: /--look-back 23h is less than a day[^]*--look-back 1d/ },
    {
      args: ['--merge', 'none.ckl'],
      code: 2,
      says: /none.ckl: the checklist cannot be read: there is no such file\n/,
    },
    {
      args: ['--merge', '/'],
      code: 2,
      says: /\/: the checklist cannot be read: this is a folder\n {2}→ name/,
    },
    {
      args: ['--merge', 'LICENSE'],
      code: 2,
      says: /LICENSE: this is no checklist, neither XML \(.ckl\) nor/,
    },
    { args: ['--mongod-log', 'none.log'], code: 2, says: /none.log/ },
    { args: ['--mongod-log', '.prettierignore'], code: 2, says: /no line of it is one of a mongod’s log/ },
    { args: ['--output', '/no/folder/x'], code: 1, says: /cannot be written: there is no such folder\n/ },
  ])('refuses $args', async ({ args, code, says }) => {
    const called = await audit(...args);
    expect(called.stderr).toMatch(says);
    expect(called.code).toBe(code);
  });

  test('cannot tell without the policy', async () => {
    const { code, stderr } = await call(['audit', '--policy', 'none.yaml', '--state-dir', stateDir]);
    expect(stderr).toContain('none.yaml: there is no such file');
    expect(code).toBe(1);
  });

  test.each([
    ['that is not there', 'none', /none: there is no audit log: there is no such folder/],
    ['without a log', '', /: there is no audit log in it/],
  ])('cannot tell of a state directory %s, names it, and makes none', async (_, name, says) => {
    const before = await readdir(dir);
    const site = join(dir, name);
    const { code, stdout, stderr } = await call(['audit', '--policy', policyFile, '--state-dir', site]);
    expect(stderr).toMatch(says);
    expect(stderr).toContain(site);
    expect(stderr).toContain('→ name the state directory of the runs with --state-dir DIR; a dry run leaves');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readdir(dir)).toEqual(before);
  });

  test('needs no log where it is documented that nothing need end, and says that there is none', async () => {
    const reason = policy.replace('document:', 'not_required: by design, document:');
    await writeFile(policyFile, reason.replace(/rules:.*\n/, ''));
    const none = join(dir, 'none');
    const { code, stdout } = await call(['audit', '--policy', policyFile, '--state-dir', none]);
    expect(stdout).toContain('NOT A FINDING');
    expect(stdout.replace(/\s+/g, ' ')).toContain(`Audit log there is none: ${none}/audit.jsonl`);
    expect(stdout).not.toContain('0 lines');
    expect(code).toBe(0);
  });

  test('does not call the time since the first line a gap between successful runs', async () => {
    const sha256 = createHash('sha256').update(policy).digest('hex');
    const failing = await aLog([3, 2, 1].map((ago) => ({ at: now - ago * hour, sha256, exitCode: 3 })));
    const args = ['audit', '--policy', policyFile, '--state-dir', failing, ...noted];
    const { stdout } = await call(args);
    expect(stdout).toContain('longest gap between successful runs: no run of the schedule succeeded');
    expect(stdout).toContain('3 in the window · 0 succeeded · 3 failed\n');
    const json = auditJson.parse(JSON.parse((await call([...args, '--json'])).stdout));
    expect(json.longest_gap_seconds).toBeUndefined();
    const late = { clock: () => new Date(now + 30 * hour) };
    const { code, stdout: open } = await call(args, late);
    expect(open).toMatch(/^OPEN[^]*For 1d9h no run succeeded/m);
    expect(code).toBe(4);
  });

  test('says the longest gap with the same figure everywhere', async () => {
    const late = { clock: () => new Date(now + 3 * hour + 59_700) };
    const { stdout } = await call(['audit', '--policy', policyFile, '--state-dir', stateDir, ...noted], late);
    const figures = [
      ...stdout.matchAll(/longest\s+gap(?:\s+between\s+successful\s+runs)?(?:\s+is|:)?\s+([\dhms]+)/g),
    ];
    expect(figures.length).toBeGreaterThan(2);
    expect(new Set(figures.map(([, figure]) => figure))).toEqual(new Set(['4h1m']));
  });

  test('does not take a placeholder for a decision', async () => {
    await writeFile(policyFile, policy.replace('SSP AC-12', 'REPLACE with yours'));
    const { stdout } = await call(['audit', '--policy', policyFile, '--state-dir', stateDir, ...noted]);
    expect(stdout).toContain('decided in: approved by ISSO, on 2026-10-01\n');
    expect(stdout).not.toContain('REPLACE');
  });
});

describe('reaper audit verify', () => {
  const verify = (...args: string[]) => call(['audit', 'verify', '--state-dir', stateDir, ...args]);

  test('finds a log intact, and its head', async () => {
    const { code, stdout } = await verify('--json');
    const { intact, head } = verifyJson.parse(JSON.parse(stdout));
    expect([code, intact, head?.sequence]).toEqual([0, true, 121]);
    expect((await verify('--head', head?.hash ?? '')).code).toBe(0);
  });

  test('names file and line of what was changed', async () => {
    const file = auditLogFile(stateDir);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"exit_code":0', '"exit_code":3'));
    const { code, stdout } = await verify();
    expect(stdout).toContain('audit.jsonl:4: was changed');
    expect(code).toBe(4);
    const audited = await audit(...noted);
    expect(audited.stdout).toMatch(/NOT REVIEWED[^]*it proves nothing/);
  });

  test('says where a log begins of which older files were archived', async () => {
    expect((await verify()).stdout).not.toContain('begins with');
    const lines = (await readFile(auditLogFile(stateDir), 'utf8')).split('\n');
    await writeFile(auditLogFile(stateDir), lines.slice(60).join('\n'));
    const { chain, '@timestamp': at } = JSON.parse(lines[60] ?? '');
    const archived = ['--after', chain.prev];
    const { code, stdout } = await verify(...archived);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `begins with line 61; what came before was not seen line 61 is of ${at.replace('.000', '')} and is said to follow ${chain.prev}`,
    );
    expect(code).toBe(0);
    const json = verifyJson.parse(JSON.parse((await verify('--json', ...archived)).stdout));
    expect(json).toMatchObject({ intact: true, first: { sequence: 61, at }, after: chain.prev });
    expect((await audit(...archived, ...noted)).stdout).toContain('begins with line 61;');
    const { audit_log: log } = auditJson.parse(JSON.parse((await audit('--json', ...archived)).stdout));
    expect(log).toMatchObject({ first: { sequence: 61, at }, after: chain.prev });
  });

  test('says that a printed head is not there', async () => {
    const { code, stdout } = await verify('--head', `sha256:${'0'.repeat(64)}`);
    expect(stdout.replace(/\s+/g, ' ')).toContain('the log was cut or replaced');
    expect(code).toBe(4);
  });

  test('of a log that is gone, and of which a note is left, says so', async () => {
    await audit(...noted);
    await rm(auditLogFile(stateDir));
    const { code, stdout } = await verify();
    expect(stdout.replace(/\s+/g, ' ')).toContain('CHANGED: 0 lines in 0 files');
    expect(stdout.replace(/\s+/g, ' ')).toContain('the log has no line, and had come to 122');
    expect(code).toBe(4);
    expect((await audit(...noted)).stdout).toMatch(/NOT REVIEWED[^]*it proves nothing/);
  });

  test('of nothing is an error', async () => {
    const { code, stderr } = await call(['audit', 'verify', '--state-dir', join(dir, 'none')]);
    expect(stderr).toContain('there is no audit log');
    expect(code).toBe(1);
  });

  test('cannot tell of a log that it may not read', async () => {
    const locked = join(dir, 'locked');
    await writeFile(locked, '');
    await chmod(locked, 0o600);
    const { code, stderr } = await call(['audit', 'verify', '--state-dir', locked]);
    expect(stderr).toContain(`${locked}: the audit log cannot be read: a file stands where`);
    expect(code).toBe(1);
  });
});
