import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeStateDir, stateDirOf } from '../../src/state/state-dir.ts';

describe('the state directory', () => {
  test.each([
    { option: '/option', env: { STATE_DIRECTORY: '/systemd', XDG_STATE_HOME: '/xdg' }, dir: '/option' },
    { option: undefined, env: { STATE_DIRECTORY: '/systemd', XDG_STATE_HOME: '/xdg' }, dir: '/systemd' },
    { option: undefined, env: { STATE_DIRECTORY: '/first:/second' }, dir: '/first' },
    { option: undefined, env: { STATE_DIRECTORY: '', XDG_STATE_HOME: '/xdg' }, dir: '/xdg/reaper' },
    { option: undefined, env: { XDG_STATE_HOME: '' }, dir: join(homedir(), '.local', 'state', 'reaper') },
    { option: undefined, env: {}, dir: join(homedir(), '.local', 'state', 'reaper') },
  ])('$option, $env: $dir', ({ option, env, dir }) => {
    expect(stateDirOf(option, env)).toBe(dir);
  });

  test('is made if need be, and is not for everybody', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'reaper-dir-'));
    try {
      const dir = join(parent, 'a', 'b');
      await makeStateDir(dir);
      await makeStateDir(dir);
      expect((await stat(dir)).mode & 0o027).toBe(0);
      await writeFile(join(dir, 'file'), '');
      await expect(makeStateDir(join(dir, 'file', 'c'))).rejects.toMatchObject({
        code: 'record-impossible',
        message: expect.stringContaining('a file stands where a folder is needed'),
      });
    } finally {
      await rm(parent, { recursive: true });
    }
  });

  test('may be made by two at once', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'reaper-dir-'));
    try {
      const dir = join(parent, 'a', 'b', 'c');
      await Promise.all([makeStateDir(dir), makeStateDir(dir), makeStateDir(dir)]);
      expect((await stat(dir)).isDirectory()).toBe(true);
    } finally {
      await rm(parent, { recursive: true });
    }
  });

  test.runIf(process.platform === 'linux')('is refused where nobody can make a folder', async () => {
    for (const dir of ['/proc/reaper', '/proc/reaper/state'])
      await expect(makeStateDir(dir)).rejects.toMatchObject({ code: 'record-impossible' });
  });
});
