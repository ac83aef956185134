/** One line of a crontab that starts something. */
export interface CronEntry {
  /** Counted from 1. */
  readonly line: number;
  /** The line as written. */
  readonly text: string;
  /** Five fields, or a nickname as `@daily`. */
  readonly expression: string;
  /** Whom it runs as, where the crontab says so. */
  readonly user: string | undefined;
  /** What the shell gets. */
  readonly command: string;
  /** `CRON_TZ` above it: the zone that its times are meant in. */
  readonly zone: string | undefined;
  /** Whether a line end follows: without one cron leaves the line out. */
  readonly isEnded: boolean;
}

const variable = /^\s*(["']?)([A-Za-z_]\w*)\1\s*=\s*(.*?)\s*$/;

/**
 * Takes the text of a crontab and returns its entries. The crontab of the system, and every file in cron.d, has
 * the user after the times. What is neither comment, variable nor entry starts nothing, and is left out.
 */
export function parseCrontab(text: string, { hasUserColumn }: { hasUserColumn: boolean }): CronEntry[] {
  const lines = text.split('\n');
  const entries: CronEntry[] = [];
  let zone: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, , name, value = ''] = variable.exec(line) ?? [];
    if (name === 'CRON_TZ') zone = value.replace(/^(["'])(.*)\1$/, '$2') || undefined;
    if (name !== undefined) continue;
    const parts = partsOf(line, hasUserColumn);
    const isEnded = index < lines.length - 1;
    if (parts !== undefined) entries.push({ line: index + 1, text: line.trim(), ...parts, zone, isEnded });
  }
  return entries;
}

function partsOf(
  line: string,
  hasUserColumn: boolean,
): Pick<CronEntry, 'expression' | 'user' | 'command'> | undefined {
  const times = String.raw`(@\w+|-?\S+\s+\S+\s+\S+\s+\S+\s+\S+)`;
  const form = new RegExp(
    String.raw`^\s*${times}\s+${hasUserColumn ? String.raw`(\S+)\s+` : '()'}(.*\S)\s*$`,
  );
  const [, expression, user, rest] = form.exec(line) ?? [];
  if (expression === undefined || rest === undefined) return undefined;
  // A hyphen in front keeps the start out of the system's log, and means nothing else.
  return { expression: expression.replace(/^-/, ''), user: user || undefined, command: commandIn(rest) };
}

/** What follows the first percent sign is the command's input; `\%` is a percent sign. */
function commandIn(rest: string): string {
  const [, command = ''] = /^((?:[^%\\]|\\[\s\S])*)/.exec(rest) ?? [];
  return command.replaceAll(String.raw`\%`, '%');
}
