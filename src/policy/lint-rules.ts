import type { Criterion } from '../decide/condition.ts';
import { formulaOf } from './formula.ts';
import type { Warning } from './lint.ts';
import { isAlways, whyNever, type Facts } from './never.ts';
import type { Policy, Rule } from './policy.ts';

/** What rules say to each other and by themselves, whatever is listed. Pure. */
export function lintRules({ rules }: Pick<Policy, 'rules'>, facts: Facts): Warning[] {
  return [...rules.flatMap(swallowed), ...rules.flatMap((rule) => onlyClock(rule, facts))];
}

/** A rule whose conditions all stand in an earlier or later rule too adds conditions to it and ends nothing more. */
function swallowed(rule: Rule, at: number, rules: readonly Rule[]): Warning[] {
  const by = rules.find(
    (other, otherAt) =>
      other !== rule &&
      (other.terminate === 'user' || rule.terminate === 'sessions') &&
      other.criteria.every((criterion) => rule.criteria.some((own) => same(own, criterion))) &&
      // Two rules that are the same swallow each other: only the later one is to blame.
      (other.criteria.length < rule.criteria.length || otherAt < at),
  );
  if (by === undefined) return [];
  return [
    {
      about: `rule ${rule.name}`,
      message: `ends nothing that rule ${by.name} does not end: its conditions are all there, with more besides`,
    },
  ];
}

function same(one: Criterion, other: Criterion): boolean {
  return one.condition === other.condition && textOf(one.args) === textOf(other.args);
}

/** `any_of` and `not` hold criteria, whose functions say nothing: their names and arguments do. */
function textOf(args: unknown): string {
  return JSON.stringify(args) ?? '';
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
