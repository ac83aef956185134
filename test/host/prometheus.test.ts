import { execFile } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { metricsText, type Heartbeat } from '../../src/report/metrics.ts';
import { debianTool } from '../support/debian-tool.ts';

let promtool: string;
beforeAll(async () => {
  promtool = await debianTool({ program: 'promtool', package: 'prometheus' });
}, 600_000);

/** What Prometheus’ own linter says of a text. */
const check = (text: string): Promise<{ code: number; said: string }> =>
  new Promise((resolve, reject) => {
    const child = execFile(promtool, ['check', 'metrics'], (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), said: stdout + stderr });
    });
    child.stdin?.end(text);
  });

const zero = {
  listed: 0,
  terminate: 0,
  retain: 0,
  exempt: 0,
  indeterminate: 0,
  ended: 0,
  killed: 0,
  already_ended: 0,
  spared: 0,
  failed: 0,
  in_doubt: 0,
};
const whole: Heartbeat = {
  at: 1_795_327_200.123,
  durationSeconds: 0.25,
  exitCode: 0,
  succeeded: true,
  version: '1.2.3',
  stateDir: '/var/lib/reaper',
  counts: zero,
  deployment: 'rs0 "main"\\\n\u202e',
  policy: 'stig-v-281700',
  head: { sequence: 42, hash: 'sha256:ab' },
};
const early = { counts: undefined, deployment: undefined, policy: undefined, head: undefined };

describe('Prometheus has nothing to say against the metrics', () => {
  test.each([
    ['of a whole run', whole, undefined],
    ['of a run that failed early', { ...whole, ...early, exitCode: 78, succeeded: false }, 1_795_320_000],
    ['of a run that never succeeded', { ...whole, ...early, exitCode: 69, succeeded: false }, undefined],
  ])('%s', async (_what, heartbeat, lastSuccessAt) => {
    expect(await check(metricsText(heartbeat, lastSuccessAt))).toEqual({ code: 0, said: '' });
  });

  test('and would say something against wrong ones', async () => {
    const { code, said } = await check(
      metricsText(whole, undefined).replace('# HELP reaper_build_info', '#'),
    );
    expect(code).not.toBe(0);
    expect(said).toContain('reaper_build_info');
  });
});
