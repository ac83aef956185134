// Bundles src/main.ts and everything it needs into the one file that ships: dist/reaper.js.
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { build, transform } from 'esbuild';
import { codeOfDryRun } from './dry-run.ts';
import { compiledFile, oneFile } from './one-file.mjs';
import { fileNameOf, late, loadLate, onlyUsedZod } from './plugins.mjs';

const { version } = createRequire(import.meta.url)('../package.json');
const target = 'node20.19';

const { outputFiles, metafile } = await build({
  entryPoints: [
    { in: 'src/main.ts', out: 'main' },
    ...Object.keys(late).map((path) => ({ in: path, out: fileNameOf(path) })),
  ],
  outdir: 'dist',
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  platform: 'node',
  target,
  format: 'esm',
  define: { REAPER_VERSION: JSON.stringify(version) },
  // The driver's optional companions: it looks for them at run time and does without.
  external: [
    'kerberos',
    '@mongodb-js/zstd',
    '@aws-sdk/*',
    'gcp-metadata',
    'snappy',
    'socks',
    'aws4',
    'mongodb-client-encryption',
  ],
  plugins: [loadLate, onlyUsedZod],
  legalComments: 'none',
  logLevel: 'warning',
});

// What is needed for the version alone is soon compiled.
const first = partsOf(['src/main.ts']);
const early = partsOf(['src/cli.ts', 'src/commands/run.ts']);
const parts = await Promise.all(
  outputFiles.map(async ({ path, text }) => {
    const options = { format: 'cjs', platform: 'node', target, supported: { 'dynamic-import': false } };
    const { code } = await transform(text, { ...options, minify: true });
    const name = basename(path);
    return { name: `./${name}`, text: code.trimEnd(), early: early.has(name) && !first.has(name) };
  }),
);

await mkdir('dist', { recursive: true });
// Node begins a program that is no ES module sooner.
await writeFile('dist/package.json', '{ "type": "commonjs" }\n');
const one = await oneFile(parts);
// Every character is one byte: esbuild writes others as escapes.
await writeFile('dist/reaper.js', one.file, 'latin1');
await chmod('dist/reaper.js', 0o755);
// One from before would be used and written again, with all that is in it.
await rm('dist/reaper.js.compiled', { force: true });
await writeFile('dist/reaper.js.compiled', compiledFile(one, await codeOfDryRun('dist/reaper.js')));
await chmod('dist/reaper.js.compiled', 0o644);

/** The parts that are loaded with these modules. */
function partsOf(modules) {
  const found = new Set();
  const add = (path) => {
    if (found.has(basename(path))) return;
    found.add(basename(path));
    for (const { path: imported, kind, external } of metafile.outputs[path].imports)
      if (kind === 'import-statement' && !external) add(imported);
  };
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs))
    if (modules.includes(entryPoint)) add(path);
  return found;
}
