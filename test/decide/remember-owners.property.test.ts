import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testAll } from '../../src/decide/combine.ts';
import { rememberOwners } from '../../src/decide/remember-owners.ts';
import { aContext, aRule, aSession } from '../support/builders.ts';
import { aCase } from './random-policies.ts';

test('what is remembered of an owner is what would be found anew', () => {
  let asked = 0;
  fc.assert(
    fc.property(aCase, ({ sessions, policy, context }) => {
      const remembering = rememberOwners(policy);
      for (const session of [...sessions, ...sessions]) {
        const truths = (of: typeof remembering) =>
          [...of.rules, ...of.exemptions].map(({ criteria }) => testAll(criteria, session, context));
        expect(truths(remembering)).toEqual(truths(policy));
        asked += 1;
      }
    }),
  );
  expect(asked).toBeGreaterThan(100);
});

test('one owner is asked about once, and again where only some listings have the name (P2)', () => {
  const rule = aRule({ users: ['ali*'] });
  let asked = 0;
  const criteria = rule.criteria.map((each) => ({
    ...each,
    test: (...given: Parameters<typeof each.test>) => {
      asked += 1;
      return each.test(...given);
    },
  }));
  const [remembering] = rememberOwners({ rules: [{ ...rule, criteria }], exemptions: [] }).rules;
  const ask = (named: boolean, id: number) =>
    testAll(remembering?.criteria ?? [], aSession({ id, named }), aContext());
  expect([ask(true, 1), ask(true, 2), ask(true, 3)]).toEqual([true, true, true]);
  expect(asked).toBe(1);
  expect([ask(false, 4), ask(true, 5)]).toEqual(['unknown', true]);
});
