import { describe, expect, test } from 'vitest';
import { lastSuccessIn, metricsText, type Heartbeat } from '../../src/report/metrics.ts';

const counts = {
  listed: 13,
  terminate: 7,
  retain: 3,
  exempt: 2,
  indeterminate: 1,
  ended: 4,
  killed: 6,
  already_ended: 5,
  spared: 8,
  failed: 9,
  in_doubt: 10,
};

const whole: Heartbeat = {
  at: 1_795_327_200.5,
  durationSeconds: 1.25,
  exitCode: 0,
  succeeded: true,
  version: '1.2.3',
  stateDir: '/var/lib/reaper',
  counts,
  deployment: 'rs0',
  policy: 'stig-v-281700',
  head: { sequence: 42, hash: 'sha256:ab' },
};

/** A run that failed before it could connect. */
const early: Heartbeat = {
  ...whole,
  exitCode: 78,
  succeeded: false,
  counts: undefined,
  deployment: undefined,
  policy: undefined,
  head: undefined,
};

const samples = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('the metrics', () => {
  test('of a whole run', () => {
    const labels = 'state_dir="/var/lib/reaper"';
    expect(samples(metricsText(whole, 1_795_320_000))).toEqual([
      `reaper_build_info{${labels},version="1.2.3"} 1`,
      `reaper_last_run_timestamp_seconds{${labels}} 1795327200.5`,
      `reaper_last_success_timestamp_seconds{${labels}} 1795327200.5`,
      `reaper_last_exit_code{${labels}} 0`,
      `reaper_run_duration_seconds{${labels}} 1.25`,
      `reaper_deployment_info{${labels},deployment="rs0",policy="stig-v-281700"} 1`,
      `reaper_sessions_listed{${labels}} 13`,
      `reaper_sessions_matched{${labels}} 7`,
      `reaper_sessions_exempt{${labels}} 2`,
      `reaper_sessions_indeterminate{${labels}} 1`,
      `reaper_sessions_ended{${labels}} 4`,
      `reaper_sessions_killed{${labels}} 6`,
      `reaper_sessions_already_ended{${labels}} 5`,
      `reaper_sessions_spared{${labels}} 8`,
      `reaper_sessions_failed{${labels}} 9`,
      `reaper_sessions_in_doubt{${labels}} 10`,
      `reaper_audit_log_head_info{${labels},sequence="42",hash="sha256:ab"} 1`,
    ]);
  });

  test('of a run that failed early have its exit status, and no numbers that nobody counted', () => {
    const names = samples(metricsText(early, undefined)).map((line) => line.replace(/\{.*/, ''));
    expect(names).toEqual([
      'reaper_build_info',
      'reaper_last_run_timestamp_seconds',
      'reaper_last_exit_code',
      'reaper_run_duration_seconds',
    ]);
    expect(metricsText(early, undefined)).toContain(
      'reaper_last_exit_code{state_dir="/var/lib/reaper"} 78\n',
    );
  });

  test('of a failed run keep the time of the last success', () => {
    expect(lastSuccessIn(metricsText(early, 1_795_320_000.25))).toBe(1_795_320_000.25);
    expect(lastSuccessIn(metricsText(early, undefined))).toBeUndefined();
    // Exit status 0 under mode: report ended nothing.
    expect(lastSuccessIn(metricsText({ ...whole, succeeded: false }, 7))).toBe(7);
  });

  test('say of each what it is', () => {
    const lines = metricsText(whole, undefined).split('\n');
    for (const sample of samples(lines.join('\n'))) {
      const name = sample.replace(/\{.*/, '');
      const at = lines.indexOf(sample);
      expect(lines[at - 2]).toMatch(new RegExp(`^# HELP ${name} \\S.*\\.$`));
      expect(lines[at - 1]).toBe(`# TYPE ${name} gauge`);
    }
    expect(lines.at(-1)).toBe('');
  });

  test.each([
    ['a "quoted" name', 'a \\"quoted\\" name'],
    ['back\\slash', 'back\\\\slash'],
    ['two\nlines', 'two\\nlines'],
  ])('escape %j', (deployment, written) => {
    const text = metricsText({ ...whole, deployment }, undefined);
    expect(text).toContain(`deployment="${written}",policy=`);
  });

  test.each(['', 'reaper_last_success_timestamp_seconds 7', 'reaper_last_success_timestamp_seconds{} x'])(
    'nothing is read from %j',
    (text) => {
      expect(lastSuccessIn(text)).toBeUndefined();
    },
  );
});
