import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { decidesEachAlone } from '../../src/decide/decides-each-alone.ts';
import type { Verdict } from '../../src/decide/verdict.ts';
import { policySchema } from '../../src/policy/schema.ts';
import type { Session } from '../../src/session.ts';
import { aCase, aLockedCase, type Case } from './random-policies.ts';

const policyOf = (document: object) => policySchema.parse({ version: 1, name: 'p', ...document });
const rulesOf = (when: object, terminate = 'sessions') =>
  policyOf({ rules: [{ name: 'r', when, terminate }] });

describe('each session is decided by itself', () => {
  test.each([
    [{ idle_for: '5m' }],
    [{ roles: ['root@admin'] }],
    [{ older_than: '1h' }],
    [{ client_gone: true }],
  ])('%j', (when) => {
    expect(decidesEachAlone(rulesOf(when))).toBe(true);
  });

  test.each([
    [{ more_than_per_user: 3 }],
    [{ not: { any_of: [{ more_than_per_user: 3 }, { during: 'day' }] } }],
  ])('but not where %j', (when) => {
    expect(decidesEachAlone(rulesOf(when))).toBe(false);
    const exemptions = [{ name: 'e', ...when }];
    expect(decidesEachAlone(policyOf({ rules: [], exemptions }))).toBe(false);
  });

  test('but not where one selects its user', () => {
    expect(decidesEachAlone(rulesOf({ idle_for: '5m' }, 'user'))).toBe(false);
  });

  test('whatever the others are', () => {
    let alone = 0;
    const decideOnly = (sessions: readonly Session[], { policy, contextOf, wasEnded }: Case): Verdict[] =>
      decide(sessions, policy, contextOf(policy, sessions), wasEnded);
    fc.assert(
      fc.property(fc.oneof(aCase, aLockedCase), (found) => {
        if (!decidesEachAlone(found.policy)) return;
        alone += 1;
        // What the session is decided to be with all others, it is with none.
        const together = decideOnly(found.sessions, found);
        expect(found.sessions.flatMap((session) => decideOnly([session], found))).toEqual(together);
      }),
      { numRuns: 1000 },
    );
    expect(alone).toBeGreaterThan(100);
  });
});
