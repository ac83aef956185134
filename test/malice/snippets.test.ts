import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grantCommand } from '../../src/mongo/needed-actions.ts';
import { lockToText, unlockToText } from '../../src/report/lock-text.ts';
import { callReaper } from '../support/reaper.ts';
import { hostileTexts } from './hostile-texts.ts';

/** Runs what people paste into mongosh, and returns every call that it makes, as `name(arguments)`. */
function callsOf(code: string): unknown[] {
  const calls: unknown[] = [];
  const watched = (path: string): unknown =>
    new Proxy(() => undefined, {
      get: (_target, property) => watched(`${path}.${String(property)}`),
      apply(_target, _self, args: unknown[]) {
        calls.push([path, ...args]);
        return watched(`${path}()`);
      },
    });
  // Everything that mongosh has and a command of ours could reach; Node’s own globals are not in there at all.
  const world = Object.fromEntries(
    ['db', 'rs', 'sh', 'sp', 'load', 'print', 'quit', 'eval', 'require', 'process', 'passwordPrompt'].map(
      (name) => [name, watched(name)],
    ),
  );
  runInNewContext(code, world, { timeout: 1000 });
  return JSON.parse(
    JSON.stringify(calls, (_key, value: unknown) => (typeof value === 'function' ? 'a function' : value)),
  ) as unknown[];
}

const breakOuts = [
  '"',
  "'",
  '`',
  '\\',
  '\n',
  '\r',
  '\u2028',
  '\u2029',
  '${',
  '}',
  '$(',
  ')',
  ';',
  '//',
  '/*',
  '*/',
];
const aText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        ...breakOuts,
        '"); db.dropDatabase(); ("',
        '\\"); quit(); ("',
        '\ud800',
        '@',
        '</script>',
        '!!',
      ),
      fc.constantFrom(...Object.values(hostileTexts)),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const aDatabase = fc.oneof(
  { weight: 1, arbitrary: fc.constant('$external') },
  {
    weight: 4,
    arbitrary: aText.map((text) => text.replaceAll('@', '')).filter((text) => text !== ''),
  },
);

const lockOf = (user: string, reason: string) => ({
  user,
  until: Date.UTC(2026, 6, 2),
  reason,
  made_at: Date.UTC(2026, 6, 1),
  override_exemptions: false,
});

/** The lines that are there to be pasted: indented, and no comments. */
const pasted = (lines: readonly string[]): string[] => lines.filter((line) => /^ {2}(?!\/\/)/.test(line));

test('what reaper lock and unlock print calls updateUser for this very name, and nothing else', () => {
  fc.assert(
    fc.property(aText, aDatabase, aText, (name, database, reason) => {
      const lock = lockOf(`${name}@${database}`, reason);
      const scene = { stateDir: `/var/lib/${reason}`, now: Date.UTC(2026, 6, 1) };
      const printed = [pasted(lockToText(lock, scene)), pasted(unlockToText(lock))];
      const nobody = [[{ clientSource: ['192.0.2.1'] }], []];
      for (const [at, lines] of printed.entries()) {
        expect(lines).toHaveLength(1);
        const [line = ''] = lines;
        expect(line).toMatch(/^[\u0020-\u007e]*$/);
        expect(callsOf(line)).toEqual(
          inJson([
            ['db.getSiblingDB', database],
            ['db.getSiblingDB().updateUser', name, { authenticationRestrictions: nobody[at] }],
          ]),
        );
      }
    }),
    { numRuns: 200 },
  );
});

/** As `callsOf` returns it: half a character has another form in JSON, and the same one. */
function inJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('a shell hands it to mongosh as it is, between single quotes', () => {
  for (const database of ['admin', '$external']) {
    for (const text of Object.values(hostileTexts)) {
      const [line = ''] = pasted(unlockToText(lockOf(`${text.slice(0, 1000)}@${database}`, 'r')));
      expect(line).not.toMatch(/['`$!]/);
      expect(execFileSync('sh', ['-c', `printf %s '${line}'`], { encoding: 'utf8' })).toBe(line);
    }
  }
});

test('what grants a missing action calls grantPrivilegesToRole and nothing else', () => {
  expect(callsOf(grantCommand(['listSessions', 'inprog']))).toEqual([
    ['db.getSiblingDB', 'admin'],
    [
      'db.getSiblingDB().grantPrivilegesToRole',
      'reaper',
      [{ resource: { cluster: true }, actions: ['listSessions', 'inprog'] }],
    ],
  ]);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-role-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('reaper role prints two commands, whatever names and texts the policy has; a name that could do more is none', async () => {
  const file = join(folder, 'policy.yaml');
  const names = [...fc.sample(aText, { seed: 281_700, numRuns: 60 }), 'Größe 1.0_x-y', '漢字'];
  const codes = new Set<number>();
  for (const name of names) {
    const policy = {
      version: 1,
      name,
      description: name.slice(0, 2000),
      rules: [{ name: 'r', when: { users: [`${name}@admin`], roles: [`${name}@admin`] } }],
    };
    await writeFile(file, JSON.stringify(policy));
    const { code, stdout } = await callReaper(['role', '--policy', file]);
    codes.add(code);
    const calls = callsOf(stdout);
    if (code !== 0) expect(stdout).toBe('');
    else {
      expect(calls.map((call) => (call as string[])[0])).toEqual([
        'db.getSiblingDB',
        'db.getSiblingDB().createRole',
        'db.getSiblingDB',
        'passwordPrompt',
        'db.getSiblingDB().createUser',
      ]);
      expect(calls[1]).toMatchObject([
        expect.anything(),
        {
          role: 'reaper',
          privileges: [
            { resource: { cluster: true } },
            { resource: { db: '', collection: '' }, actions: ['viewUser'] },
          ],
          roles: [],
        },
      ]);
    }
  }
  expect(codes).toEqual(new Set([0, 78]));
});
