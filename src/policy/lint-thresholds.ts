import { leavesOf } from '../decide/combine.ts';
import { formatDuration } from './duration.ts';
import { formulaOf, signedLeaves } from './formula.ts';
import type { LintContext, Warning } from './lint.ts';
import { whyNeverIdle } from './never.ts';
import type { Policy, Rule } from './policy.ts';

/** A renewal of `lastUse` may be this much late after a refresh (L7). */
const refreshSlack = 60_000;

/** `transactionLifetimeLimitSeconds`, unless somebody changed it. */
const transactionLifetime = 60_000;

/** Limits of a rule that the server cannot show to be passed, or not in time. Pure. */
export function lintThresholds({ name, criteria }: Rule, context: LintContext): Warning[] {
  const about = `rule ${name}`;
  return signedLeaves(formulaOf(criteria)).flatMap(({ condition, args, negated }): Warning[] => {
    if (condition !== 'idle_for' || typeof args !== 'number') return [];
    const message = ofIdle(args, negated, context);
    return message === undefined ? [] : [{ about, message }];
  });
}

function ofIdle(limit: number, negated: boolean, context: LintContext): string | undefined {
  const words = `idle_for ${formatDuration(limit)}`;
  const why = whyNeverIdle(limit, context);
  if (why !== undefined)
    return negated ? `not ${words} always holds: ${why}` : `${words} can never match: ${why}`;
  const blind = whyNeverDecided(limit, context);
  if (blind !== undefined)
    return `${negated ? 'not ' : ''}${words} can never ${negated ? 'be false' : 'match'}: ${blind}`;
  const safe = context.refreshMillis + refreshSlack;
  if (limit >= safe) return undefined;
  return `${words} is below ${formatDuration(safe)}: a busy session’s last use may be that old, so it is decided only while every member shows its operations, and can take ${formatDuration(limit + context.refreshMillis)} and the time between two runs`;
}

/** Why the margin of what is not seen (P3) takes the limit beyond what the server keeps. */
function whyNeverDecided(limit: number, context: LintContext): string | undefined {
  if (context.membersComplete) return undefined;
  const margin = 2 * context.refreshMillis;
  const forgotten = whyNeverIdle(limit + margin, context);
  if (forgotten === undefined) return undefined;
  const longest = context.sessionTimeoutMinutes * 60_000 - margin;
  const remedy = longest > 0 ? `set it below ${formatDuration(longest)}, or ` : '';
  return `while not every member can be seen, it is decided only two refreshes later, after ${formatDuration(limit + margin)}, and ${forgotten}; ${remedy}on a replica set grant replSetGetConfig`;
}

/** Limits that a transaction passes only where the server lets it live for longer than by default. Pure. */
export function lintTransactions({ rules, exemptions }: Pick<Policy, 'rules' | 'exemptions'>): Warning[] {
  const named = [
    ...rules.map(({ name, criteria }) => ({ about: `rule ${name}`, criteria })),
    ...exemptions.map(({ name, criteria }) => ({ about: `exemption ${name}`, criteria })),
  ];
  return named.flatMap(({ about, criteria }) =>
    leavesOf(criteria)
      .filter(
        ({ condition, args }) =>
          condition.startsWith('transaction_') && (args as number) >= transactionLifetime,
      )
      .map(({ condition, args }) => ({
        about,
        message: `${condition} ${formatDuration(args as number)} can be passed only where transactionLifetimeLimitSeconds is raised above ${(args as number) / 1000} (60 by default): the server aborts a transaction that is open for longer`,
      })),
  );
}
