import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyError } from '../../src/policy/load.ts';
import { meaningOf, readingOf } from './meaning.ts';
import { aByteMutation, mutatedBytes } from './mutate-bytes.ts';
import { expectGoodWords, fresh, parse, seed } from './parse-or-problems.ts';
import { BeyondMe, readSmallYaml } from './small-yaml.ts';

const folder = new URL('../../policies/', import.meta.url);
const shipped = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  // Mostly without their comments, where a mutation changes nothing.
  .flatMap((text) => [text, ...Array<string>(4).fill(text.replace(/^\s*#.*\n/gm, ''))])
  .map((text) => new TextEncoder().encode(text));

test('6000 mutations of the shipped policies, by bytes: refused in good words, or understood as they read', () => {
  const counts = { refused: 0, compared: 0, beyond: 0 };
  const property = fc.property(
    fc.constantFrom(...shipped),
    fc.array(aByteMutation, { minLength: 1, maxLength: 3 }),
    (base, mutations) => {
      const bytes = mutations.reduce(mutatedBytes, base);
      const result = parse(bytes);
      if (result instanceof PolicyError) {
        counts.refused++;
        expectGoodWords(result, bytes);
        return;
      }
      try {
        const read = readSmallYaml(new TextDecoder().decode(bytes));
        expect(meaningOf(result)).toEqual(readingOf(read));
        counts.compared++;
      } catch (error) {
        if (!(error instanceof BeyondMe)) throw error;
        counts.beyond++;
      }
    },
  );
  fc.assert(property, { seed, numRuns: 6000 });
  fc.assert(property, { numRuns: fresh });
  expect(counts.refused).toBeGreaterThan(1500);
  expect(counts.compared).toBeGreaterThan(500);
  expect(counts.beyond).toBeLessThan(counts.compared / 4);
}, 300_000);
