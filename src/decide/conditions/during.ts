import { z } from 'zod';
import type { Condition, Context } from '../condition.ts';

const intervalNames = z
  .union(
    [z.string(), z.array(z.string()).min(1, { error: 'an empty list names nothing; name a time interval' })],
    {
      error: 'expected the name of a time interval, or a list of names that is not empty',
    },
  )
  .transform((names) => (typeof names === 'string' ? [names] : names));

/** Now is in at least one of the named time intervals (P5). */
export const during: Condition<readonly string[]> = {
  schema: intervalNames.meta({
    description: 'It is now, by the server’s clock, within at least one of these `time_intervals`.',
    input_examples: ['maintenance', ['nights', 'holidays']],
    unknown_if: 'never',
    stands_for: 'time-of-day restrictions (STIG)',
  }),
  about: 'clock',
  test: (names, _session, context) => names.some(context.isOpen),
  narrow: (names, context) => (names.some(context.isOpen) ? 'all' : 'none'),
  because: (names, _session, context) => describe(names, context),
  source: () => 'the server’s clock',
};

/** Now is in none of the named time intervals (P5). */
export const outside: Condition<readonly string[]> = {
  schema: intervalNames.meta({
    description: 'It is now, by the server’s clock, outside all of these `time_intervals`.',
    input_examples: ['business-hours', ['business-hours', 'on-call']],
    unknown_if: 'never',
    stands_for: 'time-of-day restrictions (STIG)',
  }),
  about: 'clock',
  test: (names, _session, context) => !names.some(context.isOpen),
  narrow: (names, context) => (names.some(context.isOpen) ? 'none' : 'all'),
  because: (names, _session, context) => describe(names, context),
  source: () => 'the server’s clock',
};

function describe(names: readonly string[], context: Context): string {
  return names.map((name) => `${context.isOpen(name) ? 'within' : 'outside'} ${name}`).join(', ');
}
