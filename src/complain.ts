import { ReaperError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { visibleLines } from './report/visible.ts';
import type { World } from './world.ts';

/** Tells an error on stderr, and returns the exit status that it means. */
export function complain(error: unknown, { stderr, env }: Pick<World, 'stderr' | 'env'>): number {
  if (error instanceof ReaperError) {
    const remedy = error.remedy === undefined ? '' : `\n  → ${error.remedy.replaceAll('\n', '\n    ')}`;
    // Editors jump to lines that begin with a place.
    const name = error.code === 'policy-invalid' ? '' : 'reaper: ';
    stderr.write(`${visibleLines(`${name}${error.message}${remedy}`)}\n`);
    return error.exitCode;
  }
  const { message = String(error), stack = '' } = error as Partial<Error>;
  stderr.write(`${visibleLines(`reaper: unexpected error: ${message}`)}\n`);
  if (env['REAPER_DEBUG']) stderr.write(`${visibleLines(stack)}\n`);
  else stderr.write('  → nothing more was done; REAPER_DEBUG=1 shows where it happened\n');
  return ExitCode.unexpected;
}
