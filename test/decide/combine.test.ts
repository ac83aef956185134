import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyOf, becauseAll, leavesOf, notAll, testAll } from '../../src/decide/combine.ts';
import type { Criterion } from '../../src/decide/condition.ts';
import { decide } from '../../src/decide/decide.ts';
import type { Truth } from '../../src/decide/truth.ts';
import { aContext, always, aRule, aSession } from '../support/builders.ts';

const T = true;
const F = false;
const U = 'unknown';

const session = aSession();
const context = aContext();
const truthOf = (each: Criterion) => each.test(session, context);

describe('a conjunction (P1)', () => {
  test.each<[Truth[], Truth]>([
    [[], F],
    [[T], T],
    [[F], F],
    [[U], U],
    [[T, T], T],
    [[T, U], U],
    [[U, F], F],
    [[T, F], F],
    [[U, U], U],
  ])('%j is %s', (truths, expected) => {
    expect(testAll(truths.map(always), session, context)).toBe(expected);
  });

  test('says what each compared', () => {
    expect(becauseAll([always(T), always(U)], session, context)).toBe('always true; always unknown');
  });
});

describe('any_of', () => {
  test.each<[Truth[][], Truth]>([
    [[], F],
    [[[]], F],
    [[[T]], T],
    [[[F], [T]], T],
    [[[U], [T]], T],
    [[[F], [U]], U],
    [[[F], [F]], F],
    [[[T, F], [F]], F],
    [[[T, U], [F]], U],
    [
      [
        [T, U],
        [T, T],
      ],
      T,
    ],
    [
      [
        [U, F],
        [F, U],
      ],
      F,
    ],
    [[[], [U]], U],
  ])('%j is %s', (branches, expected) => {
    expect(truthOf(anyOf(branches.map((branch) => branch.map(always))))).toBe(expected);
  });

  test('says what the first branch that holds compared, else what all did', () => {
    const words = (...truths: Truth[]) =>
      anyOf(truths.map((truth) => [always(T), always(truth)])).because(session, context);
    expect(words(F, T)).toBe('always true; always true');
    expect(words(F, U)).toBe('any of (always true; always false) (always true; always unknown)');
  });
});

describe('not', () => {
  test.each<[Truth[], Truth]>([
    [[], F],
    [[T], F],
    [[F], T],
    [[U], U],
    [[T, F], T],
    [[U, F], T],
    [[U, T], U],
    [[T, T], F],
  ])('%j is %s', (truths, expected) => {
    expect(truthOf(notAll(truths.map(always)))).toBe(expected);
  });

  test('says what is denied', () => {
    const denied = notAll([always(F), always(T)]);
    expect(denied.because(session, context)).toBe('not (always false; always true)');
  });
});

describe('what a combination is', () => {
  const on = (about: Criterion['about'], need?: 'roles' | 'connections', source = 'nowhere'): Criterion => ({
    ...always(T),
    condition: `on ${about}`,
    about,
    needs: new Set(need === undefined ? [] : [need]),
    source: () => source,
  });
  const combine = [(inner: Criterion[]) => anyOf(inner.map((each) => [each])), notAll];

  test.each<[Criterion['about'][], Criterion['about']]>([
    [['clock'], 'clock'],
    [['clock', 'user'], 'user'],
    [['user', 'session', 'clock'], 'session'],
    [[], 'clock'],
  ])('of %j it is about the %s', (abouts, about) => {
    for (const make of combine) expect(make(abouts.map((each) => on(each))).about).toBe(about);
  });

  test('needs what its parts need, and comes from where they do', () => {
    const inner = [on('user', 'roles', 'a'), on('session', 'connections', 'b'), on('user', 'roles', 'a')];
    for (const make of combine) {
      const outer = notAll([make(inner)]);
      expect(outer.needs).toEqual(new Set(['roles', 'connections']));
      expect(outer.source(session)).toBe('a, b');
    }
  });

  test('its leaves are the conditions in it, however deep', () => {
    const [a, b, c] = [on('clock'), on('user'), on('session')];
    expect(leavesOf([a, anyOf([[b], [notAll([anyOf([[c, a]])])]])])).toEqual([a, b, c, a]);
    expect([anyOf([]).condition, notAll([]).condition]).toEqual(['any_of', 'not']);
  });
});

/** A tree of conditions, and its truth in numbers: false 0, unknown 1, true 2. */
interface Tree {
  readonly criterion: Criterion;
  readonly rank: number;
}

const ranks: Truth[] = [F, U, T];
const leaf = fc.nat(2).map((rank): Tree => ({ criterion: always(ranks[rank] ?? U), rank }));

const { tree } = fc.letrec<{ tree: Tree }>((tie) => {
  const conjunction = fc.array(tie('tree'), { minLength: 1, maxLength: 3 });
  return {
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      conjunction.map((inner) => ({
        criterion: notAll(inner.map(({ criterion }) => criterion)),
        rank: 2 - Math.min(...inner.map(({ rank }) => rank)),
      })),
      fc.array(conjunction, { minLength: 1, maxLength: 3 }).map((branches) => ({
        criterion: anyOf(branches.map((inner) => inner.map(({ criterion }) => criterion))),
        rank: Math.max(...branches.map((inner) => Math.min(...inner.map(({ rank }) => rank)))),
      })),
    ),
  };
});

test('whatever is combined, it is what minimum and maximum say, and ends a session only if it is true', () => {
  const verdicts = ['retain', 'indeterminate', 'terminate'];
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), (trees) => {
      const rank = Math.min(...trees.map((each) => each.rank));
      const criteria = trees.map(({ criterion }) => criterion);
      expect(testAll(criteria, session, context)).toBe(ranks[rank]);
      const [found] = decide([session], { rules: [aRule(criteria)], exemptions: [] }, context);
      expect(found?.verdict).toBe(verdicts[rank]);
    }),
    { numRuns: 500 },
  );
});
