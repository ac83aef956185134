import { ReaperError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { terminalWidth } from './report/style.ts';
import { visibleLines } from './report/visible.ts';
import { wrapWords } from './report/wrap.ts';
import type { World } from './world.ts';

/** Tells an error on stderr, and returns the exit status that it means. */
export function complain(error: unknown, { stderr, env }: Pick<World, 'stderr' | 'env'>): number {
  const width = terminalWidth(stderr, env);
  if (error instanceof ReaperError) {
    // Editors jump to lines that begin with a place.
    const name = error.code === 'policy-invalid' ? '' : 'reaper: ';
    const { remedy = '' } = error;
    const lines = [
      ...wrapWords(visibleLines(`${name}${error.message}`), width),
      ...(remedy === '' ? [] : wrapWords(visibleLines(remedy), width - 4)).map(
        (line, at) => `${at === 0 ? '  → ' : '    '}${line}`,
      ),
    ];
    stderr.write(`${lines.join('\n')}\n`);
    return error.exitCode;
  }
  const { message = String(error), stack = '' } = error as Partial<Error>;
  stderr.write(`${wrapWords(visibleLines(`reaper: unexpected error: ${message}`), width).join('\n')}\n`);
  if (env['REAPER_DEBUG']) stderr.write(`${visibleLines(stack)}\n`);
  else stderr.write('  → nothing more was done; REAPER_DEBUG=1 shows where it happened\n');
  return ExitCode.unexpected;
}
