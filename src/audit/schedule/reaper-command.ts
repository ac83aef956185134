import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { redactConnectionString } from 'mongodb-connection-string-url';
import { othersThan, type Audited } from './audited.ts';
import { shellLine, type ShellCommand } from './shell.ts';
import { innerOf } from './wrappers.ts';

/** How a command line starts `reaper run`. */
export interface ReaperCommand {
  /** Why it does not end what the audited policy names, as its schedule must. */
  readonly problems: readonly string[];
  /** Why it cannot be told whether it does. */
  readonly doubts: readonly string[];
}

/** What a command is held against. */
interface Setting {
  readonly systemdRuns: boolean;
  readonly audited: Audited;
}

/**
 * Takes a line for a shell and says whether it runs `reaper run`: by name or as a script of node, also behind
 * `flock`, `sudo` and the like. Undefined if it does not. Of several the best counts.
 */
export function reaperCommandIn(line: string, setting: Setting): ReaperCommand | undefined {
  return bestOf(line.length > mostRead ? unread(line) : runsInShell(line, setting));
}

/** The same of a command of systemd, which starts it without a shell, and prints its words without quotes. */
export function reaperCommandOf(command: string, setting: Setting): ReaperCommand | undefined {
  if (command.length > mostRead) return bestOf(unread(command));
  const [, before = command, script] =
    /^(.*?(?:^|[\s/])(?:ba|da|k|z)?sh\s+-[a-z]*c)\s+(.+)$/.exec(command) ?? [];
  const words = before.trim().split(/\s+/);
  return bestOf(runsOf(script === undefined ? words : [...words, script], setting));
}

/** In characters: cron itself takes a thousand, and what nests deeply takes long. */
const mostRead = 10_000;

function unread(line: string): ReaperCommand[] {
  return mentionsRun(line) ? [{ problems: [], doubts: ['it is too long to be read'] }] : [];
}

/** The one that speaks most for a schedule. */
export function bestOf(commands: readonly ReaperCommand[]): ReaperCommand | undefined {
  const able = commands.filter(({ problems }) => problems.length === 0);
  return able.find(({ doubts }) => doubts.length === 0) ?? able[0] ?? commands[0];
}

function runsInShell(line: string, setting: Setting): ReaperCommand[] {
  const { commands, faults } = shellLine(line, setting.systemdRuns);
  // The same commands, as they would be come to elsewhere.
  const elsewhere = shellLine(line, false).commands;
  return commands.flatMap((command, at) =>
    runsOf(command.words, setting).map(({ problems, doubts }) => ({
      problems: [...unreached(command, elsewhere[at]), ...problems],
      doubts: [
        ...doubts,
        ...(command.isApart ? ['it cannot be told whether it comes to reaper run'] : []),
        ...(faults.length > 0 ? [`it cannot be read as a shell would: ${faults.join('; ')}`] : []),
      ],
    })),
  );
}

function unreached({ reached }: ShellCommand, elsewhere: ShellCommand | undefined): string[] {
  if (reached !== false) return [];
  return elsewhere?.reached === false
    ? ['it never comes to reaper run']
    : ['it does nothing on this host: it leaves the work to reaper.timer where systemd runs'];
}

/** What they start they only print or look for. */
const harmless = new Set([
  'echo',
  'printf',
  'true',
  'false',
  ':',
  'test',
  '[',
  'logger',
  'mail',
  'pgrep',
  'grep',
]);

/** Follows a command through what only starts another one. */
function runsOf(words: readonly string[], setting: Setting): ReaperCommand[] {
  const [program = '', first, ...rest] = words;
  if (isReaper(program)) return first === 'run' ? [asRun(rest, setting.audited)] : [];
  const inner = innerOf(words);
  if (inner !== undefined && 'script' in inner) return runsInShell(inner.script, setting);
  if (inner !== undefined) return runsOf(inner.words, setting);
  if (harmless.has(basename(program)) || !mentionsRun(words.join(' '))) return [];
  return [{ problems: [], doubts: [`it cannot be told whether ${program} starts reaper run`] }];
}

function isReaper(word: string): boolean {
  return /(?:^|\/)reaper(?:\.js)?$/.test(word);
}

function mentionsRun(text: string): boolean {
  return /(?:^|[\s/"'])reaper(?:\.js)?["']?\s+run\b/.test(text);
}

function asRun(args: readonly string[], audited: Audited): ReaperCommand {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      'dry-run': { type: 'boolean', short: 'n' },
      force: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      only: { type: 'string' },
      policy: { type: 'string', short: 'p' },
      reason: { type: 'string' },
      'state-dir': { type: 'string' },
      version: { type: 'boolean', short: 'V' },
    },
  });
  const does = (option: string, what: string): string[] =>
    values[option] === undefined ? [] : [`it runs with --${option}, and so ${what}`];
  return {
    problems: [
      ...does('dry-run', 'ends nothing'),
      ...does('help', 'does nothing else'),
      ...does('version', 'does nothing else'),
      ...does('only', 'does not ask the policy’s rules'),
    ],
    // It speaks neither for what is audited nor against it.
    doubts: othersThan(audited, { policy: values.policy, stateDir: values['state-dir'] }),
  };
}

/** A connection string in a schedule is one that every user of the host may read. */
export function withoutConnectionStrings(line: string): { text: string; problems: string[] } {
  if (!/mongodb(?:\+srv)?:\/\//i.test(line)) return { text: line, problems: [] };
  const text = line.replaceAll(/mongodb(?:\+srv)?:\/\/[^\s"']*/gi, (uri) => redactConnectionString(uri));
  return { text, problems: ['it carries a connection string, which others on this host may read'] };
}
