import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { takeRunLock } from '../../src/state/run-lock.ts';

/** A lock from before the last boot would be a dead run’s. */
const since = new Date();

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-lock-'));
  file = join(dir, 'run.lock');
});

afterEach(() => rm(dir, { recursive: true }));

const holderOf = async () => (JSON.parse(await readFile(file, 'utf8')) as { run_id: string }).run_id;

async function leaveLock(holder: { pid: number; host?: string; since?: Date }): Promise<void> {
  const lock = { host: hostname(), run_id: 'other', since, ...holder };
  await writeFile(file, JSON.stringify(lock));
}

describe('the lock of a state directory', () => {
  test('is one run’s, and names it', async () => {
    await using _lock = await takeRunLock(dir, 'one', since);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      pid: process.pid,
      host: hostname(),
      run_id: 'one',
      since: since.toISOString(),
    });
  });

  test('is refused to a second run, and stays the first one’s', async () => {
    await using _lock = await takeRunLock(dir, 'one', since);
    await expect(takeRunLock(dir, 'two', since)).rejects.toMatchObject({
      code: 'run-in-progress',
      exitCode: 75,
      message: expect.stringContaining('run one'),
      remedy: expect.stringContaining(file),
    });
    expect(await holderOf()).toBe('one');
  });

  test('can be taken once it is free, and leaves nothing behind', async () => {
    for (const runId of ['one', 'two']) {
      await using _lock = await takeRunLock(dir, runId, since);
      expect(await holderOf()).toBe(runId);
    }
    expect(await readdir(dir)).toEqual([]);
  });

  test.each([
    ['free', () => Promise.resolve()],
    ['a dead run’s', () => leaveLock({ pid: process.pid })],
    ['damaged', () => writeFile(file, '')],
  ])('goes to exactly one of many who want it at once, if it is %s', async (_name, leave) => {
    for (let round = 0; round < 25; round++) {
      await leave();
      const runs = Array.from({ length: 12 }, (_, at) => takeRunLock(dir, `${round}-${at}`, since));
      const results = await Promise.allSettled(runs);
      const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason.code as string] : [],
      );
      expect(locks).toHaveLength(1);
      expect(new Set(codes)).toEqual(new Set(['run-in-progress']));
      await locks[0]?.[Symbol.asyncDispose]();
    }
    expect(await readdir(dir)).toEqual([]);
  });

  test.each([
    ['of a dead process', () => leaveLock({ pid: spawnSync(process.execPath, ['-e', '']).pid })],
    ['of a dead run with this very process id, as in a container', () => leaveLock({ pid: process.pid })],
    ['that makes no sense', () => writeFile(file, '{"pid":')],
    ['that is empty', () => writeFile(file, '')],
  ])('%s is taken over', async (_name, leave) => {
    await leave();
    await using _lock = await takeRunLock(dir, 'mine', since);
    expect(await holderOf()).toBe('mine');
    expect(await readdir(dir)).toEqual(['run.lock']);
  });

  test.each([
    ['a live process of somebody else', { pid: 1 }],
    ['a process of another host, which nobody here can ask', { pid: 2 ** 22 + 1, host: 'elsewhere' }],
  ])('of %s is respected', async (_name, holder) => {
    await leaveLock(holder);
    await expect(takeRunLock(dir, 'mine', since)).rejects.toMatchObject({ code: 'run-in-progress' });
    expect(await holderOf()).toBe('other');
    expect(await readdir(dir)).toEqual(['run.lock']);
  });

  test('of another host that has given no sign of life for ten minutes is taken over', async () => {
    await leaveLock({ pid: 1, host: 'elsewhere' });
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await utimes(file, ago(9), ago(9));
    await expect(takeRunLock(dir, 'mine', since)).rejects.toMatchObject({
      code: 'run-in-progress',
      remedy: expect.stringContaining('10 minutes'),
    });
    await utimes(file, ago(11), ago(11));
    await using _lock = await takeRunLock(dir, 'mine', since);
    expect(await holderOf()).toBe('mine');
    expect(await readdir(dir)).toEqual(['run.lock']);
  });

  test('of a run that works long shows signs of life, and is still told apart', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await using _lock = await takeRunLock(dir, 'mine', since);
      await utimes(file, new Date(0), new Date(0));
      await vi.advanceTimersByTimeAsync(60_000);
      await expect.poll(async () => (await stat(file)).mtimeMs).toBeGreaterThan(since.getTime() - 60_000);
      expect(await holderOf()).toBe('mine');
    } finally {
      vi.useRealTimers();
    }
    expect(await readdir(dir)).toEqual([]);
  });

  test('from before the last boot is taken over, though a process has its id', async () => {
    await leaveLock({ pid: 1, since: new Date(Date.now() - uptime() * 1000 - 60_000) });
    await using _lock = await takeRunLock(dir, 'mine', since);
    expect(await holderOf()).toBe('mine');
  });

  test('is never seen without its content', async () => {
    const seen = new Set<string>();
    let isOver = false;
    const watch = async () => {
      while (!isOver) seen.add(await readFile(file, 'utf8').catch(() => 'gone'));
    };
    const watching = Promise.all(Array.from({ length: 8 }, watch));
    for (let round = 0; round < 100; round++) {
      await using _lock = await takeRunLock(dir, 'one', since);
    }
    isOver = true;
    await watching;
    expect([...seen].filter((text) => text !== 'gone' && !text.endsWith('}'))).toEqual([]);
  });

  test('that somebody removed by hand is no error at the end', async () => {
    {
      await using _lock = await takeRunLock(dir, 'one', since);
      await rm(file);
    }
    expect(await readdir(dir)).toEqual([]);
  });

  test('that another run has since is left to it', async () => {
    {
      await using _lock = await takeRunLock(dir, 'one', since);
      await leaveLock({ pid: 1 });
    }
    expect(await holderOf()).toBe('other');
  });

  test('is taken over although a run died in taking it over', async () => {
    await leaveLock({ pid: process.pid });
    await writeFile(`${file}.takeover`, await readFile(file));
    await using _lock = await takeRunLock(dir, 'mine', since);
    expect(await holderOf()).toBe('mine');
    expect(await readdir(dir)).toEqual(['run.lock']);
  });

  test('of a dead run is removed by one run at a time', async () => {
    await leaveLock({ pid: 1 });
    await rename(file, `${file}.takeover`);
    await leaveLock({ pid: process.pid });
    await expect(takeRunLock(dir, 'mine', since)).rejects.toMatchObject({ code: 'run-in-progress' });
    expect(await holderOf()).toBe('other');
  });

  test('that cannot be read is nobody’s to take', async () => {
    await mkdir(file);
    await expect(takeRunLock(dir, 'one', since)).rejects.toMatchObject({ code: 'record-impossible' });
    expect(await readdir(dir)).toEqual(['run.lock']);
  });

  test('that cannot be written is told', async () => {
    await writeFile(join(dir, 'no-folder'), '');
    await expect(takeRunLock(join(dir, 'no-folder'), 'one', since)).rejects.toMatchObject({
      code: 'record-impossible',
      exitCode: 73,
    });
  });
});
