import type { Context, Criterion } from './condition.ts';
import { narrowAny, narrowCriteria } from './narrowing.ts';
import { all, any, not, type Truth } from './truth.ts';
import type { Session } from '../session.ts';

/** The conjunction of a `when` (P1). An empty one would be true of everything: it is true of nothing. */
export function testAll(criteria: readonly Criterion[], session: Session, context: Context): Truth {
  if (criteria.length === 0) return false;
  return all(criteria, (each) => each.test(session, context));
}

/** What each criterion of a `when` compared, in words. */
export function becauseAll(criteria: readonly Criterion[], session: Session, context: Context): string {
  return criteria.map((each) => each.because(session, context)).join('; ');
}

/** `any_of`: at least one of these conjunctions holds. */
export function anyOf(branches: readonly (readonly Criterion[])[]): Criterion {
  return {
    ...combined('any_of', branches.flat()),
    args: branches,
    narrow: (context) => narrowAny(branches.map((branch) => narrowCriteria(branch, context))),
    test: (session, context) => any(branches, (branch) => testAll(branch, session, context)),
    because(session, context) {
      const met = branches.find((branch) => testAll(branch, session, context) === true);
      if (met !== undefined) return becauseAll(met, session, context);
      return `any of (${branches.map((branch) => becauseAll(branch, session, context)).join(') (')})`;
    },
  };
}

/** `not`: this conjunction does not hold. */
export function notAll(criteria: readonly Criterion[]): Criterion {
  return {
    ...combined('not', criteria),
    args: criteria,
    // Not `not(testAll())`: an empty conjunction, which is refused anyway, must not become true of everything.
    test: (session, context) => (criteria.length === 0 ? false : not(testAll(criteria, session, context))),
    because: (session, context) => `not (${becauseAll(criteria, session, context)})`,
  };
}

/** The conditions of a `when`, with those that `any_of` and `not` hold in place of these. */
export function leavesOf(criteria: readonly Criterion[]): Criterion[] {
  return criteria.flatMap((each) => {
    if (each.condition === 'any_of') return leavesOf((each.args as readonly Criterion[][]).flat());
    return each.condition === 'not' ? leavesOf(each.args as readonly Criterion[]) : [each];
  });
}

function combined(
  condition: string,
  inner: readonly Criterion[],
): Omit<Criterion, 'args' | 'test' | 'because'> {
  const abouts = new Set(inner.map(({ about }) => about));
  return {
    condition,
    about: abouts.has('session') ? 'session' : abouts.has('user') ? 'user' : 'clock',
    needs: new Set(inner.flatMap(({ needs }) => [...needs])),
    source: (session) => [...new Set(inner.map((each) => each.source(session)))].join(', '),
  };
}
