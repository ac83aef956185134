import { z } from 'zod';
import type { Context, Criterion } from '../decide/condition.ts';
import type { Truth } from '../decide/truth.ts';
import type { Session } from '../session.ts';

export const truth = z.union([z.boolean(), z.literal('unknown')]);

/** One condition with what it compared; `any_of` and `not` have the conditions that they combine below them. */
export interface ExplainedCondition {
  condition: string;
  result: Truth;
  because: string;
  source: string;
  branches?: ExplainedCondition[][] | undefined;
}

export const explainedCondition: z.ZodType<ExplainedCondition> = z.strictObject({
  condition: z.string(),
  result: truth,
  because: z.string().describe('What was compared.'),
  source: z.string().describe('Where the session’s value came from.'),
  branches: z
    .array(z.array(z.lazy(() => explainedCondition)))
    .optional()
    .describe('Of any_of: its alternatives. Of not: the one conjunction that must not hold.'),
});

/** Takes one condition of a policy and returns what it compares for this session. */
export function explainCriterion(
  criterion: Criterion,
  session: Session,
  context: Context,
): ExplainedCondition {
  const branches = branchesOf(criterion);
  return {
    condition: criterion.condition,
    result: criterion.test(session, context),
    because: criterion.because(session, context),
    source: criterion.source(session),
    ...(branches.length > 0 && {
      branches: branches.map((branch) => branch.map((each) => explainCriterion(each, session, context))),
    }),
  };
}

/** The conjunctions that `any_of` and `not` combine; none for the other conditions. */
function branchesOf({ condition: name, args }: Criterion): readonly (readonly Criterion[])[] {
  if (name === 'any_of') return args as readonly (readonly Criterion[])[];
  return name === 'not' ? [args as readonly Criterion[]] : [];
}
