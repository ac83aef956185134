import { execFile } from 'node:child_process';
import { bundled } from '../support/bundle.ts';

/** Bundles `cut-off-run.ts` once for a test file, and returns how to run it. */
export function ownProcess() {
  const program = bundled(new URL('cut-off-run.ts', import.meta.url));
  return {
    /** Runs reaper until it reaches this stage and gets this signal; returns how it ended. */
    until: (stage: string, signal: NodeJS.Signals, argv: readonly string[], uri: string): Promise<string> =>
      endOf(process.execPath, [program, stage, signal, ...argv], uri),

    /** Runs reaper where no file may grow beyond so many bytes (a multiple of 512), as on a disk that is full then. */
    withDiskOf: (bytes: number, argv: readonly string[], uri: string): Promise<string> => {
      const script = `ulimit -f ${bytes / 512}; exec "$0" "$@"`;
      return endOf('sh', ['-c', script, process.execPath, program, 'no stage', 'SIGTERM', ...argv], uri);
    },
  };
}

function endOf(file: string, argv: readonly string[], uri: string): Promise<string> {
  const options = { env: { ...process.env, REAPER_MONGODB_URI: uri }, timeout: 60_000 };
  return new Promise((resolve) => {
    execFile(file, argv, options, (error) => {
      resolve(error === null ? 'exit 0' : (error.signal ?? `exit ${error.code}`));
    });
  });
}
