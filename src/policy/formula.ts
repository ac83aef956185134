import type { Criterion } from '../decide/condition.ts';

/** One condition, which is to hold or, if `negated`, not to hold. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly condition: string;
  /** As the policy has it: `not_users` is no other condition than `users`, negated. */
  readonly written: string;
  readonly args: unknown;
  readonly negated: boolean;
}

/** A `when` whose `not`s are carried down to its conditions, so that whoever reads it need not count them. */
export type Formula =
  | Leaf
  | { readonly kind: 'all'; readonly of: readonly Formula[] }
  | { readonly kind: 'any'; readonly of: readonly Formula[] };

const opposites = new Map([
  ['not_users', 'users'],
  ['outside', 'during'],
]);

/** Takes the criteria of a `when` and returns what must hold for all of them to, or with `negated` for not all of them to. */
export function formulaOf(criteria: readonly Criterion[], negated = false): Formula {
  return group(
    negated ? 'any' : 'all',
    criteria.map((each) => formulaOfOne(each, negated)),
  );
}

function formulaOfOne({ condition, args }: Criterion, negated: boolean): Formula {
  if (condition === 'not') return formulaOf(args as readonly Criterion[], !negated);
  if (condition !== 'any_of') {
    const opposite = opposites.get(condition);
    return {
      kind: 'leaf',
      condition: opposite ?? condition,
      written: condition,
      args,
      negated: (opposite !== undefined) !== negated,
    };
  }
  const branches = args as readonly (readonly Criterion[])[];
  return group(
    negated ? 'all' : 'any',
    branches.map((branch) => formulaOf(branch, negated)),
  );
}

/** One group within another of its kind is no group of its own, nor is a single member. */
function group(kind: 'all' | 'any', parts: readonly Formula[]): Formula {
  const of = parts.flatMap((part) => (part.kind === kind ? part.of : [part]));
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind, of };
}

/** What holds just where the formula does not. */
export function negate(formula: Formula): Formula {
  if (formula.kind === 'leaf') return { ...formula, negated: !formula.negated };
  return { kind: formula.kind === 'all' ? 'any' : 'all', of: formula.of.map(negate) };
}

/** Every condition in it, with its sign. */
export function signedLeaves(formula: Formula): Leaf[] {
  return formula.kind === 'leaf' ? [formula] : formula.of.flatMap(signedLeaves);
}
