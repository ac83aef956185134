import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LsidMap } from '../src/lsid-map.ts';
import { keyOf } from '../src/session.ts';
import { lsidOf } from './support/builders.ts';

const lsid = fc
  .record({ id: fc.integer({ min: 1, max: 4 }), owner: fc.constantFrom('alice@admin', 'bob@admin') })
  .map(({ id, owner }) => lsidOf(id, owner));
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), lsid, value: fc.nat() }),
  fc.record({ do: fc.constant('delete' as const), lsid }),
);

test('keeps what a map by a key of both halves would', () => {
  fc.assert(
    fc.property(fc.array(step), fc.array(fc.tuple(lsid, fc.nat())), lsid, (steps, entries, asked) => {
      const map = new LsidMap(entries);
      const model = new Map(entries.map(([each, value]) => [keyOf(each), value]));
      for (const each of steps) {
        if (each.do === 'delete') expect(map.delete(each.lsid)).toBe(model.delete(keyOf(each.lsid)));
        else {
          map.set(each.lsid, each.value);
          model.set(keyOf(each.lsid), each.value);
        }
      }
      expect(map.size).toBe(model.size);
      expect([...map.values()].sort()).toEqual([...model.values()].sort());
      expect(map.has(asked)).toBe(model.has(keyOf(asked)));
      expect(map.get(asked)).toBe(model.get(keyOf(asked)));
    }),
  );
});
