import type { Formula, Leaf } from './formula.ts';

/**
 * Whether whatever meets the one formula is known to meet the other too. Each step takes one of the two apart, so
 * that the work stays within the product of their sizes: what only a longer proof would show is not found.
 */
export function implies(narrow: Formula, wide: Formula): boolean {
  if (wide.kind === 'all') return wide.of.every((part) => implies(narrow, part));
  if (narrow.kind === 'any') return narrow.of.every((part) => implies(part, wide));
  if (wide.kind === 'any') {
    return wide.of.some((part) => implies(narrow, part)) || hasPart(narrow, wide);
  }
  if (narrow.kind === 'all') return narrow.of.some((part) => implies(part, wide));
  return impliesLeaf(narrow, wide);
}

function impliesLeaf(narrow: Leaf, wide: Leaf): boolean {
  if (narrow.condition !== wide.condition || narrow.negated !== wide.negated) return false;
  return narrow.negated ? isWithin(wide.args, narrow.args) : isWithin(narrow.args, wide.args);
}

function hasPart(formula: Formula, wanted: Formula): boolean {
  return formula.kind === 'all' && formula.of.some((part) => textOf(part) === textOf(wanted));
}

/**
 * Takes what one condition is given in two places, and returns whether every session that meets it with the first
 * meets it with the second too. Limits are exceeded, so a larger one is met by fewer; of a list one entry is enough.
 */
export function isWithin(narrow: unknown, wide: unknown): boolean {
  if (typeof narrow === 'number' && typeof wide === 'number') return narrow >= wide;
  if (!Array.isArray(narrow) || !Array.isArray(wide)) return textOf(narrow) === textOf(wide);
  const texts = new Set(wide.map(textOf));
  return narrow.every((each) => texts.has(textOf(each)));
}

/** A pattern or network means what it was written as, which is much less to compare than what was made of it. */
function textOf(value: unknown): string {
  const isWritten = typeof value === 'object' && value !== null && 'text' in value;
  return isWritten ? String(value.text) : (JSON.stringify(value) ?? '');
}
