import { distance } from 'fastest-levenshtein';

/** The nearest of the allowed names, if one is near enough to be meant. */
export function nearestName(found: string, allowed: readonly string[]): string | undefined {
  // Names as long as this are no slips, and comparing them takes its time.
  if (found.length > 200) return undefined;
  const [best] = allowed
    .slice(0, 1000)
    .map((name) => ({ name, away: distance(found.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  if (best === undefined || best.away > Math.max(2, Math.floor(best.name.length / 3))) return undefined;
  return best.name;
}
