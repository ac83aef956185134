import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

/** Where Node finds what the bundle leaves outside. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/reaper-tests', import.meta.url));

/** Bundles a file of TypeScript once for a test file, and returns the path of the program. */
export function bundled(entry: URL): string {
  const file = fileURLToPath(entry);
  const program = join(folder, `${basename(file, '.ts')}-${process.pid}.mjs`);
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    await build({
      entryPoints: [file],
      outfile: program,
      define: { REAPER_VERSION: '"0.0.0-test"' },
      bundle: true,
      packages: 'external',
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
    });
  });
  afterAll(() => rm(program, { force: true }));
  return program;
}
