import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { access, constants, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
}

/** Runs a program to its end and returns its standard output; a failure carries the program's last words. */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { timeoutMs = 600_000, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { ...spawnOptions, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const lastWords = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' / ');
        const how = error.killed ? `did not finish in ${timeoutMs / 1000} s` : `failed (${error.code})`;
        reject(new Error(`${program} ${args[0] ?? ''} ${how}${lastWords ? `: ${lastWords}` : ''}`));
      },
    );
  });
}

/** The first executable of that name on PATH. */
export async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, process.platform === 'win32' ? `${program}.exe` : program);
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}

/** Asks a mongod for its version, which also shows that it runs here at all. */
export async function mongodVersion(path: string): Promise<string> {
  // Into a file, not a pipe: Wine's helpers inherit a pipe, and would hold it open for seconds after the answer.
  const folder = await mkdtemp(join(tmpdir(), 'mongod-version-'));
  try {
    const file = join(folder, 'output');
    const output = await open(file, 'w');
    const child = spawn(path, ['--version'], {
      stdio: ['ignore', output.fd, output.fd],
      timeout: 120_000,
    });
    const [code, signal] = await once(child, 'exit').finally(() => output.close());
    const text = await readFile(file, 'utf8');
    const version = /db version v(\S+)/.exec(text)?.[1];
    if (version) return version;
    throw new Error(
      `${path} --version ended with ${code ?? signal}, no version: ${text.trim().split('\n')[0]}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Refuses a file whose content is not the pinned one. */
export async function checkHash(
  file: string,
  name: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
  expected: string,
): Promise<void> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  const found = hash.digest(encoding);
  if (found !== expected) {
    throw new Error(`refused ${name}: expected ${algorithm} ${expected}, found ${found}`);
  }
}

/** The message of whatever was thrown. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
