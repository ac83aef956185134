import { execFile, type ExecFileException } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';

/** What a program answered; `code` is undefined if it could not be run to its end, and `why` says so. */
export type Answer =
  | { readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly code: undefined; readonly why: string };

/** What the look for schedules asks of the host. Reading throws what the file system says. */
export interface Host {
  readonly execute: (program: string, args: readonly string[]) => Promise<Answer>;
  readonly readText: (path: string) => Promise<string>;
  /** The names in a folder. */
  readonly namesIn: (folder: string) => Promise<readonly string[]>;
  readonly statusOf: (
    path: string,
  ) => Promise<{ readonly uid: number; readonly mode: number; readonly isFile: boolean }>;
  /** The path without symbolic links; the same path if it leads nowhere. */
  readonly realPath: (path: string) => string;
}

const deadline = 10_000;

/**
 * Runs a program of the system, by a search path that the caller's environment has no say in. Times are printed
 * in UTC and words in English, so that they can be read back whatever the host’s settings.
 */
async function execute(program: string, args: readonly string[]): Promise<Answer> {
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
  };
  return new Promise((resolve) => {
    const options = { env, timeout: deadline, killSignal: 'SIGKILL', maxBuffer: 16 << 20 } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else resolve({ code: undefined, why: wordsFor(program, error) });
    });
  });
}

function wordsFor(program: string, error: ExecFileException): string {
  if (error.code === 'ENOENT') return `${program} is not there`;
  if (error.killed === true) return `${program} did not answer within ${deadline / 1000} s`;
  return `${program} could not be run (${error.code ?? error.signal ?? 'no status'})`;
}

/** The host that this process runs on. */
export const thisHost: Host = {
  execute,
  readText: (path) => readFile(path, 'utf8'),
  namesIn: (folder) => readdir(folder),
  statusOf: async (path) => {
    const status = await lstat(path);
    return { uid: status.uid, mode: status.mode, isFile: status.isFile() };
  },
  realPath: (path) => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  },
};
