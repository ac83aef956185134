import { describe, expect, test } from 'vitest';
import { during, outside } from '../../../src/decide/conditions/during.ts';
import { aContext, aSession } from '../../support/builders.ts';

describe('during and outside (P5)', () => {
  test.each([
    { names: 'a', open: [], isDuring: false },
    { names: 'a', open: ['a'], isDuring: true },
    { names: 'a', open: ['b'], isDuring: false },
    { names: ['a', 'b'], open: [], isDuring: false },
    { names: ['a', 'b'], open: ['b'], isDuring: true },
    { names: ['a', 'b'], open: ['a', 'b'], isDuring: true },
  ])('$names while $open is open: during $isDuring, outside the opposite', ({ names, open, isDuring }) => {
    const context = aContext({ open });
    expect(during.test(during.schema.parse(names), aSession(), context)).toBe(isDuring);
    expect(outside.test(outside.schema.parse(names), aSession(), context)).toBe(!isDuring);
  });

  test.each([[[]], [1], [null], [['a', 1]]])('%j is refused', (names) => {
    expect(during.schema.safeParse(names).success).toBe(false);
    expect(outside.schema.safeParse(names).success).toBe(false);
  });

  test('the words say of each interval whether it is open', () => {
    const words = during.because(['a', 'b'], aSession(), aContext({ open: ['b'] }));
    expect(words).toBe('outside a, within b');
  });
});
