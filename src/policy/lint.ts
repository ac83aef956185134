import { isPlaceholder } from './placeholder.ts';
import { leavesOf } from '../decide/combine.ts';
import type { Pattern } from '../decide/pattern.ts';
import { formatDuration } from './duration.ts';
import { lintRules } from './lint-rules.ts';
import type { Policy, Rule } from './policy.ts';
import { nextChange, isOpen } from './time-interval.ts';

/** What the lint may ask of the server; without one the defaults of MongoDB are assumed. */
export interface LintContext {
  /** ms since the epoch. */
  readonly now: number;
  readonly localZone: string;
  /** How long the server keeps an unused session listed, in minutes (L6). */
  readonly sessionTimeoutMinutes: number;
  /** `logicalSessionRefreshMillis` (L2). */
  readonly refreshMillis: number;
}

/** Something that is allowed and probably not meant. */
export interface Warning {
  /** The rule, exemption or time interval that it is about; undefined for the policy. */
  readonly about: string | undefined;
  readonly message: string;
}

/** A renewal of `lastUse` may be this much late after a refresh (L7). */
const refreshSlack = 60_000;

/** Takes a valid policy and returns what its author should know before the first run. Pure. */
export function lint(policy: Policy, context: LintContext): Warning[] {
  return [
    ...policy.rules.flatMap((rule) => [...thresholds(rule, context), ...wholeUsers(rule)]),
    ...policy.exemptions.filter((exemption) => exemption.because === undefined).map(withoutReason),
    ...[...policy.timeIntervals].flatMap(([name, interval]) =>
      nextChange(interval, context.now, context.localZone) === undefined
        ? [
            {
              about: `time interval ${name}`,
              message: `is ${isOpen(interval, context.now, context.localZone) ? 'always' : 'never'} open in the next five years`,
            },
          ]
        : [],
    ),
    ...lintRules(policy),
    ...placeholders(policy),
    ...withoutLimits(policy),
  ];
}

function thresholds({ name, criteria }: Rule, context: LintContext): Warning[] {
  const about = `rule ${name}`;
  const timeout = context.sessionTimeoutMinutes * 60_000;
  const safe = context.refreshMillis + refreshSlack;
  return leavesOf(criteria).flatMap(({ condition, args }): Warning[] => {
    if (condition !== 'idle_for' || typeof args !== 'number') return [];
    if (args >= timeout) {
      return [
        {
          about,
          message: `idle_for ${formatDuration(args)} can never match: this server forgets a session ${context.sessionTimeoutMinutes} minutes after its last use (localLogicalSessionTimeoutMinutes)`,
        },
      ];
    }
    if (args >= safe) return [];
    return [
      {
        about,
        message: `idle_for ${formatDuration(args)} is below ${formatDuration(safe)}: a busy session’s last use may be that old, so it is decided only while every member shows its operations, and can take ${formatDuration(args + context.refreshMillis)} and the time between two runs`,
      },
    ];
  });
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
  const unfilled = [
    ...(isPlaceholder(authority?.document) ? ['document'] : []),
    ...(isPlaceholder(authority?.notRequired) ? ['not_required'] : []),
  ];
  if (unfilled.length === 0) return warnings;
  return [
    ...warnings,
    {
      about: 'authority',
      message: `${unfilled.join(' and ')} ${unfilled.length > 1 ? 'are' : 'is'} still to be filled in`,
    },
  ];
}
