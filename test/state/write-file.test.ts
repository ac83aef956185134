import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { giveToOwner, readJson, replaceFile, writeJson } from '../../src/state/write-file.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-write-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('a state file', () => {
  test('is written whole and read back, and there may be none', async () => {
    const file = join(dir, 'locks.json');
    expect(await readJson(file)).toBeUndefined();
    await writeJson(file, [1]);
    await writeJson(file, [2]);
    expect(await readJson(file)).toEqual([2]);
  });

  test('is never written through a link', async () => {
    const target = join(dir, 'of-others');
    await writeFile(target, 'theirs');
    await symlink(target, join(dir, 'locks.json.new'));
    await expect(writeJson(join(dir, 'locks.json'), [1])).rejects.toMatchObject({
      code: 'record-impossible',
    });
    expect(await readFile(target, 'utf8')).toBe('theirs');
  });
});

describe('a file of somebody else’s', () => {
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  const modeOf = async (name: string) => (await stat(join(dir, name))).mode & 0o777;

  test('is replaced, with its mode, and left alone in its folder', async () => {
    await writeFile(join(dir, 'site.ckl'), 'the old one, and longer', { mode: 0o604 });
    await replaceFile(join(dir, 'site.ckl'), 'new');
    expect([await read('site.ckl'), await modeOf('site.ckl')]).toEqual(['new', 0o604]);
    expect(await readdir(dir)).toEqual(['site.ckl']);
  });

  test('may be a new one, as the umask has it', async () => {
    await replaceFile(join(dir, 'site.ckl'), 'new');
    expect([await read('site.ckl'), await modeOf('site.ckl')]).toEqual(['new', 0o666 & ~process.umask()]);
  });

  test('is replaced where a link leads', async () => {
    await mkdir(join(dir, 'share'));
    await writeFile(join(dir, 'share', 'site.ckl'), 'old');
    await symlink(join('share', 'site.ckl'), join(dir, 'site.ckl'));
    await replaceFile(join(dir, 'site.ckl'), 'new');
    expect((await lstat(join(dir, 'site.ckl'))).isSymbolicLink()).toBe(true);
    expect(await read('share/site.ckl')).toBe('new');
  });

  test('is as it was where the disk is full', async () => {
    await writeFile(join(dir, 'site.ckl'), 'old');
    await using handle = await open(join(dir, 'site.ckl'));
    const write = vi.spyOn(Object.getPrototypeOf(handle), 'writeFile');
    write.mockRejectedValue(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    await expect(replaceFile(join(dir, 'site.ckl'), 'new')).rejects.toMatchObject({ code: 'ENOSPC' });
    write.mockRestore();
    expect([await read('site.ckl'), await readdir(dir)]).toEqual(['old', ['site.ckl']]);
  });

  test('is written to if it is none, as /dev/stdout', async () => {
    const pipe = join(dir, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const [text] = await Promise.all([readFile(pipe, 'utf8'), replaceFile(pipe, 'new')]);
    expect([text, (await stat(pipe)).isFIFO()]).toEqual(['new', true]);
  });
});

describe.runIf(process.getuid?.() === 0)('what root makes', () => {
  const nobody = 65_534;
  const ownerAfter = async (name: string): Promise<number> => {
    await chmod(dir, 0o755);
    await chown(dir, nobody, nobody);
    await using handle = await open(join(dir, name), 'a');
    await giveToOwner(handle, join(dir, name));
    return (await handle.stat()).uid;
  };

  test('belongs to the owner of its folder', async () => {
    expect(await ownerAfter('audit.jsonl')).toBe(nobody);
  });

  test('belongs to the owner of the file that it replaces', async () => {
    await writeFile(join(dir, 'site.ckl'), 'old', { mode: 0o640 });
    await chown(join(dir, 'site.ckl'), nobody, nobody);
    await replaceFile(join(dir, 'site.ckl'), 'new');
    const { uid, gid, mode } = await stat(join(dir, 'site.ckl'));
    expect([uid, gid, mode & 0o777]).toEqual([nobody, nobody, 0o640]);
  });

  test('but not what a link leads to, or what has another name', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'reaper-outside-'));
    const target = join(outside, 'shadow');
    await writeFile(target, '');
    await symlink(target, join(dir, 'soft'));
    await link(target, join(dir, 'hard'));
    expect([await ownerAfter('soft'), await ownerAfter('hard')]).toEqual([0, 0]);
    expect((await stat(target)).uid).toBe(0);
    await rm(outside, { recursive: true });
  });
});
