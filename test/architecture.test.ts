import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .filter((entry) => !entry.parentPath.split(sep).includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).split(sep).join('/'));
}

const sources = new Map(filesBelow('src').map((file) => [file, readFileSync(file, 'utf8')]));

/** What is left of a file at run time: no comments, and no imports of types alone. */
function codeOf(file: string): string {
  return (sources.get(file) ?? '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1')
    .replace(/^(import|export)\s+type\s[^;]*;/gm, '');
}

function importsOf(file: string): string[] {
  const pattern = /^(?:import|export)\b[^;'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...codeOf(file).matchAll(pattern)].map(([, fixed, dynamic]) => fixed ?? dynamic ?? '');
}

/** Every way from a file to a module that is not part of this project, as `a.ts → b.ts → module`. */
function waysOut(file: string, before: readonly string[] = []): string[] {
  if (before.includes(file)) return [];
  const way = [...before, file];
  return importsOf(file).flatMap((name) =>
    name.startsWith('.')
      ? waysOut(
          normalize(join(dirname(file), name))
            .split(sep)
            .join('/'),
          way,
        )
      : [[...way, name].join(' → ')],
  );
}

const isPure = (file: string): boolean =>
  /^src\/(decide|plan|report)\//.test(file) ||
  /^src\/(session|snapshot|digest|run-result)\.ts$/.test(file) ||
  /^src\/snapshot-file\/(anonymise|convert|schema)\.ts$/.test(file) ||
  /^src\/policy\/(time-interval|lint|lint-rules|lint-thresholds|lint-constant|lint-listing|formula|implies|never|duration|policy|effective|policy-tests|run-policy-tests|reference)\.ts$/.test(
    file,
  ) ||
  /^src\/terminate\/(aim|chunks|outcome)\.ts$/.test(file);

const pure = [...sources.keys()].filter(isPure);

function offenders(files: Iterable<string>, pattern: RegExp): string[] {
  return [...files].flatMap((file) =>
    [...codeOf(file).matchAll(pattern)].map(([found]) => `${file}: ${found}`),
  );
}

describe('the structure of src', () => {
  test('is seen by this test', () => {
    expect(pure.length).toBeGreaterThan(20);
    expect(waysOut('src/state/state-dir.ts')).toContain('src/state/state-dir.ts → node:fs/promises');
    expect(waysOut('src/commands/run.ts').some((way) => way.endsWith('→ mongodb'))).toBe(true);
    expect(waysOut('src/report/table.ts')).toEqual([
      'src/report/table.ts → string-width',
      'src/report/table.ts → wrap-ansi',
    ]);
  });

  test('pure files reach no I/O', () => {
    const found = pure
      .flatMap((file) => waysOut(file))
      .filter((way) => /→ (node:.*|mongodb|pino|pino-pretty)$/.test(way));
    expect(
      found,
      'What is decided and reported must depend on what was handed in alone, so that it can be tested, simulated and explained without a server. Hand the result of the I/O in; a type may be imported with `import type`.',
    ).toEqual([]);
  });

  test('pure files read no clock', () => {
    expect(
      offenders(pure, /Date\.now\b|new Date\(\s*\)|performance\.now|Temporal\.Now|process\.hrtime/g),
      'Idle time is reckoned on the server’s clock (L8): take the time as an argument.',
    ).toEqual([]);
  });

  test('zones and dates have one home', () => {
    const importers = [...sources.keys()].filter((file) => importsOf(file).includes('temporal-polyfill'));
    expect(
      importers.filter((file) => !/^src\/policy\/time-interval[^/]*\.ts$/.test(file)),
      'Only the time intervals know zones; everything else counts ms since the epoch.',
    ).toEqual([]);
  });

  test('only main.ts touches the process', () => {
    const found = offenders(
      [...sources.keys()].filter((file) => file !== 'src/main.ts'),
      /\bprocess\.\w+|['"](node:)?process['"]|\bconsole\.\w+/g,
    );
    const allowed = [
      'src/state/run-lock.ts: process.pid',
      'src/state/run-lock.ts: process.kill',
      'src/state/write-file.ts: process.getuid',
    ];
    expect(
      found.filter((each) => !allowed.includes(each)),
      'Streams, environment, clock and exit status are handed in (world.ts), so that a test can hand in its own. The lock alone asks which processes live, and who writes a file whether root does.',
    ).toEqual([]);
  });

  test('there are no barrels', () => {
    expect(
      [...sources.keys()].filter((file) => file.endsWith('/index.ts')),
      'An index that only exports again hides where things are; decide/conditions/index.ts is the list of all conditions.',
    ).toEqual(['src/decide/conditions/index.ts']);
  });

  test('files stay small', () => {
    const long = [...sources]
      .filter(([, text]) => text.trimEnd().split('\n').length > 250)
      .map(([file]) => file);
    expect(long, 'Who must trust this tool must be able to read it: 250 lines a file at the most.').toEqual(
      [],
    );
  });
});

test('the tests mirror src and build', () => {
  const others = [
    'test/integration',
    'test/support',
    'test/bench',
    'test/faults',
    'test/malice',
    'test/soak',
    'test/assessors',
    'test/pages',
    'test/host',
  ];
  const folders = new Set(
    filesBelow('test')
      .filter((file) => file.endsWith('.test.ts'))
      .map(dirname),
  );
  const strays = [...folders].filter(
    (folder) =>
      !others.some((other) => `${folder}/`.startsWith(`${other}/`)) &&
      !existsSync(folder.replace(/^test/, 'src')) &&
      !existsSync(folder.replace(/^test\//, '')),
  );
  expect(strays, 'A test lies where its source lies, so that either is found from the other.').toEqual([]);
});
