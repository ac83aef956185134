import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/load.ts';
import { policyText } from './policy.ts';
import { aPolicy, dice } from './random-policies.ts';

test('reaper takes every policy of a soak, also around midnight', () => {
  fc.assert(
    fc.property(
      aPolicy,
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2 ** 42) }),
      (policy, at) => {
        const parsed = parsePolicy(new TextEncoder().encode(policyText(policy, at.getTime())), 'p');
        expect(parsed.rules).toHaveLength(policy.rules.length);
        expect(parsed.exemptions).toHaveLength(policy.exemptions.length + 1);
      },
    ),
  );
});

test('durations are seconds', () => {
  const policy = {
    rules: [
      { when: { not: { any_of: [{ idle_for: 5 }, { more_than_per_user: 2 }] } }, terminate: 'user' as const },
    ],
    exemptions: [{ users: ['svc_*@admin'] }],
    limits: { users: 3 },
    mode: 'report' as const,
    end_sessions: false,
    dryRun: true,
  };
  expect(JSON.parse(policyText(policy, Date.UTC(2026, 0, 1, 23, 30)))).toEqual({
    version: 1,
    name: 'soak',
    time_intervals: {
      open: [{ times: [{ start_time: '22:30', end_time: '00:30' }] }],
      shut: [{ times: [{ start_time: '10:30', end_time: '12:30' }] }],
    },
    rules: [
      {
        name: 'r0',
        when: { not: { any_of: [{ idle_for: '5s' }, { more_than_per_user: 2 }] } },
        terminate: 'user',
      },
    ],
    exemptions: [
      { name: 'e0', users: ['admin@admin'] },
      { name: 'e1', users: ['svc_*@admin'] },
    ],
    limits: { users: 3 },
    mode: 'report',
    end_sessions: false,
  });
});

test('dice fall the same for the same seed', () => {
  const throwsOf = (seed: number): number[] => {
    const { between } = dice(seed);
    return Array.from({ length: 20 }, () => between(0, 1));
  };
  expect(throwsOf(1)).toEqual(throwsOf(1));
  expect(throwsOf(1)).not.toEqual(throwsOf(2));
});
