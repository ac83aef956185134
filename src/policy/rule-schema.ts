import { z } from 'zod';
import { anyOf, notAll } from '../decide/combine.ts';
import { criterion, type Criterion } from '../decide/condition.ts';
import { conditions, type ConditionName } from '../decide/conditions/index.ts';

/**
 * A map with exactly these keys. The message of an `unrecognized_keys` issue carries the keys that are
 * allowed, so that whoever words the error can name the nearest.
 */
export function map<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? Object.keys(shape).join(', ')
        : `expected a map with ${Object.keys(shape).join(', ')}`,
  });
}

const nameRule =
  'expected a name: a letter or digit, then up to 79 letters, digits, spaces, dots, dashes or underscores';

export const name = z
  .string({ error: nameRule })
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,79}$/u, { error: nameRule })
  // Some letters are made to be invisible.
  .refine((text) => !/\p{Default_Ignorable_Code_Point}/u.test(text), {
    error: `there is a letter that cannot be seen; ${nameRule}`,
  })
  .describe('Shown in reports and in the audit log.');

export const text = z
  .string({ error: 'expected some text' })
  .min(1, { error: 'expected some text' })
  .max(2000, { error: 'expected at most 2000 characters' });

const conditionShape = Object.fromEntries(
  Object.entries(conditions).map(([key, { schema }]) => [key, schema.optional()]),
) as { [K in ConditionName]: z.ZodOptional<(typeof conditions)[K]['schema']> };

/** A conjunction within a conjunction, for the few who need it. */
const nested: z.ZodType<Criterion[]> = z.lazy(() => when);

const whenShape = {
  ...conditionShape,
  any_of: z
    .array(nested, { error: 'expected a list of maps of conditions' })
    .min(1, { error: 'an empty list holds never; give at least one map of conditions' })
    .optional()
    .meta({
      description: 'At least one of these maps of conditions holds.',
      input_examples: [[{ idle_for: '15m' }, { client_gone: true }]],
    }),
  not: nested
    .optional()
    .meta({ description: 'These conditions do not hold together.', input_examples: [{ client_gone: true }] }),
};

type Conditions = z.output<z.ZodObject<typeof whenShape>>;

/** Binds what a `when` holds, in the order of the registry. */
function criteriaOf({ any_of: branches, not, ...single }: Conditions): Criterion[] {
  const criteria = Object.entries(conditions).flatMap(([key, condition]) => {
    const args = single[key as ConditionName];
    return args === undefined ? [] : [criterion(key, condition as never, args as never)];
  });
  if (branches !== undefined) criteria.push(anyOf(branches));
  if (not !== undefined) criteria.push(notAll(not));
  return criteria;
}

const noCondition = `at least one condition is needed: ${Object.keys(whenShape).join(', ')}`;

/** Only where nothing else is wrong: next to a misspelt condition this would be a second error for one mistake. */
const ifGood = ({ issues }: z.core.ParsePayload): boolean => issues.length === 0;

const when = map(whenShape)
  .refine((value) => criteriaOf(value).length > 0, {
    error: `a rule without a condition would end everything; ${noCondition}`,
    when: ifGood,
  })
  .transform(criteriaOf)
  .meta({
    id: 'conditions',
    description: 'Conditions that must all hold. Different rules are alternatives.',
    minProperties: 1,
  });

export const rule = map({
  name,
  when,
  terminate: z
    .enum(['sessions', 'user'])
    .default('sessions')
    .describe(
      '`sessions`: exactly those that match. `user`: every session of a user of whom one matches, listed or not.',
    ),
}).transform((value) => ({ name: value.name, terminate: value.terminate, criteria: value.when }));

export const exemption = map({
  name,
  ...whenShape,
  because: text.optional().meta({
    description: 'Why; shown next to each session that this exemption spares.',
    examples: ['batch jobs that their owners left to run'],
  }),
})
  .refine((value) => criteriaOf(value).length > 0, {
    error: `an exemption without a condition would spare everything; ${noCondition}`,
    when: ifGood,
  })
  .transform((value) => ({ name: value.name, because: value.because, criteria: criteriaOf(value) }));
