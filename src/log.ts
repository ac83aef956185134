import { pino, type Logger } from 'pino';
import pinoPretty from 'pino-pretty';
import { terminalWidth } from './report/style.ts';
import { harmlessJson, visible } from './report/visible.ts';
import { wrapWords } from './report/wrap.ts';
import type { World } from './world.ts';

/** The log goes to stderr: JSON lines for journald and syslog, readable on a terminal. Reports never do. */
export function makeLog({ env, stderr }: Pick<World, 'env' | 'stderr'>, quiet: boolean): Logger {
  const onTerminal = stderr.isTTY === true;
  const level = quiet ? 'error' : onTerminal ? 'warn' : 'info';
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!onTerminal) return pino(options, { write: (line) => void stderr.write(harmlessJson(line)) });
  const pretty = pinoPretty.prettyFactory({
    colorize: !env['NO_COLOR'],
    ignore: 'time',
    singleLine: true,
  });
  // The printer writes out what JSON had escaped, and names and messages come from elsewhere.
  const harmless = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? visible(value) : value;
  const width = terminalWidth(stderr, env);
  return pino(options, {
    write: (line) => void stderr.write(wrapWords(pretty(JSON.parse(line, harmless)), width).join('\n')),
  });
}
