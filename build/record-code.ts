import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const recorder = fileURLToPath(new URL('record-code.cjs', import.meta.url));

/**
 * Runs the one file that ships, with these arguments, and returns what V8 has made of its parts by then, by the line
 * before each: of a function that has not run only that it is there. Throws if the program fails.
 */
export async function codeUsedBy(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'reaper-code-'));
  try {
    await promisify(execFile)(process.execPath, ['--require', recorder, ...argv], {
      env: { ...process.env, NODE_OPTIONS: '', ...env, RECORD_CODE: dir },
    });
    const lines = await readdir(dir);
    return new Map(
      await Promise.all(lines.map(async (line) => [Number(line), await readFile(join(dir, line))] as const)),
    );
  } finally {
    await rm(dir, { recursive: true });
  }
}
