import { z } from 'zod';
import type { Policy } from './policy.ts';
import { exemption, map, name, rule, text } from './rule-schema.ts';
import { timeIntervals } from './time-interval-schema.ts';

const count = z
  .int({ error: 'expected a whole number from 0' })
  .min(0, { error: 'expected a whole number from 0' });

const limits = map({
  users: count
    .optional()
    .meta({ description: 'The most users that one run may end sessions of.', examples: [25] }),
  sessions: count
    .optional()
    .meta({ description: 'The most sessions that one run may end.', examples: [500] }),
  percent: z
    .number({ error: 'expected a number from 0 to 100' })
    .min(0, { error: 'expected a number from 0 to 100' })
    .max(100, { error: 'expected a number from 0 to 100' })
    .optional()
    .meta({
      description: 'The most of the listed sessions that one run may end; applies from 10 listed sessions.',
      examples: [50],
    }),
}).describe(
  'A plan beyond one of these ends nothing at all. Equal is allowed, 0 means none, absent means no limit.',
);

const authority = map({
  document: text.optional().meta({
    description: 'Where the organization’s definition is written down.',
    examples: ['SSP section AC-12'],
  }),
  approved_by: text.optional().meta({ description: 'Who approved it.', examples: ['ISSO'] }),
  approved_on: z.iso
    .date({ error: 'expected a date as YYYY-MM-DD' })
    .optional()
    .meta({ description: 'When it was approved, as YYYY-MM-DD.', examples: ['2026-10-01'] }),
  not_required: text
    // YAML’s words for no, which are text here, would switch all termination off.
    .refine((reason) => !/^(y|yes|n|no|true|false|on|off|none|null|~)$/i.test(reason.trim()), {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no reason; write why, as the documentation states it, or leave it out if sessions are to be ended`,
    })
    .optional()
    .describe(
      'The documented reason why termination is not required or is prohibited: a run ends nothing and says this.',
    ),
}).transform((value) => ({
  document: value.document,
  approvedBy: value.approved_by,
  approvedOn: value.approved_on,
  notRequired: value.not_required,
}));

/** The whole policy file: its shape as users write it, and how it becomes a `Policy`. */
export const policySchema = map({
  version: z
    .literal(1, { error: 'expected 1 without quotes, the version of the policy language' })
    .describe('The version of the policy language.'),
  name,
  description: text.optional().describe('What this policy is for.'),
  authority: authority.optional().describe('Where the organization decided this; shown to the assessor.'),
  time_intervals: timeIntervals
    .optional()
    .describe(
      'Windows of time for `during` and `outside`: a map from names to lists of intervals, or Alertmanager’s own list. Its syntax and meaning, plus ranges over midnight, which belong to the day on which they begin.',
    ),
  exemptions: z
    .array(exemption, {
      error: 'expected a list of exemptions, each after a dash; leave it out if there are none',
    })
    .default([])
    .describe(
      'Sessions that no rule ends. Each takes the same conditions as a rule’s `when`, all of which must hold.',
    ),
  rules: z
    .array(rule, { error: 'expected a list of rules, each after a dash' })
    .default([])
    .describe('Sessions to end: those that match at least one rule and no exemption.'),
  limits: limits.default({}),
  mode: z
    .enum(['enforce', 'report'])
    .default('enforce')
    .describe('`enforce`: end what the rules name. `report`: decide and record, end nothing.'),
  end_sessions: z
    .boolean({ error: 'expected true or false' })
    .default(true)
    .describe('Also take killed sessions out of the listing (endSessions).'),
}).transform((value): Policy => ({
  name: value.name,
  description: value.description,
  authority: value.authority,
  timeIntervals: value.time_intervals ?? new Map(),
  exemptions: value.exemptions,
  rules: value.rules,
  limits: value.limits,
  mode: value.mode,
  endSessions: value.end_sessions,
}));
