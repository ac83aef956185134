import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { stopAfter, unlessStopped } from '../src/stop.ts';

const never = new Promise<never>(() => undefined);

describe('a run is stopped', () => {
  test('after its time, with the option that says how long', async () => {
    using stop = stopAfter(5, undefined);
    await expect(unlessStopped(stop.signal, never)).rejects.toMatchObject({
      code: 'stopped',
      exitCode: 3,
      message: expect.stringContaining('--timeout'),
    });
  });

  test('by the host, before and while it works', async () => {
    const host = new AbortController();
    using stop = stopAfter(60_000, host.signal);
    const waiting = unlessStopped(stop.signal, never);
    host.abort(new Error('stopped by SIGTERM'));
    await expect(waiting).rejects.toThrow('SIGTERM');
    await expect(unlessStopped(stop.signal, Promise.resolve(1))).rejects.toThrow('SIGTERM');
    using late = stopAfter(60_000, host.signal);
    expect(late.signal.aborted).toBe(true);
  });

  test('not at all if it is quicker', async () => {
    using stop = stopAfter(60_000, undefined);
    expect(await unlessStopped(stop.signal, Promise.resolve(7))).toBe(7);
    await expect(unlessStopped(stop.signal, Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  test('and what comes of its work afterwards is left in order', async () => {
    using stop = stopAfter(5, undefined);
    const left: string[] = [];
    const slow = sleep(30).then(() => 'a connection');
    await expect(unlessStopped(stop.signal, slow, (late) => left.push(late))).rejects.toThrow('--timeout');
    await slow;
    await sleep(0);
    expect(left).toEqual(['a connection']);
  });
});
