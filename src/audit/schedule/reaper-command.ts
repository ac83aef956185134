import { redactConnectionString } from 'mongodb-connection-string-url';

/** How a command line starts `reaper run`. */
export interface ReaperCommand {
  /** Why it does not end what the policy names, as a schedule must. */
  readonly problems: readonly string[];
}

/**
 * Takes a command line, of a shell or of systemd, and says whether it runs `reaper run`: by name or as a script of
 * node, also behind `flock`, `sudo` and the like. Undefined if it does not. Of several the best counts.
 */
export function reaperCommandIn(line: string): ReaperCommand | undefined {
  const found = line.split(/[;&|()\n]+/).flatMap((part) => {
    const words = part.replaceAll(/["'`]/g, ' ').trim().split(/\s+/);
    const at = words.findIndex((word, index) => isReaper(word) && words[index + 1] === 'run');
    return at === -1 ? [] : [{ problems: problemsOf(words.slice(at + 2)) }];
  });
  return found.find(({ problems }) => problems.length === 0) ?? found[0];
}

function isReaper(word: string): boolean {
  return /(?:^|\/)reaper(?:\.js)?$/.test(word);
}

function problemsOf(options: readonly string[]): string[] {
  const problems: string[] = [];
  if (options.some((option) => option === '--dry-run' || /^-[a-z]*n[a-z]*$/.test(option)))
    problems.push('it runs with --dry-run, and so ends nothing');
  if (options.some((option) => /^--only(?:=|$)/.test(option)))
    problems.push('it runs with --only, and so does not ask the policy’s rules');
  return problems;
}

/** A connection string in a schedule is one that every user of the host may read. */
export function withoutConnectionStrings(line: string): { text: string; problems: string[] } {
  if (!/mongodb(?:\+srv)?:\/\//i.test(line)) return { text: line, problems: [] };
  const text = line.replaceAll(/mongodb(?:\+srv)?:\/\/[^\s"']*/gi, (uri) => redactConnectionString(uri));
  return { text, problems: ['it carries a connection string, which others on this host may read'] };
}
