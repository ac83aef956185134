import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testAll } from '../../src/decide/combine.ts';
import { formulaOf, negate } from '../../src/policy/formula.ts';
import { implies } from '../../src/policy/implies.ts';
import { isAlways, whyNever, type Facts } from '../../src/policy/never.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { isOpen } from '../../src/policy/time-interval.ts';
import { now } from '../support/builders.ts';
import { aCase } from '../decide/random-policies.ts';

/** The random time intervals never change, and sessions of any age are listed. */
const factsOf = ({ timeIntervals }: Policy): Facts => ({
  sessionTimeoutMinutes: 1e6,
  constantIntervals: new Map(
    [...timeIntervals].map(([name, interval]) => [name, isOpen(interval, now, 'UTC') ? 'always' : 'never']),
  ),
});

const whens = ({ rules, exemptions }: Policy) => [...rules, ...exemptions].map(({ criteria }) => criteria);

describe('what is told of a policy without its sessions', () => {
  test('never and always: whatever the sessions', () => {
    let told = 0;
    fc.assert(
      fc.property(aCase, ({ policy, sessions, context }) => {
        for (const criteria of whens(policy)) {
          const formula = formulaOf(criteria);
          const truths = sessions.map((session) => testAll(criteria, session, context));
          if (whyNever(formula, factsOf(policy)) !== undefined) expect(truths).not.toContain(true);
          else if (isAlways(formula, factsOf(policy))) expect(truths).not.toContain(false);
          else continue;
          told += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(told).toBeGreaterThan(100);
  });

  test('one rule within another: what meets the narrow one meets the wide one', () => {
    let told = 0;
    fc.assert(
      fc.property(aCase, ({ policy, sessions, context }) => {
        const all = whens(policy);
        for (const narrow of all) {
          expect(implies(formulaOf(narrow), formulaOf(narrow))).toBe(true);
          for (const wide of all) {
            if (narrow === wide || !implies(formulaOf(narrow), formulaOf(wide))) continue;
            told += 1;
            for (const session of sessions) {
              if (testAll(narrow, session, context) === true) {
                expect(testAll(wide, session, context)).toBe(true);
              }
            }
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect(told).toBeGreaterThan(20);
  });

  test('what is negated twice is what it was', () => {
    fc.assert(
      fc.property(aCase, ({ policy }) => {
        for (const criteria of whens(policy)) {
          const formula = formulaOf(criteria);
          expect(negate(negate(formula))).toEqual(formula);
          expect(negate(formula)).toEqual(formulaOf(criteria, true));
        }
      }),
    );
  });
});
