import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { conditions } from '../../src/decide/conditions/index.ts';
import { reference } from '../../src/policy/reference.ts';
import { generatedDocs } from '../support/docs.ts';

test.each([...(await generatedDocs())])('%s is what npm run docs would write', (path, text) => {
  expect(readFileSync(path, 'utf8'), 'stale: npm run docs').toBe(text);
});

describe.each(Object.entries(conditions))('%s', (name, { schema }) => {
  test('has examples that are right', () => {
    const { input_examples: examples } = schema.meta() as { input_examples: unknown[] };
    for (const example of examples) expect(schema.safeParse(example).error).toBeUndefined();
  });

  test('has meaning, unknown and origin in the reference', () => {
    const [, section] = reference().split(`### \`${name}\`\n`);
    expect(section).toMatch(
      /^\n[^\n]+\n\n(- Example: [^\n]+\n)+- Unknown: [^\n]+\.\n- Stands for: [^\n]+\.\n/,
    );
  });
});

test('nothing in it lacks words', () => {
  expect(reference()).not.toMatch(/: ?\n|undefined|\[object/);
});
