import fc from 'fast-check';
import { whenKeys } from '../support/builders.ts';

/** One change of a document, at the value or key with this number, modulo how many there are. */
export type Mutation =
  | { readonly kind: 'value'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'key'; readonly at: number; readonly key: string }
  | { readonly kind: 'add'; readonly at: number; readonly key: string; readonly value: unknown }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'double'; readonly at: number }
  | { readonly kind: 'wrap'; readonly at: number };

const keys = [
  ...whenKeys.split(', '),
  ...['version', 'name', 'rules', 'when', 'terminate', 'exemptions', 'because', 'limits', 'users', 'percent'],
  ...[
    'mode',
    'authority',
    'not_required',
    'approved_on',
    'time_intervals',
    'end_sessions',
    'idel_for',
    'User',
  ],
  ...['__proto__', 'constructor', 'toString', '<<', '', ' ', '0', 'a\nb', 'x'.repeat(300)],
];

const values: unknown[] = [
  ...[null, true, false, 0, -0, 1, -1, 1.5, 5, 99, 100, 101, 2 ** 53, 1e300, [], {}, [[]], [null], '', ' '],
  ...[
    'yes',
    'no',
    'on',
    '~',
    'null',
    '010',
    '0x10',
    '1e3',
    '.inf',
    '1',
    '5',
    '15m',
    '1h30m',
    '90s',
    '0s',
    '15',
  ],
  ...['1d', '99999d', '15M', '2026-10-01', '2026-13-01', '12:30', 'a@b', 'alice', '*', '?', '\\', '*@admin'],
  ...[
    'sessions',
    'user',
    'enforce',
    'report',
    'day',
    'night',
    'never',
    '__proto__',
    'monday:friday',
    '10.0.0.0/8',
  ],
  ...[
    '\u0000',
    '\u202e',
    '\ud800',
    '\ud83d\ude00',
    'a\nb',
    '- a',
    'a: b',
    '# a',
    '&a',
    '*a',
    '!a',
    'x'.repeat(2001),
  ],
  ...[['a@b', 'c@d'], ['day'], [1], ['15m'], { idle_for: '15m' }, { users: ['a@b'] }, [{ idle_for: '15m' }]],
  ...[{ users: 1 }, { percent: 50 }, { day: [{}] }, { day: [{ weekdays: ['friday:monday'] }] }],
  ...[{ n: [{ times: [{ start_time: '22:00', end_time: '06:00' }], months: ['march', 5], years: [2026] }] }],
  ...[[{ name: 'day', time_intervals: [{ days_of_month: ['-3:-1', 1], location: 'Local' }] }]],
];

const at = fc.nat(1000);
const key = fc.constantFrom(...keys);
const value = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);

export const aMutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('value' as const), at, value }),
  fc.record({ kind: fc.constant('key' as const), at, key }),
  fc.record({ kind: fc.constant('add' as const), at, key, value }),
  fc.record({ kind: fc.constant('remove' as const), at }),
  fc.record({ kind: fc.constant('double' as const), at }),
  fc.record({ kind: fc.constant('wrap' as const), at }),
);

/** Takes plain data and returns it with this change; the data stays as it is. */
export function mutated(document: unknown, mutation: Mutation): unknown {
  const copy = structuredClone(document);
  const places = placesIn(copy);
  const place = places[mutation.at % places.length];
  if (place === undefined) return copy;
  const { parent, index } = place;
  if (Array.isArray(parent)) changeList(parent, Number(index), mutation);
  else changeMap(parent, index, mutation);
  return copy;
}

interface Place {
  readonly parent: unknown[] | Record<string, unknown>;
  readonly index: string;
}

/** Every value but the document itself, and where it is. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Place['parent'];
  return Object.entries(parent).flatMap(([index, each]) => [{ parent, index }, ...placesIn(each)]);
}

function changeList(list: unknown[], index: number, mutation: Mutation): void {
  const own = list[index];
  if (mutation.kind === 'remove') list.splice(index, 1);
  else if (mutation.kind === 'double') list.push(structuredClone(own));
  else if (mutation.kind === 'wrap') list[index] = [own];
  else list[index] = mutation.kind === 'key' ? mutation.key : structuredClone(mutation.value);
}

function changeMap(map: Record<string, unknown>, index: string, mutation: Mutation): void {
  const own = map[index];
  if (mutation.kind === 'remove') delete map[index];
  else if (mutation.kind === 'value') map[index] = structuredClone(mutation.value);
  else if (mutation.kind === 'wrap') map[index] = [own];
  else if (mutation.kind === 'double') put(map, `${index}_`, own);
  else {
    if (mutation.kind === 'key') delete map[index];
    put(map, mutation.key, mutation.kind === 'add' ? structuredClone(mutation.value) : own);
  }
}

/** An assignment to `__proto__` would change what the map is. */
function put(map: object, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}
