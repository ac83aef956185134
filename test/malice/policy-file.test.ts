import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBounded } from '../../src/bounded-file.ts';
import { loadPolicy } from '../../src/policy/load.ts';

const good = 'version: 1\nname: p\nrules: [{ name: r, when: { idle_for: 15m } }]\n';

function makePipe(file: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$0"', file]);
}

describe('the path of a policy', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reaper-malice-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a file of 100 MB is not read to its end', async () => {
    const file = join(folder, 'huge.yaml');
    await using handle = await open(file, 'w');
    await handle.truncate(100 << 20);
    await expect(loadPolicy(file)).rejects.toMatchObject({
      code: 'policy-unreadable',
      message: `${file}: larger than 1048576 bytes, so it is no policy`,
    });
    expect((await readBounded(file, 1000)).bytes).toHaveLength(1001);
  });

  test('a pipe that nobody writes to holds nothing up', async () => {
    const file = join(folder, 'pipe');
    makePipe(file);
    await expect(loadPolicy(file)).rejects.toMatchObject({
      code: 'policy-invalid',
      message: expect.stringContaining('the file is empty'),
    });
  });

  test('a pipe whose writer keeps silent is given up', async () => {
    const file = join(folder, 'silent');
    makePipe(file);
    const reading = open(file, 'r');
    await using _writer = await open(file, 'w');
    await using _reader = await reading;
    await expect(readBounded(file, 1000, 50)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('a pipe with a policy in it is read, as from <(…)', async () => {
    const file = join(folder, 'filled');
    makePipe(file);
    const [loaded] = await Promise.all([loadPolicy(file), writeFile(file, good)]);
    expect(loaded).toMatchObject({ policy: { name: 'p' }, exposure: undefined });
  });

  test.each(['/dev/zero', '/dev/full'])('%s has no end, and is left alone', async (file) => {
    await expect(loadPolicy(file)).rejects.toMatchObject({ code: 'policy-unreadable' });
  });

  test('/dev/null is empty', async () => {
    await expect(loadPolicy('/dev/null')).rejects.toMatchObject({ code: 'policy-invalid' });
  });
});
