import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupsOf } from '../src/groups.ts';

const item = fc.record({ a: fc.constantFrom('x', 'y', undefined), b: fc.constantFrom(1, '1'), id: fc.nat() });

test('nobody is lost or doubled, a group has all traits in common, and the first of each keep their order', () => {
  fc.assert(
    fc.property(fc.array(item), fc.integer({ min: 1, max: 4 }), (items, most) => {
      const groups = groupsOf(items, ({ a, b }) => [a, b], most);
      expect(new Set(groups.flat())).toEqual(new Set(items));
      expect(groups.flat()).toHaveLength(items.length);
      for (const group of groups) {
        expect(group.length).toBeLessThanOrEqual(most);
        for (const { a, b } of group) expect([a, b]).toEqual([group[0].a, group[0].b]);
      }
      const firsts = groups.map(([first]) => items.indexOf(first));
      expect(firsts).toEqual(firsts.toSorted((one, other) => one - other));
    }),
  );
});

test('only what is alike shares a group, and a full one is followed by another', () => {
  const traits = ([text]: string): string[] => [text ?? ''];
  expect(groupsOf(['a1', 'b1', 'a2', 'a3', 'b2'], traits, 2)).toEqual([['a1', 'a2'], ['b1', 'b2'], ['a3']]);
  expect(
    groupsOf(
      [
        ['a', 'bc'],
        ['ab', 'c'],
        ['a', 'bc'],
      ],
      (each) => each,
    ),
  ).toHaveLength(2);
});
