import { negate, type Formula, type Leaf } from './formula.ts';

/** What is known, besides the policy, of what its conditions can meet. */
export interface Facts {
  /** How long the server keeps an unused session listed, in minutes (L6). */
  readonly sessionTimeoutMinutes: number;
}

/** Why no session can meet a formula, in words; undefined if one may, as far as can be told. */
export function whyNever(formula: Formula, facts: Facts): string | undefined {
  if (formula.kind === 'leaf') return whyNeverLeaf(formula, facts);
  const reasons = formula.of.map((part) => whyNever(part, facts));
  const told = reasons.filter((reason) => reason !== undefined);
  if (formula.kind === 'all') return told[0];
  return told.length === reasons.length ? [...new Set(told)].join('; ') : undefined;
}

/** Whether every session meets a formula, or at least none fails to. */
export function isAlways(formula: Formula, facts: Facts): boolean {
  return whyNever(negate(formula), facts) !== undefined;
}

function whyNeverLeaf({ condition, args, negated }: Leaf, facts: Facts): string | undefined {
  if (condition === 'idle_for' && !negated) return whyNeverIdle(args as number, facts);
  return undefined;
}

/** Why no session that is listed can be idle for longer than `limit` (L6). */
export function whyNeverIdle(limit: number, { sessionTimeoutMinutes }: Facts): string | undefined {
  if (limit < sessionTimeoutMinutes * 60_000) return undefined;
  return `this server forgets a session ${sessionTimeoutMinutes} minutes after its last use (localLogicalSessionTimeoutMinutes)`;
}
