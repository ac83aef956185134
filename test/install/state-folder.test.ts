import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/audit/schedule/host.ts';
import { install, type InstallOptions } from '../../src/commands/install.ts';
import type { Files } from '../../src/install/files.ts';
import { aHost, printed } from '../audit/schedule/a-host.ts';

const program = { node: '/usr/bin/node', script: '/usr/local/lib/reaper/reaper.js', uid: 0 };
const noFiles: Files = {
  lookAt: () => Promise.resolve({ owner: 'nobody' }),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

/** A host with these files, where every program succeeds; the user reaper has the number 999. */
function hostWith(...paths: readonly string[]): Host & { asked: string[] } {
  const host = aHost({ files: Object.fromEntries(paths.map((path) => [path, ''])) });
  const execute: Host['execute'] = async (program, args) => {
    await host.execute(program, args);
    return printed('999\n');
  };
  return { ...host, execute };
}

async function call(options: InstallOptions, host: Host): Promise<{ code: number; said: string }> {
  let said = '';
  const stdout = { write: (text: string) => (said += text) };
  const code = await install(options, { stdout, program, host }, noFiles);
  return { code, said };
}

describe('a state directory of others', () => {
  test.each<[string, InstallOptions, string[]]>([
    ['the log of the system', { cron: true, stateDir: '/var/log' }, ['/var/log/syslog']],
    [
      'the log of the system, where reaper ran by mistake',
      { cron: true, stateDir: '/var/log' },
      ['/var/log/syslog', '/var/log/audit.jsonl'],
    ],
    [
      'the data of a server, which systemd would give away whole',
      { systemd: true, stateDir: '/var/lib/mongo' },
      ['/run/systemd/system/x', '/var/lib/mongo/WiredTiger'],
    ],
    ['a file', { cron: true, stateDir: '/srv/state' }, ['/srv/state']],
  ])('is refused: %s', async (_what, options, paths) => {
    const host = hostWith(...paths);
    await expect(call(options, host)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`--state-dir is ${options.stateDir}`),
      remedy: expect.stringContaining('a folder of its own'),
    });
    expect(host.asked.filter((line) => line !== 'id -u reaper')).toEqual([]);
    const { said } = await call({ ...options, dryRun: true }, host);
    expect(said).toContain(`would be refused: --state-dir is ${options.stateDir}`);
  });
});

describe('a state directory of reaper’s own is taken', () => {
  const own = ['audit.jsonl', 'audit-000000000001.jsonl', 'audit-head.json', 'locks.json', 'first-seen.json']
    .concat([
      'deployment.json',
      'ended-sessions.json',
      'ended-sessions.json.new',
      'run.lock',
      'audit.lock.takeover',
      'cron.lock',
    ])
    .map((name) => `/srv/state/${name}`);
  const notes = hostWith('/srv/state/notes', ...own);

  test.each<[string, Host]>([
    ['that is not there', hostWith()],
    ['in which it ran by hand', hostWith(...own)],
    [
      'that belongs to its user',
      {
        ...notes,
        statusOf: async (path) => ({
          ...(await notes.statusOf(path)),
          ...(path === '/srv/state' && { uid: 999 }),
        }),
      },
    ],
    [
      'that is closed to who tries',
      { ...notes, namesIn: () => Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' })) },
    ],
  ])('%s', async (_what, host) => {
    const options = { cron: true, stateDir: '/srv/state' };
    expect((await call({ ...options, dryRun: true }, host)).said).not.toContain('would be refused');
    const { code, said } = await call(options, host);
    expect(code).toBe(0);
    expect(said).toContain('done       install -d -o reaper -g reaper -m 0750 /srv/state');
  });
});
