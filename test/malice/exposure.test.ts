import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callReaper } from '../support/reaper.ts';
import { encoded, marked, nowhere } from './marked-secrets.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-exposure-'));
});
afterAll(() => rm(folder, { recursive: true }));

const policy = 'version: 1\nname: p\nrules: [{ name: r, when: { users: [alice@admin] } }]\n';
const uri = `mongodb://u:${encoded}@${nowhere}/`;

/** A file with this mode in a folder of its own with that one; both names need quotes in a shell. */
async function aFile(
  content: string,
  mode: number,
  folderMode = 0o700,
): Promise<{ dir: string; file: string }> {
  const dir = join(await mkdtemp(join(folder, 'a-')), "it's here");
  await mkdir(dir);
  const file = join(dir, 'a file');
  await writeFile(file, content);
  await chmod(file, mode);
  await chmod(dir, folderMode);
  return { dir, file };
}

const inShell = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;

describe('a file with the connection string', () => {
  test.each<[string, number, string, string]>([
    ['that everyone may read', 0o644, 'every user of this host may read or change', 'chmod 0400'],
    ['that everyone may write', 0o602, 'every user of this host may read or change', 'chmod 0400'],
    ['that its group may write', 0o660, 'its group may change', 'chmod g-w'],
  ])('%s is refused, with the command that mends it', async (_name, mode, words, remedy) => {
    const { file } = await aFile(uri, mode);
    const { code, stderr } = await callReaper(['list', '--uri-file', file]);
    expect([code, marked.exec(stderr)]).toEqual([2, null]);
    expect(stderr).toContain(words);
    expect(stderr).toContain(`${remedy} ${inShell(file)}`);
  });

  test('that its group may read is none of these: systemd and Kubernetes make it so', async () => {
    const { file } = await aFile('no connection string', 0o440);
    const { stderr } = await callReaper(['list', '--uri-file', file]);
    expect(stderr).toContain('this is not a MongoDB connection string');
  });

  test.each<[string, () => Promise<string>, string]>([
    ['that is a folder', () => Promise.resolve(folder), 'this is a folder'],
    ['that is not there', () => Promise.resolve(join(folder, 'none')), 'there is no such file'],
    ['without an end', () => Promise.resolve('/dev/zero'), 'may read or change'],
    ['of a megabyte', async () => (await aFile(uri.padEnd(1 << 20), 0o600)).file, 'larger than'],
  ])('%s is refused', async (_name, file, words) => {
    const { code, stderr } = await callReaper(['list', '--uri-file', await file()]);
    expect([code, marked.exec(stderr)]).toEqual([2, null]);
    expect(stderr).toContain(words);
  });
});

describe('a policy that others may change', () => {
  async function checked(file: string): Promise<string> {
    const { code, stdout } = await callReaper(['check', '--json', '--policy', file]);
    expect(code).toBe(0);
    return stdout;
  }
  const told = (who: string, path: string): string =>
    JSON.stringify(`${who} may write to ${path}, and so decide whose sessions end`);
  const mended = (command: string, path: string): string => JSON.stringify(`${command} ${inShell(path)}`);

  test.each([
    ['everyone', 0o646, 'every user of this host', 'chmod o-w'],
    ['the group', 0o664, 'its group', 'chmod g-w'],
  ])('to %s: check warns, with the command that mends it', async (_name, mode, who, command) => {
    const { file } = await aFile(policy, mode);
    const report = await checked(file);
    expect(report).toContain(told(who, file));
    expect(report).toContain(mended(command, file));
  });

  test('since everyone may put another in its place', async () => {
    const { dir, file } = await aFile(policy, 0o644, 0o777);
    const report = await checked(file);
    expect(report).toContain(told('every user of this host', dir));
    expect(report).toContain(mended('chmod o-w', dir));
  });

  test('since everyone may put another in the place of what a link leads to', async () => {
    const { dir, file } = await aFile(policy, 0o644, 0o777);
    const link = join(folder, 'link.yaml');
    await symlink(file, link);
    expect(await checked(link)).toContain(told('every user of this host', dir));
  });

  test.each([
    ['in a folder as /tmp, where nobody replaces what is another’s', 0o644, 0o1777],
    ['that only its owner may write', 0o644, 0o755],
  ])('but not one %s', async (_name, mode, folderMode) => {
    const { file } = await aFile(policy, mode, folderMode);
    expect(await checked(file)).not.toContain('may write to');
  });
});

describe.each([
  ['run', ['run'], 69],
  ['a dry run', ['run', '--dry-run'], 69],
  ['lock', ['lock', 'alice@admin', '--for', '1h', '--reason', 'r'], 0],
])('%s warns, and goes on, with the command that mends it', (name, argv, exitCode) => {
  const env = { REAPER_MONGODB_URI: uri };

  test('where its group may change the policy', async () => {
    const { file } = await aFile(policy, 0o664);
    const { dir } = await aFile('[]', 0o600);
    const { code, stderr } = await callReaper([...argv, '--policy', file, '--state-dir', dir], { env });
    expect(code).toBe(exitCode);
    expect(warningsOf(stderr)).toEqual([
      `its group may write to ${file}, and so decide whose sessions end; chmod g-w ${inShell(file)}`,
    ]);
  });

  test('where its group may write to the state directory', async () => {
    const { file } = await aFile(policy, 0o644);
    const { dir } = await aFile('[]', 0o600, 0o770);
    const { code, stderr } = await callReaper([...argv, '--policy', file, '--state-dir', dir], { env });
    expect(code).toBe(exitCode);
    const words = `its group may write to ${dir}, and so forge what is recorded and locked; chmod g-w ${inShell(dir)}`;
    // A dry run records nothing.
    expect(warningsOf(stderr)).toEqual(name === 'a dry run' ? [] : [words]);
  });
});

/** The warnings in a log of JSON lines. */
function warningsOf(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line)).flatMap(({ level, msg }) => (level === 40 ? [msg] : []));
}

describe('a state directory that everyone may write to', () => {
  const argvs = [
    ['run', '--policy'],
    ['lock', 'alice@admin', '--for', '1h', '--reason', 'r', '--policy'],
  ];

  test.each([['a folder'], ['a file in it']])('%s: nothing is recorded there', async (what) => {
    for (const argv of argvs) {
      const { file } = await aFile(policy, 0o644);
      const { dir: state, file: kept } = await aFile('[]', what === 'a folder' ? 0o600 : 0o602, 0o700);
      if (what === 'a folder') await chmod(state, 0o707);
      const path = what === 'a folder' ? state : kept;
      const env = { REAPER_MONGODB_URI: uri };
      const { code, stderr } = await callReaper([...argv, file, '--state-dir', state], { env });
      expect(code).toBe(73);
      expect(stderr).toContain(
        `every user of this host may write to ${path}, and so forge what is recorded and locked`,
      );
      expect(stderr).toContain(`chmod o-w ${inShell(path)}`);
    }
  });
});
