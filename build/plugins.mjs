import { readFile } from 'node:fs/promises';

/** What takes long to load and is seldom used, with what is imported of it: it is loaded at its first use. */
export const late = {
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

export const loadLate = {
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
export const onlyUsedZod = {
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

/** What the part of the bundle that holds a late library is called. */
export function fileNameOf(path) {
  return `late-${path.replace(/\W/g, '-')}`;
}
