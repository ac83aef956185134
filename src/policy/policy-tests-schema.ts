import { z } from 'zod';
import { duration } from './duration-schema.ts';
import type { LockedUser } from './effective.ts';
import { map, text } from './rule-schema.ts';

/** Nothing at all is a length of time here too, unlike in a policy: used just now. */
const age = z.union([z.literal('0s').transform(() => 0), duration], {
  error: 'expected a number with its unit, as 15m, 1h30m or 90s',
});

const user = z
  .string({ error: 'expected a user as listed, as alice@admin' })
  .regex(/.@./s, { error: 'expected a user as listed, with the database, as alice@admin' });

const flag = z.literal(true, { error: 'expected true; leave it out otherwise' });

const held = map({
  idle: age.optional().describe('Since its last use. Default: 0s.'),
  open: age.optional().describe('Since it was opened. Default: as long as it is idle.'),
  client_gone: flag.optional().describe('Its client’s connection is there no more.'),
});

const session = map({
  user: user.meta({ description: 'Its owner, `user@db`.', examples: ['alice@admin'] }),
  unnamed: flag
    .optional()
    .describe('The server lists it without its owner’s name, as it may where an operation was running.'),
  idle: age
    .optional()
    .describe('Since its last use. Default: as long as its transaction is idle, else 0s.')
    .meta({ input_examples: ['16m'] }),
  age: age.optional().describe('Since reaper first saw it. Default: 0s, as if this run were the first to.'),
  operation: flag.optional().describe('An operation is running in it.'),
  cursor: held.optional().describe('It holds an open cursor.'),
  transaction: held.optional().describe('It holds an open transaction.'),
  client: text.optional().meta({ description: 'Its client’s address.', examples: ['10.1.2.3'] }),
  app: text.optional().meta({ description: 'Its client’s application name.', examples: ['mongosh 2.5.0'] }),
  roles: z
    .array(text, { error: 'expected a list of roles, as [root@admin]' })
    .optional()
    .meta({
      description:
        'The roles of its user, inherited ones too; they count for all sessions of that user. Unknown unless given.',
      examples: [['root@admin']],
    }),
  expect: z
    .enum(['terminate', 'retain', 'exempt', 'indeterminate'], {
      error: 'expected terminate, retain, exempt or indeterminate',
    })
    .describe('The verdict that it must get.'),
  by: text.optional().meta({
    description: 'The rule or exemption that must be the reason.',
    examples: ['idle-15m'],
  }),
}).refine(
  ({ client, app, operation, transaction }) =>
    (client === undefined && app === undefined) || operation === true || transaction !== undefined,
  {
    error:
      'MongoDB tells client and application only of what runs or is in a transaction; add operation: true or transaction, or leave them out',
    when: ({ issues }) => issues.length === 0,
  },
);

const lock = map({
  user: user.describe('Whose sessions end.'),
  reason: text.meta({
    description: 'Why. The lock’s rule is then `lock (IR-2026-14)`, for `by`.',
    examples: ['IR-2026-14'],
  }),
  override_exemptions: flag.optional().describe('Beats the policy’s exemptions.'),
});

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
}

/** What a test may say for itself and `defaults` for all of them. */
const scene = {
  at: z.iso
    .datetime({ offset: true, error: 'expected a time with its offset, as 2026-11-22T18:30:00-05:00' })
    .optional()
    .meta({
      description: 'When the policy is applied, with the offset from UTC.',
      examples: ['2026-11-22T18:30:00-05:00'],
    }),
  local_zone: text
    .refine(isZone, { error: 'expected a zone such as America/New_York' })
    .optional()
    .meta({
      description: 'The zone that `location: Local` stands for. Default: UTC.',
      examples: ['America/New_York'],
    }),
  refresh: duration
    .optional()
    .describe('How often the server writes down uses (`logicalSessionRefreshMillis`). Default: 5m.'),
  silent_members: z
    .array(text, { error: 'expected a list of addresses' })
    .optional()
    .meta({
      description: 'Members that tell neither their sessions nor their operations.',
      examples: [['db3.example.net:27017']],
    }),
  locks: z
    .array(lock, { error: 'expected a list of locks, each after a dash' })
    .optional()
    .describe('Users locked by `reaper lock`.'),
};

/** A file of policy tests, as users write it. */
export const policyTestsSchema = map({
  version: z
    .literal(1, { error: 'expected 1 without quotes, the version of the test language' })
    .describe('The version of the test language.'),
  policy: text.meta({
    description: 'The policy under test, relative to this file.',
    examples: ['../stig-v-281700.yaml'],
  }),
  defaults: map(scene).optional().describe('What holds for each test that does not say otherwise.'),
  tests: z
    .array(
      map({
        name: text.describe('What the policy promises here.'),
        ...scene,
        sessions: z
          .array(session, { error: 'expected a list of sessions, each after a dash' })
          .min(1, { error: 'a test needs at least one session' })
          .describe('All that are listed, each with the verdict that it must get.'),
      }),
      { error: 'expected a list of tests, each after a dash' },
    )
    .min(1, { error: 'at least one test is needed' })
    .describe('Each applies the policy once.'),
});

export type PolicyTests = z.output<typeof policyTestsSchema>;
export type PolicyTest = PolicyTests['tests'][number];

/** The locks of a test, as a run would read them. */
export function locksOf({ locks = [] }: Pick<PolicyTest, 'locks'>): LockedUser[] {
  return locks.map((lock) => ({ ...lock, override_exemptions: lock.override_exemptions ?? false }));
}
