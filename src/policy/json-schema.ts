import { z } from 'zod';

/** A JSON Schema, as far as this program reads its own. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The JSON Schema (draft 2020-12) of a file that users write, for editors: every key with meaning and example. */
export function fileSchema(schema: z.ZodType, title: string): JsonSchema {
  return withTitle(z.toJSONSchema(schema, { io: 'input' }), title, forEditors);
}

/** The JSON Schema (draft 2020-12) of what `--json` prints. Open, since a field may be added in any version. */
export function outputSchema(schema: z.ZodType, title: string): JsonSchema {
  return withTitle(z.toJSONSchema(schema), title, (node) => {
    // `base64` is a contentEncoding, which zod gives too, and no format that a validator would know.
    const left = [
      node['additionalProperties'] === false && 'additionalProperties',
      node['format'] === 'base64' && 'format',
    ];
    return Object.fromEntries(Object.entries(node).filter(([key]) => !left.includes(key)));
  });
}

type Node = Readonly<Record<string, unknown>>;

function withTitle(schema: object, title: string, change: (node: Node) => Node): JsonSchema {
  const { $schema, ...rest } = everyNode(schema, change) as Node;
  return { $schema, title, ...rest } as JsonSchema;
}

/** Applies a change to every map in a JSON document, from the inside out. */
function everyNode(value: unknown, change: (node: Node) => Node): unknown {
  if (Array.isArray(value)) return value.map((item) => everyNode(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everyNode(item, change)])),
  );
}

/**
 * What the conditions tell besides their description goes where an editor shows it, and examples to where it
 * looks for them: zod leaves `examples` out where a value is transformed, since they might be of the result.
 */
function forEditors({
  unknown_if: unknownIf,
  stands_for: standsFor,
  input_examples: examples,
  ...rest
}: Node): Node {
  const words = [rest['description']];
  if (typeof unknownIf === 'string') words.push(`Unknown: ${unknownIf}.`);
  if (typeof standsFor === 'string') words.push(`Stands for: ${standsFor}.`);
  return {
    ...rest,
    ...(words.length > 1 && { description: words.join(' ') }),
    ...(Array.isArray(examples) && { examples }),
  };
}
