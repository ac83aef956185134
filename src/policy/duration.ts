const unitSeconds = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

const form = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Takes `90s`, `15m`, `1h30m`, `1d` and returns ms; undefined for anything else and for nothing at all. */
export function parseDuration(text: string): number | undefined {
  const parts = form.exec(text);
  if (!parts || text === '') return undefined;
  const [, days, hours, minutes, seconds] = parts;
  const total =
    Number(days ?? 0) * unitSeconds.d +
    Number(hours ?? 0) * unitSeconds.h +
    Number(minutes ?? 0) * unitSeconds.m +
    Number(seconds ?? 0);
  return total > 0 && total <= 3650 * unitSeconds.d ? total * 1000 : undefined;
}

/** Takes ms and returns the two largest units that say it, rounded down: `21m`, `1h30m`, `45s`. */
export function formatDuration(millis: number): string {
  let rest = Math.max(0, Math.floor(millis / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of Object.entries(unitSeconds)) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join('') || '0s';
}
