import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, libraryJson } from '../../src/audit/canonical.ts';
import type { JsonValue } from '../../src/audit/json-value.ts';

const hard = fc.constantFrom(
  '10',
  '9',
  '',
  '__proto__',
  'toJSON',
  'é',
  'e\u0301',
  '\ud83d\ude00',
  '\ufb33',
  'a"b\\',
);
const values = fc.jsonValue({ stringUnit: 'binary' }).map((value) => value as JsonValue);
const objects = fc.dictionary(fc.oneof(hard, fc.string({ unit: 'binary' })), values, {
  noNullPrototype: true,
});

test('is what the library makes of the same', () => {
  fc.assert(
    fc.property(fc.oneof(values, objects), (value) => {
      const written = canonicalJson(value);
      expect(written).toBe(libraryJson(JSON.parse(written)));
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 2_000 },
  );
});

describe('orders keys as RFC 8785 does', () => {
  test.each([
    [{ b: 1, a: { d: 1, c: 2 } }, '{"a":{"c":2,"d":1},"b":1}'],
    [{ 9: 1, 10: 2, a: 3 }, '{"10":2,"9":1,"a":3}'],
    // By UTF-16 code units, as its section 3.2.3 shows: a pair of surrogates comes before U+FB33.
    [
      { '\ufb33': 1, '\ud83d\ude00': 2, '\u20ac': 3, '1': 4 },
      '{"1":4,"\u20ac":3,"\ud83d\ude00":2,"\ufb33":1}',
    ],
    [[3, { z: [], y: undefined }], '[3,{"z":[]}]'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test('with a key that an object cannot simply have', () => {
    const odd = JSON.parse('{"z":1,"__proto__":{"b":1,"a":2}}');
    expect(canonicalJson(odd)).toBe('{"__proto__":{"a":2,"b":1},"z":1}');
  });
});

test.each([Number.NaN, Infinity])('%d is no number of JSON', (number) => {
  expect(() => canonicalJson({ number })).toThrow(TypeError);
});

test('half a character becomes the one that stands for it', () => {
  expect(canonicalJson({ '\ud800': 'a\udc00b' })).toBe('{"\ufffd":"a\ufffdb"}');
});
