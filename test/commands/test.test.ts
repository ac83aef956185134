import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testResultsJson } from '../../src/report/policy-tests.ts';
import { callReaper, type Called } from '../support/reaper.ts';

const policy = `version: 1
name: p
time_intervals:
  night: [{ times: [{ start_time: '22:00', end_time: '06:00' }], location: Local }]
exemptions:
  - { name: batch, users: ['svc_*@admin'], because: jobs }
rules:
  - { name: idle, when: { idle_for: 15m } }
  - { name: lost, when: { any_of: [{ client_gone: true }, { transaction_open_for: 1h }] } }
  - { name: by-night, when: { during: night, clients: [10.0.0.0/8] } }
  - { name: privileged, when: { roles: [root@admin], older_than: 1h } }
  - { name: many, when: { more_than_per_user: 2, not_users: ['bob@*'] } }
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-test-'));
  await writeFile(join(folder, 'p.yaml'), policy);
});

async function runTests(tests: string, args: readonly string[] = []): Promise<Called> {
  const file = join(folder, 't.yaml');
  await writeFile(file, tests);
  return callReaper(['test', file, ...args]);
}

/** A file with one test at noon in Utrecht that has these sessions. */
const noon = (sessions: string[], more = ''): string =>
  `version: 1
policy: p.yaml
defaults: { at: 2026-10-07T12:00:00+02:00 }
tests:
  - name: a test${more}
    sessions:
${sessions.map((session) => `      - { ${session} }\n`).join('')}`;

describe('what a session can be said to be', () => {
  test.each<[string, string[], string?]>([
    ['used now unless told otherwise', ['user: a@b, expect: retain']],
    ['idle', ['user: a@b, idle: 15m1s, expect: terminate, by: idle', 'user: a@b, idle: 15m, expect: retain']],
    ['busy', ['user: a@b, idle: 1h, operation: true, expect: retain']],
    ['idle for as long as its transaction', ['user: a@b, transaction: { idle: 16m }, expect: terminate']],
    ['used since', ['user: a@b, idle: 0s, transaction: { idle: 16m }, expect: retain']],
    ['in a long transaction', ['user: a@b, transaction: { open: 2h }, expect: terminate, by: lost']],
    ['left by its client', ['user: a@b, cursor: { client_gone: true }, expect: terminate, by: lost']],
    [
      'from somewhere, by night in the local zone',
      ['user: a@b, operation: true, client: "10.1.1.1:5000", expect: terminate, by: by-night'],
      '\n    at: 2026-10-07T23:00:00-04:00\n    local_zone: America/New_York',
    ],
    [
      'from nowhere known',
      ['user: a@b, expect: indeterminate, by: by-night'],
      '\n    at: 2026-10-07T23:00:00Z',
    ],
    [
      'of a privileged user, whose roles count for all sessions',
      ['user: a@b, roles: [root@admin], expect: retain', 'user: a@b, age: 61m, expect: terminate'],
    ],
    ['of a user whose roles are not known', ['user: a@b, age: 61m, expect: indeterminate, by: privileged']],
    [
      'one too many',
      ['1m', '2m', '3m'].map(
        (idle) => `user: a@b, idle: ${idle}, expect: ${idle === '3m' ? 'terminate' : 'retain'}`,
      ),
    ],
    ['without a listed owner', ['user: a@b, unnamed: true, idle: 20m, expect: indeterminate']],
    [
      'without a listed owner, whom another session tells',
      ['user: a@b, unnamed: true, idle: 20m, expect: terminate', 'user: a@b, expect: retain'],
    ],
    [
      'without a listed owner, whose name a lock has',
      ['user: a@b, unnamed: true, expect: terminate, by: lock (IR-1)'],
      '\n    locks: [{ user: a@b, reason: IR-1 }]',
    ],
    ['exempt', ['user: svc_x@admin, idle: 20m, expect: exempt, by: batch']],
    [
      'locked',
      ['user: a@b, expect: terminate, by: lock (IR-1)'],
      '\n    locks: [{ user: a@b, reason: IR-1 }]',
    ],
    [
      'in use on a member that does not tell',
      ['user: bob@x, idle: 20m, operation: true, roles: [], client: 10.1.1.1, expect: indeterminate'],
      '\n    silent_members: [m2]',
    ],
  ])('%s', async (_name, sessions, more) => {
    expect(await runTests(noon(sessions, more))).toMatchObject({ code: 0, stderr: '' });
  });
});

test('an owner whom no listing names is one whom the policy names, as in a run', async () => {
  await writeFile(
    join(folder, 'named.yaml'),
    `version: 1
name: named
exemptions: [{ name: batch, users: ['svc_*@admin'], because: jobs }]
rules: [{ name: leavers, when: { users: [jsmith@admin] }, terminate: user }]
`,
  );
  const tests = noon(['user: jsmith@admin, unnamed: true, expect: terminate, by: leavers']).replace(
    'p.yaml',
    'named.yaml',
  );
  expect(await runTests(tests)).toMatchObject({ code: 0, stderr: '' });
});

const wrong = noon([
  'user: alice@admin, idle: 20m, expect: retain',
  'user: svc_x@admin, idle: 20m, expect: exempt, by: idle',
  'user: bob@admin, expect: retain',
]);

test('a failure says where, what was expected, what came and why', async () => {
  const { code, stdout } = await runTests(wrong);
  expect(code).toBe(1);
  expect(stdout.replaceAll(`${folder}/`, '').split('\n')).toEqual([
    'FAILED  a test',
    't.yaml:7:41: alice@admin',
    '        expected retain',
    '        came     terminate by idle: idle for 20m, limit 15m',
    't.yaml:8:41: svc_x@admin',
    '        expected exempt by idle',
    '        came     exempt by batch: jobs',
    'note    no test is decided by rule lost',
    'note    no test is decided by rule by-night',
    'note    no test is decided by rule privileged',
    'note    no test is decided by rule many',
    '',
    '0 passed · 1 failed · policy p',
    '',
  ]);
});

test('the same as JSON', async () => {
  const { code, stdout } = await runTests(wrong, ['--json']);
  expect(code).toBe(1);
  const json = testResultsJson.parse(JSON.parse(stdout));
  expect(json.counts).toEqual({ passed: 0, failed: 1 });
  expect(json.policy).toMatchObject({ name: 'p', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(json.tests[0]?.sessions[0]).toEqual({
    user: 'alice@admin',
    ok: false,
    line: 7,
    expected: { verdict: 'retain', by: null },
    verdict: 'terminate',
    rule: 'idle',
    because: 'idle for 20m, limit 15m',
  });
});

describe('what is wrong is told with its place, all at once', () => {
  test.each<[string, string, string[]]>([
    [
      'keys and values',
      `version: 1
policy: p.yaml
tests:
  - name: t
    at: 2026-10-07 12:00
    local_zone: Mars
    sessions:
      - { user: alice, idel: 5m, expect: terminated }
      - { user: a@b, idle: 5 min, client: 10.1.1.1, expect: retain }
  - name: u
    sessions: []
`,
      [
        '5:9: tests[0].at: found "2026-10-07 12:00"; expected a time with its offset, as 2026-11-22T18:30:00-05:00',
        '6:17: tests[0].local_zone: expected a zone such as America/New_York',
        '8:17: tests[0].sessions[0].user: found "alice"; expected a user as listed, with the database, as alice@admin',
        '8:24: tests[0].sessions[0]: unknown key "idel" (did you mean "idle"?); allowed: user, unnamed, idle, age, operation, cursor, transaction, client, app, roles, expect, by',
        '8:42: tests[0].sessions[0].expect: found "terminated" (did you mean "terminate"?); allowed: terminate, retain, exempt, indeterminate',
        '9:28: tests[0].sessions[1].idle: found "5 min"; expected a number with its unit, as 15m, 1h30m or 90s',
        '11:5: tests[1].sessions: found an empty list; a test needs at least one session',
      ],
    ],
    [
      'a client that MongoDB would not tell',
      noon(['user: a@b, client: 10.1.1.1, expect: retain']),
      [
        '7:9: tests[0].sessions[0]: MongoDB tells client and application only of what runs or is in a transaction; add operation: true or transaction, or leave them out',
      ],
    ],
    [
      'what fits neither policy nor other tests',
      `version: 1
policy: p.yaml
tests:
  - { name: t, sessions: [{ user: a@b, expect: retain, by: idel }] }
  - { name: t, at: 2026-10-07T12:00:00Z, sessions: [{ user: a@b, expect: retain }] }
`,
      [
        '4:5: tests[0]: needs at: its own, or one in defaults',
        '4:60: tests[0].sessions[0].by: "idel": the policy has no rule or exemption of this name (did you mean "idle"?); defined: batch, idle, lost, by-night, privileged, many',
        '5:13: tests[1].name: is the name of an earlier test too',
      ],
    ],
    [
      'no YAML',
      'tests: [\n',
      ['2:1: YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['nothing', '', ['1:1: found nothing; expected a map with version, policy, defaults, tests']],
  ])('%s', async (_name, tests, problems) => {
    const { code, stdout, stderr } = await runTests(tests);
    expect([code, stdout]).toEqual([78, '']);
    expect(stderr.replaceAll(`${folder}/`, '').split('\n')).toEqual([
      ...problems.map((problem) => `t.yaml:${problem}`),
      '  → mend the tests, then: reaper test t.yaml',
      '',
    ]);
  });
});

test('an invalid policy is told with its own place', async () => {
  await writeFile(join(folder, 'bad.yaml'), policy.replace('idle_for', 'idel_for'));
  const { code, stderr } = await runTests(noon(['user: a@b, expect: retain']).replace('p.yaml', 'bad.yaml'));
  expect(code).toBe(78);
  expect(stderr).toContain('bad.yaml:8:27: rules[0].when: unknown key "idel_for"');
});

test('a file that is not there, or a folder, or no text', async () => {
  const missing = await callReaper(['test', join(folder, 'none.yaml')]);
  expect(missing.code).toBe(78);
  expect(missing.stderr).toMatch(/none\.yaml: .*no such file[^]*policies\/tests\/ has examples/);
  expect((await callReaper(['test', folder])).code).toBe(78);
  await writeFile(join(folder, 'binary.yaml'), new Uint8Array([0xff, 0xfe]));
  expect((await callReaper(['test', join(folder, 'binary.yaml')])).stderr).toContain(
    'this is not UTF-8 text',
  );
  expect((await callReaper(['test'])).code).toBe(2);
});

describe('several files', () => {
  const named = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };

  test('are told one after another, whatever is wrong with one, and the worst counts', async () => {
    const good = await named('good.yaml', noon(['user: a@b, idle: 16m, expect: terminate']));
    const bad = await named('bad.yaml', noon(['user: a@b, idle: 16m, expect: retain']));
    const one = await callReaper(['test', good, good]);
    expect(one.stdout.split('\n').filter((line) => line === good)).toHaveLength(2);
    expect(one.code).toBe(0);
    expect((await callReaper(['test', bad, good])).code).toBe(1);
    const missing = join(folder, 'none.yaml');
    const { code, stdout, stderr } = await callReaper(['test', missing, good]);
    expect(stderr).toContain(`${missing}: there is no such file`);
    expect(stdout).toContain('1 passed · 0 failed');
    expect(code).toBe(78);
  });

  test('are not one JSON document', async () => {
    const { code, stdout, stderr } = await callReaper(['test', 'a.yaml', 'b.yaml', '--json']);
    expect(stderr).toContain('→ call it once for each file');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('in a folder are named by a pattern', async () => {
    const { code, stderr } = await callReaper(['test', `${folder}/`]);
    expect(stderr).toContain(`${folder}/: this is a folder\n  → name the files of policy tests in it`);
    expect(stderr).toContain(`reaper test ${folder}/*.test.yaml`);
    expect(code).toBe(78);
  });
});
