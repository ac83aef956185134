import fc from 'fast-check';
import type { SoakPolicy, SoakWhen } from './policy.ts';

/** The users of a soak. */
export const names = ['ann', 'anna', 'ben', 'cleo', 'dora', 'svc_a', 'svc_b', 'svc_ab', 'ctr_x', 'ctr_y'];

/** What their clients call themselves. */
export const appNames = ['shell', 'etl', 'etl 2'];

const seconds = fc.integer({ min: 1, max: 8 });
const window = fc.constantFrom('open' as const, 'shut' as const);
const users = fc.subarray(
  [...names.map((name) => `${name}@admin`), 'ann*', 'svc_*@admin', '*_?@admin', 'ctr_*', '*b@*', 'nobody@*'],
  { minLength: 1, maxLength: 3 },
);

const conditions: { readonly [K in keyof Omit<SoakWhen, 'any_of' | 'not'>]-?: fc.Arbitrary<unknown> } = {
  idle_for: seconds,
  cursor_idle_for: seconds,
  transaction_idle_for: seconds,
  transaction_open_for: seconds,
  older_than: fc.integer({ min: 5, max: 30 }),
  more_than_per_user: fc.integer({ min: 1, max: 8 }),
  users,
  not_users: users,
  apps: fc.subarray([...appNames, 'etl*'], { minLength: 1, maxLength: 2 }),
  during: window,
  outside: window,
};

/** One to three conditions, most of them about idleness and users: with more hardly any session would meet all. */
function whenOf(depth: number): fc.Arbitrary<SoakWhen> {
  const entries = Object.entries(conditions).map(([key, value]) => ({
    weight: ['idle_for', 'cursor_idle_for', 'users'].includes(key) ? 4 : 1,
    arbitrary: fc.tuple(fc.constant(key), value),
  }));
  const inner = depth === 0 ? [] : [{ weight: 2, arbitrary: combinedOf(depth - 1) }];
  return fc
    .array(fc.oneof(...entries, ...inner), { minLength: 1, maxLength: 3 })
    .map((all) => Object.fromEntries(all) as SoakWhen);
}

function combinedOf(depth: number): fc.Arbitrary<[string, unknown]> {
  return fc.oneof(
    fc.tuple(fc.constant('any_of'), fc.array(whenOf(depth), { minLength: 1, maxLength: 2 })),
    fc.tuple(fc.constant('not'), whenOf(depth)),
  );
}

const often = <T>(value: T, seldom: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: seldom });

/** Policies that end much or little, and now and then nothing at all. */
export const aPolicy: fc.Arbitrary<SoakPolicy> = fc.record({
  rules: fc.array(
    fc.record({ when: whenOf(1), terminate: fc.constantFrom('sessions', 'sessions', 'user') }),
    { minLength: 1, maxLength: 3 },
  ),
  exemptions: fc.array(whenOf(1), { maxLength: 2 }),
  limits: often<SoakPolicy['limits']>(
    {},
    fc.oneof(
      fc.record({ users: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ sessions: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ percent: fc.integer({ min: 0, max: 20 }) }),
    ),
  ),
  mode: often<SoakPolicy['mode']>('enforce', fc.constant('report')),
  end_sessions: often(true, fc.constant(false)),
  dryRun: often(false, fc.constant(true)),
});

/** Numbers from 0 to 1, the same for the same seed; `pick` takes one of a list, `between` one of a range. */
export function dice(seed: number) {
  const faces = 2 ** 30;
  const unbiased = fc.noBias(fc.nat(faces - 1));
  const [stream] = fc.sample(fc.infiniteStream(unbiased, { noHistory: true }), { seed, numRuns: 1 });
  const next = (): number => Number(stream?.next().value) / faces;
  return {
    chance: (of: number): boolean => next() < of,
    pick: <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0],
    between: (least: number, most: number): number => least + next() * (most - least),
  };
}

export type Dice = ReturnType<typeof dice>;
