import { basename } from 'node:path';
import { parseArgs } from 'node:util';

/** How a program that starts another is called. */
interface Wrapper {
  /** Its options that take a value, as in `{ user: 'u' }`; those without need not be known. */
  readonly valued?: Readonly<Record<string, string | undefined>>;
  /** Which of them is a line for a shell. */
  readonly script?: string;
  /** How many words of its own come before the command. */
  readonly own?: number;
}

const shell: Wrapper = { valued: { command: 'c', o: 'o' }, script: 'command', own: Number.POSITIVE_INFINITY };
const asUser = { user: 'u', group: 'g', 'supp-group': 'G' };

const wrappers: Readonly<Record<string, Wrapper>> = {
  ash: shell,
  bash: shell,
  chronic: {},
  dash: shell,
  doas: { valued: { user: 'u', config: 'C' } },
  env: { valued: { unset: 'u', chdir: 'C', 'split-string': 'S' }, script: 'split-string' },
  exec: { valued: { name: 'a' } },
  flock: { valued: { timeout: 'w', 'conflict-exit-code': 'E', command: 'c' }, script: 'command', own: 1 },
  ionice: { valued: { class: 'c', classdata: 'n' } },
  ksh: shell,
  nice: { valued: { adjustment: 'n' } },
  node: { valued: { require: 'r', conditions: 'C', import: undefined, 'env-file': undefined } },
  nohup: {},
  runuser: { valued: { ...asUser, shell: 's', command: 'c' }, script: 'command', own: 2 },
  setsid: {},
  sh: shell,
  su: { valued: { group: 'g', 'supp-group': 'G', shell: 's', command: 'c' }, script: 'command', own: 2 },
  sudo: {
    valued: {
      ...asUser,
      chdir: 'D',
      prompt: 'p',
      host: 'h',
      chroot: 'R',
      role: 'r',
      type: 't',
      'close-from': 'C',
      'command-timeout': 'T',
    },
  },
  'systemd-cat': { valued: { identifier: 't', priority: 'p', 'stderr-priority': undefined } },
  time: { valued: { output: 'o', format: 'f' } },
  timeout: { valued: { 'kill-after': 'k', signal: 's' }, own: 1 },
  zsh: shell,
};

/** What a wrapper starts: a command, or a line for a shell. */
type Inner = { readonly words: readonly string[] } | { readonly script: string };

const text = { type: 'string' } as const;

/** Takes a command and returns what it starts in turn; undefined if its program is not known to start anything. */
export function innerOf([program = '', ...args]: readonly string[]): Inner | undefined {
  const name = basename(program);
  const wrapper = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
  if (wrapper === undefined) return undefined;
  const { valued = {}, script } = wrapper;
  const options = Object.fromEntries(
    Object.entries(valued).map(([name, short]) => [name, short === undefined ? text : { ...text, short }]),
  );
  const { tokens, values } = parseArgs({ args, options, strict: false, tokens: true });
  const own = values['user'] === undefined ? (wrapper.own ?? 0) : 0;
  const begin = tokens.filter(({ kind }) => kind === 'positional')[own]?.index ?? args.length;
  const line = tokens.find(
    (token) => token.kind === 'option' && token.name === script && token.index < begin,
  );
  if (line !== undefined && 'value' in line && line.value !== undefined) return { script: line.value };
  const words = args.slice(begin);
  const command = words.findIndex((word) => !/^\w+=/.test(word));
  return { words: command === -1 ? [] : words.slice(command) };
}
