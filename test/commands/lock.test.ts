import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ReaperError } from '../../src/errors.ts';
import type { World } from '../../src/world.ts';
import { callReaper, type Called } from '../support/reaper.ts';

const policy = `version: 1
name: p
time_intervals:
  night: [{ times: [{ start_time: '20:00', end_time: '06:00' }] }]
exemptions:
  - { name: batch, users: ['svc_*@admin'], during: night, because: jobs }
  - { name: privileged, roles: [root@admin], because: administrators }
rules:
  - { name: idle, when: { idle_for: 15m } }
`;

const noon = new Date('2026-07-01T12:00:00Z');

async function aBench() {
  const dir = await mkdtemp(join(tmpdir(), 'reaper-test-'));
  const policyFile = join(dir, 'p.yaml');
  await writeFile(policyFile, policy);
  const state = ['--state-dir', join(dir, 'state')];
  const lock = (user: string, args: readonly string[] = [], world: Partial<World> = {}): Promise<Called> => {
    const usual = { '--for': '10h', '--reason': 'IR-1', '--policy': policyFile };
    const said = Object.entries(usual).flatMap((pair) => (args.includes(pair[0]) ? [] : pair));
    const atNoon = Object.defineProperties({ clock: () => noon }, Object.getOwnPropertyDescriptors(world));
    return callReaper(['lock', user, ...said, ...state, ...args], atNoon);
  };
  const locked = async (): Promise<unknown> =>
    JSON.parse((await callReaper(['locks', '--json', ...state])).stdout).locks.map(
      ({ user }: { user: string }) => user,
    );
  return { dir, lock, locked };
}

describe('reaper lock says whom runs may spare all the same', () => {
  const warnings = ({ stdout }: Called): string[] =>
    [...stdout.matchAll(/^warning: exemption (\w+) may/gm)].map(([, name = '']) => name);

  test.each<[user: string, args: string[], exemptions: string[]]>([
    ['svc_x@admin', [], ['batch', 'privileged']],
    ['svc_x@admin', ['--for', '7h'], ['privileged']],
    ['mallory@admin', [], ['privileged']],
    ['svc_x@admin', ['--override-exemptions'], []],
  ])('%s, %j: %j', async (user, args, exemptions) => {
    const { lock } = await aBench();
    const called = await lock(user, args);
    expect(called.code).toBe(0);
    expect(warnings(called)).toEqual(exemptions);
  });
});

describe('a lock names one user', () => {
  test.each([
    ['mal*@admin', 'mal\\*@admin'],
    ['m?l@admin', 'm\\?l@admin'],
    ['CORP\\\\m*@$external', 'CORP\\\\m\\*@$external'],
  ])('%s is a pattern: refused, and said how such a name is written', async (user, written) => {
    const { lock, locked } = await aBench();
    const { code, stderr, stdout } = await lock(user);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('for many users write a rule');
    expect(stderr).toContain(`reaper lock '${written}'`);
    expect(await locked()).toEqual([]);
  });

  test.each([
    ['mal\\*@admin', 'mal*@admin'],
    ['a\\\\b\\?@admin', 'a\\b?@admin'],
    ['CORP\\mallory@$external', 'CORP\\mallory@$external'],
  ])('%s is the user %s', async (text, user) => {
    const { lock, locked } = await aBench();
    expect((await lock(text)).code).toBe(0);
    expect(await locked()).toEqual([user]);
  });
});

describe('whom reaper itself logs in as', () => {
  const uri = 'mongodb://reaper:secret@db.example.net/?authSource=admin';

  test('is not locked, wherever the connection string stands', async () => {
    const { dir, lock, locked } = await aBench();
    const file = join(dir, 'uri');
    await writeFile(file, uri, { mode: 0o400 });
    const calls = [
      await lock('reaper@admin', ['--override-exemptions'], { env: { REAPER_MONGODB_URI: uri } }),
      await lock('reaper@admin', ['--uri-file', file]),
    ];
    for (const { code, stderr } of calls) {
      expect(code).toBe(2);
      expect(stderr).toContain('reaper’s own user');
      expect(stderr).toContain('nothing lifts a built-in exemption');
    }
    expect(await locked()).toEqual([]);
  });

  test('others are, and a string that cannot be read keeps nobody from locking', async () => {
    const { lock } = await aBench();
    expect((await lock('mallory@admin', [], { env: { REAPER_MONGODB_URI: uri } })).code).toBe(0);
    expect((await lock('mallory@admin', [], { env: { REAPER_MONGODB_URI: 'nonsense' } })).code).toBe(0);
    expect((await lock('mallory@admin', ['--uri-file', '/none'])).code).toBe(0);
  });
});

test('the zone of the machine is asked for only where the policy means it', async () => {
  const { dir, lock } = await aBench();
  const world = {
    get localZone(): string {
      throw new ReaperError('zone-unknown', 'TZ is "Foo/Bar"');
    },
  };
  expect((await lock('svc_x@admin', [], world)).code).toBe(0);
  const local = join(dir, 'local.yaml');
  await writeFile(local, policy.replace("'06:00' }]", "'06:00' }], location: Local"));
  const { code, stderr } = await lock('svc_x@admin', ['--policy', local], world);
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'reaper: TZ is "Foo/Bar"\n' });
});

test('a lock that is to act at once is not made where nothing says how to reach the server', async () => {
  const { lock, locked } = await aBench();
  const { code, stderr } = await lock('mallory@admin', ['--now']);
  expect(code).toBe(2);
  expect(stderr).toContain('no connection string was given');
  expect(await locked()).toEqual([]);
});
