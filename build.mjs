// Bundles src/main.ts and everything it needs into the one file that ships: dist/reaper.js.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { build, transform } from 'esbuild';

const { version } = createRequire(import.meta.url)('./package.json');
const target = 'node20.19';

/** What takes long to load and is seldom used, with what is imported of it: it is loaded at its first use. */
const late = {
  'ipaddr.js': 'default',
  ora: 'default',
  'pino-pretty': 'default',
  // For threads and files of logs, which reaper has not.
  'sonic-boom': 'default',
  'string-width': 'default',
  'temporal-polyfill': 'Temporal',
  'thread-stream': 'default',
  // For names of hosts in other alphabets.
  tr46: 'default',
};

const loadLate = {
  name: 'load late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(late).join('|')})$`) }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path, namespace: 'late', pluginData: kind },
    );
    onLoad({ filter: /./, namespace: 'late' }, ({ path, pluginData: kind }) => {
      const name = late[path];
      const real = `need('./${fileNameOf(path)}.js')${name === 'default' ? '.default' : `.${name}`}`;
      const stub = `new Proxy(function () {}, {
        get: (_, key) => ${real}[key],
        apply: (_, self, given) => Reflect.apply(${real}, self, given),
        construct: (_, given) => Reflect.construct(${real}, given),
      })`;
      if (kind === 'require-call') return { contents: `module.exports = ${stub};` };
      return { contents: name === 'default' ? `export default ${stub};` : `export const ${name} = ${stub};` };
    });
  },
};

/** `z` as a namespace lets esbuild leave out what nobody uses: two thirds of the library are words of other languages. */
const onlyUsedZod = {
  name: 'only the used parts of zod',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return {
        loader: 'ts',
        contents: source.replace("import { z } from 'zod'", "import * as z from 'zod'"),
      };
    });
  },
};

const { outputFiles } = await build({
  entryPoints: [
    { in: 'src/main.ts', out: 'main' },
    ...Object.keys(late).map((path) => ({ in: path, out: fileNameOf(path) })),
  ],
  outdir: 'dist',
  write: false,
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

const parts = await Promise.all(
  outputFiles.map(async ({ path, text }) => {
    const options = { format: 'cjs', platform: 'node', target, supported: { 'dynamic-import': false } };
    const { code } = await transform(text, { ...options, minify: true });
    if (code.includes('*@@/')) throw new Error(`${path} has in it what stands for the end of a comment`);
    return { name: `./${basename(path)}`, text: code.trimEnd().replaceAll('*/', '*@@/') };
  }),
);

/**
 * Node parses all of a file before it runs any of it, which for this one would take longer than most commands do. So
 * each part of the bundle lies in a comment, which is passed over fast, and is read and compiled when it is first
 * needed. An error tells the line of this same file.
 */
const loaderOf = (index) => `#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { compileFunction } = require('node:vm');
const filename = __filename;
// All of it at once: a file that is replaced meanwhile must not bring parts of another version in.
const file = readFileSync(filename);
// Name: how far before the end of this file the part begins, its length, and the line before it.
const index = new Map(Object.entries(${JSON.stringify(index)}));
const loaded = new Map();
function need(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const place = index.get(name);
  if (place === undefined) return require(name);
  const [fromEnd, length, line] = place;
  const begins = file.length - fromEnd;
  const head = '/* ' + name + '\\n';
  if (file.toString('latin1', begins - head.length, begins) !== head) throw new Error(filename + ' was replaced while it started');
  const code = file.toString('latin1', begins, begins + length).replaceAll('*@@/', '*/');
  const module = { exports: {} };
  loaded.set(name, module);
  const names = ['exports', 'require', 'module', 'need'];
  compileFunction(code, names, { filename, lineOffset: line })(module.exports, need, module, need);
  return module.exports;
}
need('./main.js');
`;
const linesOf = (text) => text.split('\n').length;

let fromEnd = 0;
for (const part of [...parts].reverse()) {
  part.written = `/* ${part.name}\n${part.text}\n*/\n`;
  // Every character is one byte: esbuild writes others as escapes.
  part.fromEnd = fromEnd + part.text.length + '\n*/\n'.length;
  fromEnd += part.written.length;
}
const index = {};
let line = linesOf(loaderOf({}));
for (const { name, text, fromEnd: begins, written } of parts) {
  index[name] = [begins, text.length, line];
  line += linesOf(written) - 1;
}
await mkdir('dist', { recursive: true });
// Node begins a program that is no ES module sooner.
await writeFile('dist/package.json', '{ "type": "commonjs" }\n');
await writeFile('dist/reaper.js', loaderOf(index) + parts.map(({ written }) => written).join(''), 'latin1');
await chmod('dist/reaper.js', 0o755);

function fileNameOf(path) {
  return `late-${path.replace(/\W/g, '-')}`;
}
