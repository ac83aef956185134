import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { PolicyError } from '../../src/policy/load.ts';
import { policySchema } from '../../src/policy/schema.ts';
import { aDocument } from '../decide/random-policies.ts';
import { meaningOf, readingOf } from './meaning.ts';
import { aMutation, mutated } from './mutate-data.ts';
import { expectGoodWords, fresh, parse, seed } from './parse-or-problems.ts';

/** Ways to write the same. */
const styles: Record<string, (document: unknown) => string> = {
  block: (document) => stringify(document),
  flow: (document) => stringify(document, { collectionStyle: 'flow' }),
  JSON: (document) => JSON.stringify(document),
  'single quotes': (document) =>
    stringify(document, { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' }),
};

test('4000 mutations of random policies, by structure: refused in good words, or understood as they were meant', () => {
  const counts = { refused: 0, accepted: 0 };
  const property = fc.property(
    aDocument,
    fc.array(aMutation, { maxLength: 3 }),
    fc.constantFrom(...Object.keys(styles)),
    (document, mutations, style) => {
      const data = mutations.reduce<unknown>(mutated, document);
      const bytes = new TextEncoder().encode(styles[style]?.(data) ?? '');
      const result = parse(bytes);
      if (result instanceof PolicyError) {
        counts.refused++;
        expectGoodWords(result, bytes);
        return;
      }
      counts.accepted++;
      expect(meaningOf(result)).toEqual(readingOf(data));
      // It has never been YAML.
      expect(meaningOf(policySchema.parse(data))).toEqual(meaningOf(result));
    },
  );
  fc.assert(property, { seed, numRuns: 4000 });
  fc.assert(property, { numRuns: fresh });
  expect(counts.refused).toBeGreaterThan(1000);
  expect(counts.accepted).toBeGreaterThan(800);
}, 300_000);
