import { describe, expect, test } from 'vitest';
import type { Criterion } from '../../src/decide/condition.ts';
import { rememberOwners } from '../../src/decide/remember-owners.ts';
import type { Truth } from '../../src/decide/truth.ts';
import { aContext, always, anExemption, aRule, aSession } from '../support/builders.ts';

/** A criterion whose answers are given one after the other, and how often it was asked. */
function asked(about: Criterion['about'], answers: readonly Truth[]) {
  let count = 0;
  const criterion: Criterion = { ...always('unknown'), about, test: () => answers[count++] ?? 'unknown' };
  return { criterion, count: () => count };
}

const alice = aSession({ id: 1 });
const alsoAlice = aSession({ id: 2 });
const nameless = aSession({ id: 3, named: false });
const bob = aSession({ id: 1, owner: 'bob@admin' });

function truthsOf(about: Criterion['about'], answers: readonly Truth[], sessions: readonly (typeof alice)[]) {
  const { criterion, count } = asked(about, answers);
  const [rule] = rememberOwners({ rules: [aRule([criterion])], exemptions: [] }).rules;
  const truths = sessions.map((each) => rule?.criteria[0]?.test(each, aContext()));
  return { truths, count: count() };
}

describe('what speaks of', () => {
  test('a session is asked of each, also of the same again', () => {
    const answers = [true, false, 'unknown'] as const;
    expect(truthsOf('session', answers, [alice, alsoAlice, alice])).toEqual({ truths: answers, count: 3 });
  });

  test.each([true, false, 'unknown'] as const)('the clock is asked once: %s', (truth) => {
    const other = truth !== true;
    const found = truthsOf('clock', [truth, other, other], [alice, bob, nameless]);
    expect(found).toEqual({ truths: [truth, truth, truth], count: 1 });
  });

  test.each([true, false, 'unknown'] as const)('the owner is asked once of each: %s', (truth) => {
    const other = truth !== true;
    const found = truthsOf('user', [truth, other], [alice, bob, alsoAlice, bob, alice]);
    expect(found).toEqual({ truths: [truth, other, truth, other, truth], count: 2 });
  });

  test('the owner is asked again where only some listings have the name (P2)', () => {
    const found = truthsOf('user', [true, 'unknown', true], [alice, nameless, nameless, alsoAlice]);
    expect(found).toEqual({ truths: [true, 'unknown', 'unknown', true], count: 3 });
  });
});

test('rules and exemptions stay what they are, each with a memory of its own', () => {
  const rules = [
    aRule([always(true), always(false)], { name: 'a', terminate: 'user', overridesExemptions: true }),
    aRule([always('unknown')], { name: 'b' }),
  ];
  const exemptions = [anExemption([always(false), always('unknown')], { name: 'c', because: 'batch' })];
  for (const about of ['session', 'user', 'clock'] as const) {
    const as = <Part extends { criteria: readonly Criterion[] }>(part: Part): Part => ({
      ...part,
      criteria: part.criteria.map((each) => ({ ...each, about })),
    });
    const remembering = rememberOwners({ rules: rules.map(as), exemptions: exemptions.map(as) });
    const withoutTests = { criteria: [{ about }] };
    expect(remembering.rules).toMatchObject([
      { name: 'a', terminate: 'user', overridesExemptions: true },
      { name: 'b', terminate: 'sessions', ...withoutTests },
    ]);
    expect(remembering.exemptions).toMatchObject([{ name: 'c', because: 'batch' }]);
    const truths = [...remembering.rules, ...remembering.exemptions].map(({ criteria }) =>
      criteria.map((each) => each.test(alice, aContext())),
    );
    expect(truths).toEqual([[true, false], ['unknown'], [false, 'unknown']]);
  }
});
