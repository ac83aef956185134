import { chmod, chown, link, mkdtemp, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { giveToOwner, readJson, writeJson } from '../../src/state/write-file.ts';

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
