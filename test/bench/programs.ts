import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { run } from '../support/mongod/run.ts';
import type { Program } from './measure.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The built program, and what it is measured against, bundled and minified as that is. */
export async function makePrograms() {
  const dir = await mkdtemp(join(tmpdir(), 'reaper-bench-'));
  const names = ['list', 'idle', 'idle-users', 'idle-ids', 'kill-users', 'end-users', 'decide'];
  await build({
    entryPoints: names.map((name) => here(`baselines/${name}.ts`)),
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    // The driver looks for its companions at run time, and does without.
    external: ['kerberos', '@mongodb-js/zstd', '@aws-sdk/*', 'gcp-metadata', 'snappy', 'socks', 'aws4'],
    logLevel: 'error',
  });
  const reaper = here('../../dist/reaper.js');
  return {
    baseline: (name: string, env: Program['env'] = {}): Program => ({
      argv: [join(dir, `${name}.mjs`)],
      env,
    }),
    reaperArgs: (...args: string[]): Program => ({ argv: [reaper, ...args] }),
    /** A run with a state directory of its own, so that nothing is remembered from one to the next. */
    async reaper(name: string, uri: string, rule: string, args: readonly string[]): Promise<Program> {
      const policy = join(dir, `${name}.yaml`);
      await writeFile(policy, `version: 1\nname: bench\nrules: [{ name: idle, ${rule} }]\n`);
      const env = { REAPER_MONGODB_URI: uri, STATE_DIRECTORY: join(dir, `${name}-state`) };
      return { argv: [reaper, 'run', '--policy', policy, ...args], env };
    },
  };
}

/** What a script of `mongosh` takes; installs it first if need be. */
export async function mongosh(script: string, uri: string, env: Program['env']): Promise<Program> {
  const program = here('node_modules/mongosh/bin/mongosh.js');
  if (!existsSync(program))
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here('.') });
  return { argv: [program, uri, '--quiet', '--norc', '--file', here(script)], ...(env && { env }) };
}
