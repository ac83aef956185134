import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lastSuccessIn, type Heartbeat } from '../../src/report/metrics.ts';
import { writeMetrics } from '../../src/state/metrics-file.ts';

const succeeded: Heartbeat = {
  at: 1000,
  durationSeconds: 1,
  exitCode: 0,
  succeeded: true,
  version: '1',
  stateDir: '/state',
  counts: undefined,
  deployment: undefined,
  policy: undefined,
  head: undefined,
};
const failed: Heartbeat = { ...succeeded, at: 2000, exitCode: 69, succeeded: false };

describe('the metrics file', () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'reaper-metrics-'));
    file = join(dir, 'reaper.prom');
  });
  afterEach(() => rm(dir, { recursive: true }));

  test('keeps the last success through any number of failures', async () => {
    await writeMetrics(file, failed);
    expect(lastSuccessIn(await readFile(file, 'utf8'))).toBeUndefined();
    await writeMetrics(file, succeeded);
    await writeMetrics(file, failed);
    await writeMetrics(file, { ...failed, at: 3000 });
    const text = await readFile(file, 'utf8');
    expect(lastSuccessIn(text)).toBe(1000);
    expect(text).toContain('reaper_last_run_timestamp_seconds{state_dir="/state"} 3000\n');
  });

  test('is for another user to read, whatever the umask, and is alone in its folder', async () => {
    const before = process.umask(0o077);
    try {
      await writeMetrics(file, succeeded);
    } finally {
      process.umask(before);
    }
    expect((await stat(file)).mode & 0o777).toBe(0o644);
    expect(await readdir(dir)).toEqual(['reaper.prom']);
  });

  test('that makes no sense is replaced', async () => {
    await writeFile(file, '\0'.repeat(100));
    await writeMetrics(file, failed);
    expect(await readFile(file, 'utf8')).toContain('reaper_last_exit_code{state_dir="/state"} 69\n');
  });

  test('that cannot be written leaves nothing behind', async () => {
    await expect(writeMetrics(join(dir, 'no', 'reaper.prom'), succeeded)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    // A folder in its place can be neither read nor replaced.
    await expect(writeMetrics(dir, succeeded)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(dir)).toEqual([]);
  });
});
