import { execFile } from 'node:child_process';
import { bundled } from '../support/bundle.ts';

/** How a process ended, and all that it said, Node’s own words included. */
export interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bundles the program once for a test file, and returns how to run it as a process of its own. */
export function ownProcess() {
  const program = bundled(new URL('../../src/main.ts', import.meta.url));
  return {
    program,
    /** Runs it to its end; the time is a guard against hanging, and no measure. */
    ended: (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
      new Promise((resolve) => {
        const options = { env: { PATH: process.env['PATH'], ...env }, timeout: 120_000 };
        execFile(process.execPath, [program, ...argv], options, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : (error.signal ?? error.code ?? 'unknown'), stdout, stderr });
        });
      }),
  };
}
