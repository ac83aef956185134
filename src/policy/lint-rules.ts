import { formulaOf, type Formula } from './formula.ts';
import { implies } from './implies.ts';
import type { Warning } from './lint.ts';
import { isAlways, whyNever, type Facts } from './never.ts';
import type { Policy, Rule } from './policy.ts';

/** What rules say to each other and by themselves, whatever is listed. Pure. */
export function lintRules({ rules }: Pick<Policy, 'rules'>, facts: Facts): Warning[] {
  const read = rules.map((rule, at) => ({ ...rule, at, formula: formulaOf(rule.criteria) }));
  return [
    ...read.flatMap((rule) => swallowed(rule, read)),
    ...rules.flatMap((rule) => onlyClock(rule, facts)),
  ];
}

interface ReadRule extends Rule {
  readonly at: number;
  readonly formula: Formula;
}

/** A rule that matches only what an earlier or later rule matches too ends nothing more. */
function swallowed(rule: ReadRule, rules: readonly ReadRule[]): Warning[] {
  const by = rules.find(
    (other) =>
      other !== rule &&
      swallows(other, rule) &&
      // Two rules that mean the same swallow each other: only the later one is to blame.
      (other.at < rule.at || !swallows(rule, other)),
  );
  if (by === undefined) return [];
  return [
    {
      about: `rule ${rule.name}`,
      message: `ends nothing that rule ${by.name} does not end, whose conditions are the same or wider`,
    },
  ];
}

/** Sessions alone are less than all that their users have. */
function swallows(wide: ReadRule, narrow: ReadRule): boolean {
  return (
    (wide.terminate === 'user' || narrow.terminate === 'sessions') && implies(narrow.formula, wide.formula)
  );
}

/** Nothing but the time of day: everybody's sessions end while the window is open. */
function onlyClock({ name, criteria }: Rule, facts: Facts): Warning[] {
  const formula = formulaOf(criteria);
  if (isAlways(formula, facts) || whyNever(formula, facts) !== undefined) return [];
  if (criteria.some((each) => each.about !== 'clock' && !isAlways(formulaOf([each]), facts))) return [];
  return [
    {
      about: `rule ${name}`,
      message: 'has no condition on users or sessions: at its time of day it ends everybody’s',
    },
  ];
}
