import { lackingIn } from './placeholder.ts';
import { leavesOf } from '../decide/combine.ts';
import type { Pattern } from '../decide/pattern.ts';
import { lintConstant } from './lint-constant.ts';
import { lintRules } from './lint-rules.ts';
import { lintThresholds, lintTransactions } from './lint-thresholds.ts';
import type { Facts } from './never.ts';
import type { Policy, Rule } from './policy.ts';
import { nextChange, isOpen } from './time-interval.ts';

/** What the lint may ask of the server; without one the defaults of MongoDB are assumed. */
export interface LintContext extends Omit<Facts, 'constantIntervals'> {
  /** ms since the epoch. */
  readonly now: number;
  readonly localZone: string;
  /** `logicalSessionRefreshMillis` (L2). */
  readonly refreshMillis: number;
  /** Whether every member can be seen; if not, idle_for keeps a margin (P3). */
  readonly membersComplete: boolean;
}

/** Something that is allowed and probably not meant. */
export interface Warning {
  /** The rule, exemption or time interval that it is about; undefined for the policy. */
  readonly about: string | undefined;
  readonly message: string;
}

/** Takes a valid policy and returns what its author should know before the first run. Pure. */
export function lint(policy: Policy, context: LintContext): Warning[] {
  const constantIntervals = constantOf(policy, context);
  const facts: Facts = { ...context, constantIntervals };
  return [
    ...policy.rules.flatMap((rule) => [...lintThresholds(rule, context), ...wholeUsers(rule)]),
    ...lintTransactions(policy),
    ...policy.exemptions.filter((exemption) => exemption.because === undefined).map(withoutReason),
    ...[...constantIntervals].map(([name, state]) => ({
      about: `time interval ${name}`,
      message: `is ${state} open in the next five years`,
    })),
    ...lintConstant(policy, facts),
    ...lintRules(policy, facts),
    ...placeholders(policy),
    ...withoutLimits(policy),
  ];
}

/** The time intervals that do not change as far as `nextChange` sees. */
function constantOf({ timeIntervals }: Policy, { now, localZone }: LintContext): Facts['constantIntervals'] {
  return new Map(
    [...timeIntervals]
      .filter(([, interval]) => nextChange(interval, now, localZone) === undefined)
      .map(([name, interval]) => [name, isOpen(interval, now, localZone) ? 'always' : 'never']),
  );
}

function wholeUsers({ name, criteria, terminate }: Rule): Warning[] {
  const sessionLevel = new Set(
    leavesOf(criteria)
      .filter(({ about }) => about === 'session')
      .map(({ condition }) => condition),
  );
  if (terminate !== 'user' || sessionLevel.size === 0) return [];
  return [
    {
      about: `rule ${name}`,
      message: `terminate: user with ${[...sessionLevel].join(', ')}: one session that matches ends all of its user’s sessions, the busy ones too`,
    },
  ];
}

function withoutReason({ name }: { readonly name: string }): Warning {
  return {
    about: `exemption ${name}`,
    message: 'has no because: nobody will know later why these sessions are spared',
  };
}

function withoutLimits({ limits, rules }: Policy): Warning[] {
  if (rules.length === 0 || Object.values(limits).some((limit) => limit !== undefined)) return [];
  return [{ about: undefined, message: 'has no limits: a mistake in a rule may end every session at once' }];
}

/** The shipped policies name nobody real until somebody edits them: a database name has no dot. */
function placeholders({ rules, exemptions, authority }: Policy): Warning[] {
  const named = [
    ...rules.map((rule) => ({ ...rule, about: `rule ${rule.name}` })),
    ...exemptions.map((exemption) => ({ ...exemption, about: `exemption ${exemption.name}` })),
  ];
  const warnings = named
    .filter(({ criteria }) =>
      leavesOf(criteria).some(
        ({ condition, args }) =>
          (condition === 'users' || condition === 'not_users') &&
          (args as readonly Pattern[]).some(({ text }) => text.endsWith('@example.invalid')),
      ),
    )
    .map(({ about }): Warning => ({
      about,
      message: 'has a placeholder, @example.invalid: put your own users there',
    }));
  // Who says nothing of it at all answers to nobody who asks for it.
  const unfilled = authority === undefined ? [] : lackingIn(authority);
  if (unfilled.length === 0) return warnings;
  return [
    ...warnings,
    {
      about: 'authority',
      message: `${unfilled.join(', ')} ${unfilled.length > 1 ? 'are' : 'is'} still to be filled in`,
    },
  ];
}
