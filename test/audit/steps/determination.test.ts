import { describe, expect, test } from 'vitest';
import type { LoggedRun } from '../a-log.ts';
import { aNight, audit, morning, night } from '../an-audit.ts';

const hour = 3_600_000;
const other = 'b'.repeat(64);
const determination = async (logged: readonly LoggedRun[]) => (await audit(logged)).step('determination');
const last = (change: Partial<LoggedRun>) =>
  aNight((run) => (run.at === morning ? { ...run, ...change } : run));

describe('which policy the runs followed', () => {
  test('is told where it was the present one', async () => {
    expect(await determination(aNight())).toMatchObject({
      state: 'shown',
      because: [
        'Rules matched 1 session in 121 runs since the window began: 121 followed the present policy.',
      ],
    });
  });

  test('is told where some followed another, or broke off before any', async () => {
    const step = await determination(
      aNight((run) => {
        if (run.at === night) return { ...run, brokeOff: true, exitCode: 69 };
        return run.at < night + hour ? { ...run, sha256: other } : run;
      }),
    );
    expect(step?.because).toEqual([
      'Rules matched 1 session in 121 runs since the window began: 109 followed the present policy, 11 another, 1 none.',
    ]);
    expect(step?.facts).toContainEqual({ label: 'other policies', values: ['bbbbbbbbbbbb…: 11 runs'] });
  });
});

describe('what the last run could not decide', () => {
  test('was all there was', async () => {
    const evidence = await audit(
      last({ counts: { listed: 9, terminate: 0, retain: 0, exempt: 2, indeterminate: 7 } }),
    );
    expect(evidence.status).toBe('not_reviewed');
    expect(evidence.reasons).toEqual(['The last run could decide none of 7 sessions.']);
  });

  test('was some of it', async () => {
    const step = await determination(
      last({ counts: { listed: 9, terminate: 0, retain: 4, indeterminate: 3 } }),
    );
    expect(step?.state).toBe('shown');
    expect(step?.because.at(-1)).toBe('The last run could not decide 3 sessions, which it let live.');
  });

  test('was nothing, where nothing was listed but what is exempt', async () => {
    const step = await determination(last({ counts: { listed: 2, terminate: 0, retain: 0, exempt: 2 } }));
    expect(step).toMatchObject({ state: 'shown', because: [expect.any(String)] });
  });

  test('is not known of one that broke off', async () => {
    const step = await determination(last({ brokeOffLate: true, exitCode: 69 }));
    expect(step).toMatchObject({
      state: 'unseen',
      because: ['The last run broke off before it held the sessions against the policy.'],
    });
  });
});
