import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  const names = ['list', 'idle', 'idle-users', 'idle-ids', 'kill-users', 'end-users', 'end-some', 'decide'];
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
    /** A run that remembers nothing of those before it. */
    async reaper(name: string, uri: string, rule: string, args: readonly string[]) {
      const policy = join(dir, `${name}.yaml`);
      await writeFile(policy, `version: 1\nname: bench\nrules: [{ name: idle, ${rule} }]\n`);
      const state = join(dir, `${name}-state`);
      const env = { REAPER_MONGODB_URI: uri, STATE_DIRECTORY: state };
      const before = (): Promise<void> => rm(state, { recursive: true, force: true });
      return { argv: [reaper, 'run', '--policy', policy, ...args], env, before };
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
