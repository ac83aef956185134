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

function textOf(args: unknown): string {
  return JSON.stringify(args) ?? '';
}
