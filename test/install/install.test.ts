import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  install,
  uninstall,
  type InstallOptions,
  type InstallWorld,
  type UninstallOptions,
} from '../../src/commands/install.ts';
import { filesBelow, type Files } from '../../src/install/files.ts';
import { aHost, printed } from '../audit/schedule/a-host.ts';

const program = { node: '/usr/bin/node', script: '/usr/local/lib/reaper/reaper.js', uid: 0 };
const onSystemd = { '/run/systemd/system/x': '' };
const whenAllIsThere = { '/etc/reaper/policy.yaml': '', '/etc/reaper/mongodb-uri': '' };
const units = ['reaper-notify@.service', 'reaper.service', 'reaper.timer'];
const systemdSteps = [
  'systemd-sysusers /etc/sysusers.d/reaper.conf',
  'systemctl daemon-reload',
  'systemctl enable --now reaper.timer',
];
const cronSteps = [
  'useradd --system --user-group --home-dir /var/lib/reaper --no-create-home --shell /usr/sbin/nologin reaper',
  'install -d -o reaper -g reaper -m 0750 /var/lib/reaper',
];
const allSucceed = Object.fromEntries(
  [...systemdSteps, ...cronSteps, 'systemctl disable --now reaper.timer'].map((line) => [line, printed('')]),
);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reaper-install-'));
});
afterEach(() => rm(root, { recursive: true }));

const read = (path: string) => readFile(join(root, path), 'utf8');
const change = async (path: string) => writeFile(join(root, path), `${await read(path)}# mine\n`);
const below = async (folder: string): Promise<string[]> => {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
};

interface Place {
  readonly files?: Readonly<Record<string, string>>;
  readonly answers?: NonNullable<Parameters<typeof aHost>[0]>['answers'];
  readonly world?: Partial<InstallWorld>;
}

/** Calls a command on an invented host whose files lie in the folder of this test. */
async function call<Options>(
  command: (options: Options, world: InstallWorld, files: Files) => Promise<number>,
  options: Options,
  { files = { ...onSystemd, ...whenAllIsThere }, answers = allSucceed, world = {} }: Place = {},
) {
  let said = '';
  const host = aHost({ files, answers });
  const stdout = { write: (text: string) => (said += text) };
  const code = await command(options, { stdout, program, host, ...world }, filesBelow(root));
  return { code, said, lines: said.split('\n'), asked: host.asked };
}
const callInstall = (options: InstallOptions, place?: Place) => call(install, options, place);
const callUninstall = (options: UninstallOptions = {}, place?: Place) => call(uninstall, options, place);

describe('reaper install --systemd', () => {
  test('writes the units, then puts them into force, and says each', async () => {
    const { code, asked, lines } = await callInstall({ systemd: true });
    expect(code).toBe(0);
    expect(asked).toEqual(systemdSteps);
    expect(await below('etc')).toEqual([...units.slice(0, 1), 'reaper.conf', ...units.slice(1)]);
    expect(lines).toEqual([
      'wrote      /etc/sysusers.d/reaper.conf',
      'wrote      /etc/systemd/system/reaper.service',
      'wrote      /etc/systemd/system/reaper-notify@.service',
      'wrote      /etc/systemd/system/reaper.timer',
      ...systemdSteps.map((step) => `done       ${step}`),
      'After the second run: reaper audit --policy /etc/reaper/policy.yaml --state-dir /var/lib/reaper',
      '',
    ]);
    expect((await stat(join(root, 'etc/systemd/system/reaper.service'))).mode & 0o777).toBe(0o644);
  });

  test('starts this very program with these files, this often', async () => {
    await callInstall({
      systemd: true,
      policy: '/srv/policy.yaml',
      uriFile: '/srv/uri',
      stateDir: '/var/lib/reaper/rs0/',
      every: 900_000,
    });
    const service = await read('etc/systemd/system/reaper.service');
    expect(service).toContain(
      '\nExecStart=/usr/bin/node /usr/local/lib/reaper/reaper.js run --policy /srv/policy.yaml --state-dir /var/lib/reaper/rs0 --every 15m\n',
    );
    expect(service).toContain('\nLoadCredential=mongodb-uri:/srv/uri\n');
    expect(service).toContain('\nStateDirectory=reaper/rs0\n');
    expect(service).not.toMatch(/^ReadWritePaths=/m);
    expect(await read('etc/systemd/system/reaper.timer')).toContain('\nOnCalendar=*:0/15\n');
    expect(await read('etc/sysusers.d/reaper.conf')).toContain(' /var/lib/reaper/rs0\n');
  });

  test('makes a state directory elsewhere, which systemd would not', async () => {
    const step = 'install -d -o reaper -g reaper -m 0750 /srv/reaper';
    const { asked } = await callInstall(
      { systemd: true, stateDir: '/srv/reaper' },
      { answers: { ...allSucceed, [step]: printed('') } },
    );
    expect(asked).toEqual([systemdSteps[0], step, ...systemdSteps.slice(1)]);
    expect(await read('etc/systemd/system/reaper.service')).toContain('\nReadWritePaths=/srv/reaper\n');
  });

  test('called again changes nothing; with other settings replaces its own files', async () => {
    await callInstall({ systemd: true });
    const again = await callInstall({ systemd: true });
    expect(again.lines.filter((line) => line.startsWith('unchanged '))).toHaveLength(4);
    const other = await callInstall({ systemd: true, every: 600_000 });
    expect(other.code).toBe(0);
    expect(other.lines).toEqual(
      expect.arrayContaining([
        'unchanged  /etc/sysusers.d/reaper.conf',
        'replaced   /etc/systemd/system/reaper.timer',
      ]),
    );
  });

  test('refuses a file that somebody changed, and writes nothing at all', async () => {
    await callInstall({ systemd: true });
    await change('etc/systemd/system/reaper.timer');
    await rm(join(root, 'etc/systemd/system/reaper.service'));
    await expect(callInstall({ systemd: true, every: 600_000 })).rejects.toMatchObject({
      code: 'usage',
      message: '/etc/systemd/system/reaper.timer was changed since it was installed',
      remedy: expect.stringContaining('--force'),
    });
    expect(await below('etc/systemd')).not.toContain('reaper.service');
    const forced = await callInstall({ systemd: true, force: true });
    expect(forced.lines).toContain('overwrote  /etc/systemd/system/reaper.timer');
    expect(await read('etc/systemd/system/reaper.timer')).not.toContain('# mine');
  });

  test('refuses a file that it never wrote', async () => {
    await callInstall({ systemd: true });
    await writeFile(join(root, 'etc/systemd/system/reaper.service'), '[Service]\nExecStart=/bin/true\n');
    await expect(callInstall({ systemd: true })).rejects.toThrow('reaper.service is not ours');
  });

  test('says what is missing', async () => {
    const { code, said } = await callInstall({ systemd: true }, { files: onSystemd });
    expect(code).toBe(0);
    expect(said).toMatch(/^Still missing: the policy \/etc\/reaper\/policy\.yaml/m);
    expect(said).toMatch(
      /^Still missing: \/etc\/reaper\/mongodb-uri with the connection string, owner root, mode 0400/m,
    );
  });

  test('stops at a step that fails, and says what is left to do', async () => {
    const failing = { code: 1, stdout: '', stderr: 'Access denied\n' };
    const { code, lines } = await callInstall(
      { systemd: true },
      { answers: { ...allSucceed, 'systemctl daemon-reload': failing } },
    );
    expect(code).toBe(1);
    expect(lines.slice(-4)).toEqual([
      'done       systemd-sysusers /etc/sysusers.d/reaper.conf',
      'FAILED     systemctl daemon-reload: Access denied',
      'not done   systemctl enable --now reaper.timer',
      '',
    ]);
  });
});

describe('reaper install --cron', () => {
  const place = { files: whenAllIsThere, answers: allSucceed };

  test('makes the user before the file, which cron would pass over without', async () => {
    const { code, asked, lines } = await callInstall({ cron: true, every: 3_600_000 }, place);
    expect(code).toBe(0);
    expect(asked).toEqual(['id -u reaper', ...cronSteps]);
    expect(lines.indexOf(`done       ${cronSteps[0]}`)).toBeLessThan(
      lines.indexOf('wrote      /etc/cron.d/reaper'),
    );
    expect(await below('etc')).toEqual(['reaper']);
    const [entry] = (await read('etc/cron.d/reaper')).trim().split('\n').slice(-1);
    expect(entry).toMatch(/^0 \* \* \* \* reaper test -d .* --every 1h$/);
  });

  test('makes no user who is there', async () => {
    const answers = { ...allSucceed, 'id -u reaper': printed('999\n') };
    const { asked } = await callInstall({ cron: true }, { ...place, answers });
    expect(asked).toEqual(['id -u reaper', cronSteps[1]]);
  });

  test('says whose the connection string must be', async () => {
    const { said } = await callInstall({ cron: true }, { files: {} });
    expect(said).toMatch(/^Still missing: \/etc\/reaper\/mongodb-uri .* owner reaper, mode 0400/m);
  });

  test('writes nothing where the user cannot be made', async () => {
    const { code, said } = await callInstall({ cron: true }, { ...place, answers: {} });
    expect(code).toBe(1);
    expect(said).toMatch(/^FAILED {5}useradd .*: useradd is not there$/m);
    expect(await readdir(root)).toEqual([]);
  });
});

describe('reaper install refuses', () => {
  test.each<[string, InstallOptions, Place, RegExp]>([
    ['neither', {}, {}, /what is to start reaper/],
    ['both', { systemd: true, cron: true }, {}, /one schedule/],
    ['a user who is not root', { systemd: true }, { world: { program: { ...program, uid: 1000 } } }, /root/],
    [
      'a host without user ids',
      { cron: true },
      { world: { program: { ...program, uid: undefined } } },
      /root/,
    ],
    ['systemd where it does not run', { systemd: true }, { files: {} }, /does not run/],
    ['cron where systemd runs', { cron: true }, {}, /leaves the work to reaper\.timer/],
    ['an interval that is none', { systemd: true, every: 7 * 60_000 }, {}, /--every 7m/],
    ['a relative path', { systemd: true, policy: 'policy.yaml' }, {}, /--policy is "policy\.yaml"/],
    ['a path to be quoted', { systemd: true, stateDir: '/var/lib/my reaper' }, {}, /characters/],
    ['a path with a percent sign', { cron: true, uriFile: '/etc/%h/uri' }, {}, /characters/],
    ['a path with a line end', { systemd: true, policy: '/etc/p\nUser=root' }, {}, /characters/],
    ['a policy in a home', { systemd: true, policy: '/home/dba/policy.yaml' }, {}, /ProtectHome/],
    [
      'a program in root’s home',
      { systemd: true },
      { world: { program: { ...program, script: '/root/dist/reaper.js' } } },
      /path of reaper\.js is \/root/,
    ],
  ])('%s', async (_what, options, place, message) => {
    await expect(callInstall(options, place)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\S/),
    });
    expect(await readdir(root)).toEqual([]);
  });
});

describe('reaper install --dry-run', () => {
  test('shows anybody each file and step, and does nothing', async () => {
    const world = { program: { ...program, uid: 1000 } };
    const { code, said, asked } = await callInstall({ systemd: true, dryRun: true }, { world });
    expect(code).toBe(0);
    expect(said).toMatch(
      /^==> \/etc\/systemd\/system\/reaper\.service \(new\)\n# Written by reaper install/m,
    );
    expect(said).toContain('\nOnCalendar=*:0/5\n');
    expect(said).toContain(`then, as root:\n${systemdSteps.map((step) => `  ${step}\n`).join('')}`);
    expect(asked).toEqual([]);
    expect(await readdir(root)).toEqual([]);
  });

  test('says what would be refused, and what is there', async () => {
    await callInstall({ systemd: true });
    await change('etc/systemd/system/reaper.timer');
    const options = { systemd: true, dryRun: true, every: 600_000, policy: '/home/dba/policy.yaml' };
    const { said, code } = await callInstall(options);
    expect(code).toBe(2);
    expect(said).toContain('/etc/sysusers.d/reaper.conf (as it is there)\n');
    expect(said).toContain('reaper.service (replaces what an earlier install wrote)\n');
    expect(said).toContain('reaper.timer (there, and changed since: refused)\n');
    expect(said).toMatch(
      /^would be refused: --policy is \/home\/dba\/policy\.yaml[^\n]*\n {2}→ put it where/,
    );
    expect(said).toMatch(
      /^would be refused: .*reaper\.timer was changed since[^\n]*\n {2}→ keep your changes/m,
    );
    expect(said.indexOf('would be refused')).toBeLessThan(said.indexOf('==>'));
    const forced = await callInstall({ ...options, force: true });
    expect(forced.said).toContain('reaper.timer (there, and changed since: overwritten)\n');
  });

  test('shows the steps of cron first', async () => {
    const { said, code } = await callInstall({ cron: true, dryRun: true }, { files: whenAllIsThere });
    expect(code).toBe(0);
    expect(said.startsWith(`first, as root:\n${cronSteps.map((step) => `  ${step}\n`).join('')}`)).toBe(true);
    expect(said).toContain('==> /etc/cron.d/reaper (new)\n');
  });

  test('says first what is missing, and on which host it would be refused', async () => {
    const { said, code } = await callInstall({ systemd: true, dryRun: true }, { files: onSystemd });
    expect(said).toMatch(/^Still missing: the policy [^\n]*\nStill missing: [^\n]*mongodb-uri[^\n]*\n\n==> /);
    expect(code).toBe(0);
    const elsewhere = await callInstall({ systemd: true, dryRun: true }, { files: whenAllIsThere });
    expect(elsewhere.said).toMatch(/^would be refused: systemd does not run on this host\n {2}→ /);
    expect(elsewhere.said).toContain('==> /etc/systemd/system/reaper.service (new)\n');
    expect(elsewhere.code).toBe(2);
  });
});

describe('reaper install --root', () => {
  test('writes below it and runs nothing, whoever calls it', async () => {
    let said = '';
    const host = aHost();
    const stdout = { write: (text: string) => (said += text) };
    const world = { stdout, host, program: { ...program, uid: 1000 } };
    expect(await install({ systemd: true, root }, world)).toBe(0);
    expect(await install({ cron: true, root }, world)).toBe(0);
    expect(host.asked).toEqual([]);
    expect(await below('etc/cron.d')).toEqual(['reaper']);
    expect(said).toContain(`wrote      ${root}/etc/cron.d/reaper\n`);

    said = '';
    expect(await install({ cron: true, root, dryRun: true }, world)).toBe(0);
    expect(said).toContain(`==> ${root}/etc/cron.d/reaper (as it is there)\n`);
    await change('etc/cron.d/reaper');
    await expect(install({ cron: true, root }, world)).rejects.toThrow(
      `${root}/etc/cron.d/reaper was changed`,
    );
    expect(await install({ cron: true, root, force: true }, world)).toBe(0);

    said = '';
    expect(await uninstall({ root }, world)).toBe(0);
    expect(said).toContain(`removed    ${root}/etc/cron.d/reaper\n`);
    expect(host.asked).toEqual([]);
    expect(await below('etc')).toEqual([]);
  });

  test.each(['', 'image'])('is refused if it is not named in full: %j', async (folder) => {
    const world = { stdout: { write: () => true }, host: aHost(), program };
    const refused = { code: 'usage', remedy: expect.stringContaining('whole path') };
    await expect(install({ systemd: true, root: folder }, world)).rejects.toMatchObject(refused);
    await expect(uninstall({ root: folder }, world)).rejects.toMatchObject(refused);
  });

  test('that cannot be written says so', async () => {
    await writeFile(join(root, 'etc'), '');
    await expect(callInstall({ systemd: true, root })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('reaper.conf cannot be read: a file stands where'),
    });
  });
});

test.runIf(process.platform === 'linux')('nothing is written where nobody can make a folder', async () => {
  await expect(filesBelow('/proc').write('/reaper/etc/reaper.conf', '')).rejects.toMatchObject({
    code: 'usage',
    message: '/proc/reaper/etc/reaper.conf cannot be written: there is no such folder',
  });
});

test('folders on the way to a file are for all to read, and may be made by two at once', async () => {
  const files = filesBelow(root);
  await Promise.all(['a', 'b'].map((name) => files.write(`/etc/systemd/system/${name}`, name)));
  expect(await below('etc')).toEqual(['a', 'b']);
  expect((await stat(join(root, 'etc/systemd'))).mode & 0o777).toBe(0o755);
});

describe('reaper uninstall', () => {
  test('stops the timer, takes the files away, and nothing else', async () => {
    await callInstall({ systemd: true });
    await writeFile(join(root, 'etc/systemd/system/other.service'), '');
    const { code, asked, lines } = await callUninstall();
    expect(code).toBe(0);
    expect(asked).toEqual(['systemctl disable --now reaper.timer', 'systemctl daemon-reload']);
    expect(await below('etc')).toEqual(['other.service']);
    expect(lines[0]).toBe('done       systemctl disable --now reaper.timer');
    expect(lines).toContain('removed    /etc/systemd/system/reaper.timer');
    expect(lines).toContain('Policy, connection string, audit log and the user reaper stay.');
  });

  test('of cron runs no systemctl', async () => {
    await callInstall({ cron: true }, { files: whenAllIsThere });
    const { code, asked } = await callUninstall();
    expect([code, asked]).toEqual([0, []]);
    expect(await below('etc')).toEqual([]);
  });

  test('leaves what was changed, and says so; --force takes that too', async () => {
    await callInstall({ systemd: true });
    await change('etc/systemd/system/reaper.service');
    const { code, said } = await callUninstall();
    expect(code).toBe(3);
    expect(said).toMatch(/^left {7}\/etc\/systemd\/system\/reaper\.service: .*--force/m);
    expect(await below('etc')).toEqual(['reaper.service']);
    expect((await callUninstall({ force: true })).code).toBe(0);
    expect(await below('etc')).toEqual([]);
  });

  test('leaves what it never wrote, --force or not', async () => {
    await callInstall({ systemd: true });
    await writeFile(join(root, 'etc/systemd/system/reaper.service'), '[Service]\n');
    const { code, said } = await callUninstall({ force: true });
    expect(code).toBe(0);
    expect(said).toContain('left       /etc/systemd/system/reaper.service: it is not ours\n');
    expect(await below('etc')).toEqual(['reaper.service']);
  });

  test('--dry-run says what it would do, and does nothing', async () => {
    await callInstall({ systemd: true });
    const world = { program: { ...program, uid: 1000 } };
    const { code, asked, lines } = await callUninstall({ dryRun: true }, { world });
    expect([code, asked]).toEqual([0, []]);
    expect(lines.slice(0, 2)).toEqual([
      'would do   systemctl disable --now reaper.timer',
      'would do   rm /etc/systemd/system/reaper.service',
    ]);
    expect(await below('etc')).toHaveLength(4);
  });

  test('refuses a user who is not root, and removes nothing', async () => {
    await callInstall({ systemd: true });
    const world = { program: { ...program, uid: 1000 } };
    await expect(callUninstall({}, { world })).rejects.toMatchObject({ code: 'usage' });
    expect(await below('etc')).toHaveLength(4);
  });

  test('keeps the files while the timer cannot be stopped', async () => {
    await callInstall({ systemd: true });
    const { code } = await callUninstall({}, { answers: {} });
    expect(code).toBe(1);
    expect(await below('etc')).toHaveLength(4);
  });

  test('says that there is nothing, and whose drop-ins stay', async () => {
    const files = { '/etc/systemd/system/reaper.service.d/jitless.conf': '' };
    const { code, said } = await callUninstall({}, { files });
    expect(code).toBe(0);
    expect(said).toMatch(/^There is nothing of reaper install/m);
    expect(said).toMatch(/^left {7}\/etc\/systemd\/system\/reaper\.service\.d: your own/m);
  });
});
