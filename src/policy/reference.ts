import { stringify } from 'yaml';
import { z } from 'zod';
import { conditions } from '../decide/conditions/index.ts';
import { fileSchema, type JsonSchema } from './json-schema.ts';
import { policyTestsSchema } from './policy-tests-schema.ts';
import { policySchema } from './schema.ts';

/** What each condition tells of itself; without one of these, the reference is not made. */
const conditionMeta = z.object({
  description: z.string(),
  input_examples: z.array(z.unknown()).min(1),
  unknown_if: z.string(),
  stands_for: z.string(),
});

/** The reference of the policy language, in Markdown: made of the descriptions that the schemas carry. */
export function reference(): string {
  const { properties: policy = {}, $defs = {} } = fileSchema(policySchema, '');
  const combining = without($defs['conditions'], Object.keys(conditions));
  const exemption = without(policy['exemptions']?.items, [
    ...Object.keys(conditions),
    ...Object.keys(combining.properties ?? {}),
  ]);
  // Both forms of time_intervals lead to the same fields; the first is the map.
  const names = policy['time_intervals']?.anyOf?.[0]?.additionalProperties;
  const interval = typeof names === 'object' ? names.items : undefined;

  const tests = fileSchema(policyTestsSchema, '');
  const test = tests.properties?.['tests']?.items;
  const session = test?.properties?.['sessions']?.items;
  return [
    '# Policy reference',
    'Made by `npm run docs` of the descriptions that the program itself carries: what is changed here by hand is lost. `reaper schema` prints the same for editors, which find it by the first line of each policy in this folder.',
    '## A policy',
    keys({ properties: policy, required: ['version', 'name'] }),
    '### `authority`',
    keys(policy['authority']),
    '### An interval of `time_intervals`',
    'An interval is open when every field that it has holds the time; a name is open when one of its intervals is.',
    keys(interval),
    '### An exemption',
    keys(exemption),
    'Beside these keys, one condition or more.',
    '### A rule',
    keys(policy['rules']?.items, $defs),
    '### `limits`',
    keys(policy['limits']),
    '## Conditions',
    'What cannot be decided is unknown. A session that might be named by a rule, or might be spared by an exemption, is then `indeterminate`: it is reported and never ended.',
    ...Object.entries(conditions).map(([name, { schema }]) => condition(name, schema)),
    '### Combining conditions',
    keys(combining, $defs),
    '## Tests of a policy',
    'A file for `reaper test`; each policy in this folder has one in `tests/`.',
    keys(tests),
    '### A test',
    '`defaults` takes the same keys, but `name` and `sessions`.',
    keys(test),
    '### A session of a test',
    keys(session),
    '### A `cursor` or `transaction` that it holds',
    keys(session?.properties?.['cursor']),
    '### One of `locks`',
    keys(test?.properties?.['locks']?.items),
  ]
    .join('\n\n')
    .concat('\n');
}

function condition(name: string, schema: z.ZodType): string {
  const meta = conditionMeta.parse(schema.meta());
  return [
    `### \`${name}\``,
    meta.description,
    [
      ...meta.input_examples.map((example) => `- Example: \`${name}: ${yaml(example)}\``),
      `- Unknown: ${meta.unknown_if}.`,
      `- Stands for: ${meta.stands_for}.`,
    ].join('\n'),
  ].join('\n\n');
}

/** One line for each key; `defs` has what the schema only refers to. */
function keys(
  { properties = {}, required = [] }: JsonSchema = {},
  defs: NonNullable<JsonSchema['$defs']> = {},
): string {
  return Object.entries(properties)
    .map(([key, own]) => {
      const {
        description,
        examples = [],
        enum: values,
        default: usual,
      } = {
        ...defs[own.$ref?.split('/').at(-1) ?? ''],
        ...own,
      };
      const notes = [
        ...(description === undefined ? [] : [description]),
        ...(values === undefined
          ? []
          : [`One of ${values.map((value) => `\`${String(value)}\``).join(', ')}.`]),
        ...(isShort(usual) ? [`Default: \`${yaml(usual)}\`.`] : []),
        ...examples.slice(0, 1).map((example) => `Example: \`${key}: ${yaml(example)}\`.`),
      ];
      return `- \`${key}\`${required.includes(key) ? ' (required)' : ''}: ${notes.join(' ')}`;
    })
    .join('\n');
}

/** An empty list or map is what everybody expects where a key is left out. */
function isShort(value: unknown): boolean {
  return value !== undefined && typeof value !== 'object';
}

function without(schema: JsonSchema = {}, names: readonly string[]): JsonSchema {
  const kept = Object.entries(schema.properties ?? {}).filter(([key]) => !names.includes(key));
  return { properties: Object.fromEntries(kept), required: schema.required ?? [] };
}

function yaml(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd();
}
