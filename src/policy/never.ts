import { matchesText, type Pattern } from '../decide/pattern.ts';
import { negate, type Formula, type Leaf } from './formula.ts';
import { isWithin } from './implies.ts';

/** What is known of the server and of time, which conditions can be held against without a session. */
export interface Facts {
  /** How long the server keeps an unused session listed, in minutes (L6). */
  readonly sessionTimeoutMinutes: number;
  /** The time intervals that never change, as far as one can see. */
  readonly constantIntervals: ReadonlyMap<string, 'always' | 'never'>;
}

/**
 * Why no session can meet a formula, in words; undefined if one may, as far as can be told. `others` are
 * conditions that must be met as well.
 */
export function whyNever(formula: Formula, facts: Facts, others: readonly Leaf[] = []): string | undefined {
  if (formula.kind === 'leaf') return whyNeverAlone(formula, facts) ?? whyNotTogether(formula, others);
  if (formula.kind === 'all') {
    const leaves = [...others, ...formula.of.filter((part) => part.kind === 'leaf')];
    return firstDefined(formula.of, (part) => whyNever(part, facts, leaves));
  }
  const reasons = formula.of.flatMap((part) => whyNever(part, facts, others) ?? []);
  return reasons.length === formula.of.length ? [...new Set(reasons)].join('; ') : undefined;
}

/** Whether there is no session that a formula is false of. */
export function isAlways(formula: Formula, facts: Facts): boolean {
  return whyNever(negate(formula), facts) !== undefined;
}

function whyNeverAlone({ condition, args, negated }: Leaf, facts: Facts): string | undefined {
  if (condition === 'idle_for' && !negated) return whyNeverIdle(args as number, facts);
  if (condition === 'users' && negated) return whyNobodyElse(args as readonly Pattern[]);
  if (condition !== 'during') return undefined;
  const names = args as readonly string[];
  return negated ? whyNeverOutside(names, facts) : whyNeverDuring(names, facts);
}

/** Why no session that is listed can be idle for longer than `limit` (L6). */
export function whyNeverIdle(
  limit: number,
  { sessionTimeoutMinutes }: Pick<Facts, 'sessionTimeoutMinutes'>,
): string | undefined {
  if (limit < sessionTimeoutMinutes * 60_000) return undefined;
  return `this server forgets a session ${sessionTimeoutMinutes} minutes after its last use (localLogicalSessionTimeoutMinutes)`;
}

/** Users are listed as user@db, so `*@*` is everybody too. */
function whyNobodyElse(patterns: readonly Pattern[]): string | undefined {
  const everybody = patterns.find(({ text }) => /^\*+(@\*+)?$/.test(text));
  return everybody && `${everybody.text} is everybody`;
}

function whyNeverDuring(names: readonly string[], { constantIntervals }: Facts): string | undefined {
  if (!names.every((name) => constantIntervals.get(name) === 'never')) return undefined;
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} never open`;
}

function whyNeverOutside(names: readonly string[], { constantIntervals }: Facts): string | undefined {
  const always = names.find((name) => constantIntervals.get(name) === 'always');
  return always && `${always} is always open`;
}

/** Why a condition cannot be met while one of the others is. */
function whyNotTogether(leaf: Leaf, others: readonly Leaf[]): string | undefined {
  return firstDefined(others, (other) => {
    if (other.negated === leaf.negated || other.condition !== leaf.condition) return undefined;
    const [wanted, unwanted] = leaf.negated ? [other, leaf] : [leaf, other];
    if (!isWithin(wanted.args, unwanted.args) && !isCovered(wanted, unwanted)) return undefined;
    const by = unwanted.written === unwanted.condition ? 'not' : unwanted.written;
    return `${by} rules out all that ${wanted.condition} asks for`;
  });
}

/** Whether each name that is asked for in full matches a pattern that is ruled out. */
function isCovered(wanted: Leaf, unwanted: Leaf): boolean {
  if (wanted.condition !== 'users') return false;
  const patterns = unwanted.args as readonly Pattern[];
  return (wanted.args as readonly Pattern[]).every(({ text, literal }) =>
    patterns.some(
      (pattern) => pattern.text === text || (literal !== undefined && matchesText(pattern, literal)),
    ),
  );
}

function firstDefined<T>(items: readonly T[], of: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = of(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
