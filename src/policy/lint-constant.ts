import type { Criterion } from '../decide/condition.ts';
import { formulaOf, type Formula, type Leaf } from './formula.ts';
import type { Warning } from './lint.ts';
import { isAlways, whyNever, whyNeverIdle, type Facts } from './never.ts';
import type { Exemption, Policy, Rule } from './policy.ts';

/** Rules and exemptions that hold of every session, or of none, whatever is listed. Pure. */
export function lintConstant(
  { rules, exemptions }: Pick<Policy, 'rules' | 'exemptions'>,
  facts: Facts,
): Warning[] {
  return [
    ...rules.flatMap((rule) => ofRule(rule, facts)),
    ...exemptions.flatMap((exemption) => ofExemption(exemption, facts)),
  ];
}

function ofRule({ name, criteria }: Rule, facts: Facts): Warning[] {
  const about = `rule ${name}`;
  const formula = formulaOf(criteria);
  if (isAlways(formula, facts)) {
    return [{ about, message: 'holds of every session: it ends everybody’s at every run' }];
  }
  const why = whyNever(formula, facts);
  if (why !== undefined) {
    return hasVainLimit(formula, facts) ? [] : [{ about, message: `can never match: ${why}` }];
  }
  return branchesOf(criteria).flatMap((branch) => {
    const part = formulaOf(branch);
    const vain = hasVainLimit(part, facts) ? undefined : whyNever(part, facts, mustHold(formula));
    return vain === undefined ? [] : [{ about, message: `a branch of any_of can never match: ${vain}` }];
  });
}

function ofExemption({ name, criteria }: Exemption, facts: Facts): Warning[] {
  const about = `exemption ${name}`;
  const formula = formulaOf(criteria);
  if (isAlways(formula, facts)) return [{ about, message: 'holds of every session: nothing ever ends' }];
  const why = whyNever(formula, facts);
  return why === undefined ? [] : [{ about, message: `spares nobody: ${why}` }];
}

/** A limit that is never passed is named by itself already. */
function hasVainLimit(formula: Formula, facts: Facts): boolean {
  return mustHold(formula).some(
    ({ condition, args, negated }) =>
      condition === 'idle_for' && !negated && whyNeverIdle(args as number, facts) !== undefined,
  );
}

/** The conditions without which the formula cannot hold. */
function mustHold(formula: Formula): Leaf[] {
  const parts = formula.kind === 'all' ? formula.of : [formula];
  return parts.filter((part) => part.kind === 'leaf');
}

function branchesOf(criteria: readonly Criterion[]): (readonly Criterion[])[] {
  return criteria
    .filter(({ condition }) => condition === 'any_of')
    .flatMap(({ args }) => args as readonly (readonly Criterion[])[])
    .flatMap((branch) => [branch, ...branchesOf(branch)]);
}
