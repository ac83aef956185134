import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const folder = dirname(fileURLToPath(import.meta.url));

/**
 * Installs MITRE’s SAF beside this file, unless what the lock file asks for is there. Takes a minute, so call it in
 * a hook with room for that, and from one test file only: two installations at once would mix.
 */
export async function installSaf(): Promise<void> {
  const installed = await modified(join(folder, 'node_modules/.package-lock.json'));
  if (installed >= (await modified(join(folder, 'package-lock.json')))) return;
  await execute('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}

/** 0 for what is not there. */
async function modified(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/**
 * Runs one command of SAF in a folder, where it leaves its files, and returns its exit status. That says little: 0
 * may be a failure, so look at the file that it should have written.
 */
export async function saf(args: readonly string[], cwd: string): Promise<number> {
  const program = join(folder, 'node_modules/@mitre/saf/bin/run');
  return execute(process.execPath, [program, ...args], { cwd }).then(
    () => 0,
    (error: { code?: unknown }) => {
      if (typeof error.code === 'number') return error.code;
      throw error;
    },
  );
}
