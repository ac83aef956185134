import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReaperError } from '../../src/errors.ts';
import { loadPolicy, parsePolicy, PolicyError } from '../../src/policy/load.ts';
import { whenKeys } from '../support/builders.ts';

const good = `version: 1
name: p
rules:
  - name: idle
    when: { idle_for: 15m }
`;

/** Every problem of a text, as `line:column: path: message`. */
function problemsOf(text: string | Uint8Array): string[] {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  try {
    parsePolicy(bytes, 'policy.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.message.split('\n').map((line) => line.replace(/^policy\.yaml:/, ''));
  }
}

test('a good policy, its defaults filled in', () => {
  expect(parsePolicy(new TextEncoder().encode(good), 'policy.yaml')).toMatchObject({
    name: 'p',
    rules: [{ name: 'idle', terminate: 'sessions', criteria: [{ condition: 'idle_for', args: 900_000 }] }],
    exemptions: [],
    limits: {},
    mode: 'enforce',
    endSessions: true,
    timeIntervals: new Map(),
  });
});

test('everything wrong is told at once, in the order of the file', () => {
  const text = `version: 2
authority: { approved_bi: ISSO }
exemptions:
  - { name: batch, usres: [svc_*@admin], becuase: jobs }
rules:
  - name: idle
    when: { idel_for: 15m, users: [alice] }
    terminate: users
  - name: idle
    when: { idle_for: 15min, outside: buisness-hours }
time_intervals:
  business-hours: [{ weekday: [monday] }]
limits: { user: 25, percent: 101 }
mode: enforced
`;
  expect(problemsOf(text)).toEqual([
    '1:1: name: missing; expected a name: a letter or digit, then up to 79 letters, digits, spaces, dots, dashes or underscores',
    '1:10: version: found 2; expected 1 without quotes, the version of the policy language',
    '2:14: authority: unknown key "approved_bi" (did you mean "approved_by"?); allowed: document, approved_by, approved_on, not_required',
    `4:20: exemptions[0]: unknown key "usres" (did you mean "users"?); allowed: name, ${whenKeys}, because`,
    `4:42: exemptions[0]: unknown key "becuase" (did you mean "because"?); allowed: name, ${whenKeys}, because`,
    `7:13: rules[0].when: unknown key "idel_for" (did you mean "idle_for"?); allowed: ${whenKeys}`,
    '7:36: rules[0].when.users[0]: "alice" can match nobody, since users are listed as user@db; write "alice@admin" or "alice@*"',
    '8:16: rules[0].terminate: found "users" (did you mean "user"?); allowed: sessions, user',
    '9:11: rules[1].name: "idle" is the name of an earlier one; each needs a name of its own',
    '10:23: rules[1].when.idle_for: "15min" is no duration; write whole numbers, each with its unit d, h, m or s, in this order, as 15m, 1h30m or 90s, from 1s to 3650d',
    '10:39: rules[1].when.outside: "buisness-hours": no such time interval (did you mean "business-hours"?); defined: business-hours',
    '12:22: time_intervals.business-hours[0]: unknown key "weekday" (did you mean "weekdays"?); allowed: times, weekdays, days_of_month, months, years, location',
    '13:11: limits: unknown key "user" (did you mean "users"?); allowed: users, sessions, percent',
    '13:30: limits.percent: found 101; expected a number from 0 to 100',
    '14:7: mode: found "enforced" (did you mean "enforce"?); allowed: enforce, report',
  ]);
});

describe('what is no YAML, or more than YAML needs', () => {
  test.each<[string, string, string[]]>([
    ['a tab', 'version: 1\nrules:\n\t- name: r\n', ['3:1: YAML: a tab; indent with spaces']],
    ['a key twice', `${good}name: q\n`, ['6:1: YAML: the key name is there twice in one map; keep one']],
    [
      'keys twice, in two maps',
      'version: 1\nname: p\nrules:\n  - name: r\n    when:\n      users: [a@b]\n      users: [c@d]\n    "name": q\n',
      [
        '7:7: YAML: the key users is there twice in one map; keep one',
        '8:5: YAML: the key "name" is there twice in one map; keep one',
      ],
    ],
    [
      'a number and its text as keys',
      `${good}time_intervals:\n  1: [{}]\n  '1': [{}]\n`,
      ["8:3: YAML: the key '1' is there twice in one map; keep one"],
    ],
    [
      'an open bracket',
      'version: 1\nrules: [\n',
      ['3:1: YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    [
      'wrong indentation',
      'rules:\n  - name: r\n   when: x\n',
      ['3:1: YAML: Sequence item without - indicator'],
    ],
    [
      'a colon within a text',
      'description: people: all of them\n',
      ['1:14: YAML: a colon and a space within a text: put the text in quotes'],
    ],
    [
      'a glob without quotes',
      `${good}exemptions:\n  - name: e\n    users:\n      - *@admin\n      - *_svc@admin\n`,
      [
        "9:9: YAML: without quotes this stands for what is marked &@admin, and nothing is; a pattern needs them: '*@admin'",
        "10:9: YAML: without quotes this stands for what is marked &_svc@admin, and nothing is; a pattern needs them: '*_svc@admin'",
      ],
    ],
    ['a star alone', 'users: [*]\n', ["1:9: YAML: what begins with * needs quotes, as '*@admin'"]],
    ['an @ first', 'users: [@admin]\n', ['1:9: YAML: what begins with this character needs quotes']],
    [
      'a second document',
      `${good}---\n${good}`,
      ['6:1: YAML: a second document begins here; a policy is one document, so remove the ---'],
    ],
    [
      'a tag',
      'name: !!js/function p\n',
      ['1:7: YAML: a tag; a policy needs none, remove what begins with !'],
    ],
    [
      'a tag that YAML knows',
      'name: !!binary aGk=\n',
      ['1:7: YAML: a tag; a policy needs none, remove what begins with !'],
    ],
    ['a list as a key', `${good}? [a]\n: 1\n`, ['6:3: YAML: a list or map where a key should be']],
    [
      'copies of copies',
      'a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]\n',
      ['1:1: YAML: more than 100 copies of one thing, made with &name and *name: write them out'],
    ],
    ['nothing', '', ['1:1: the file is empty; policies/ has examples to start from']],
    ['only comments', '# a\n\n', ['1:1: the file is empty; policies/ has examples to start from']],
    [
      'another map’s merge key',
      `${good}limits:\n  <<: { users: 1 }\n`,
      ['7:3: limits: unknown key "<<"; allowed: users, sessions, percent'],
    ],
    [
      'the yes of YAML 1.1',
      `%YAML 1.1\n---\n${good}end_sessions: yes\n`,
      ['8:15: end_sessions: found "yes"; expected true or false'],
    ],
  ])('%s', (_name, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('a copy that is right, and one that is wrong where it is used', () => {
    const text = (user: string) =>
      `version: 1\nname: p\nrules:\n  - { name: a, when: { users: &people [${user}] } }\n  - name: b\n    when: { not_users: *people, idle_for: 15m }\n`;
    expect(problemsOf(text('a@b'))).toEqual([]);
    expect(problemsOf(text('5'))).toEqual([
      '4:40: rules[0].when.users[0]: found 5; a user pattern is text, as alice@admin or svc_*@admin; quote it',
      '6:13: rules[1].when.not_users[0]: found 5; a user pattern is text, as alice@admin or svc_*@admin; quote it',
    ]);
  });

  test('deep nesting', () => {
    const deep = `name: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;
    expect(problemsOf(deep)).toEqual([expect.stringMatching(/^1:\d+: YAML: nested too deeply$/)]);
  });

  test('a part that contains itself', () => {
    const itself = (name: string, at: string) =>
      `${at}: YAML: *${name} stands for a part that it lies in itself: write it out`;
    expect(problemsOf('version: 1\nname: p\nrules: &r\n  - name: q\n    when: *r\n')).toEqual([
      itself('r', '5:11'),
    ]);
    expect(problemsOf('version: 1\nname: p\nrules: [{ name: r, when: &a { not: *a } }]\n')).toEqual([
      itself('a', '3:36'),
    ]);
  });

  test.each<[string, Uint8Array, string[]]>([
    ['Latin-1', new Uint8Array([0x6e, 0xe9]), ['1:1: this is not UTF-8 text']],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0x00]), ['1:1: this is not UTF-8 text']],
    ['UTF-8 with a mark and Windows line ends', Buffer.from(`\ufeff${good.replaceAll('\n', '\r\n')}`), []],
    [
      'old places in Windows line ends',
      Buffer.from(`${good}x: 1\n`.replaceAll('\n', '\r\n')),
      [
        '6:1: unknown key "x"; allowed: version, name, description, authority, time_intervals, exemptions, rules, limits, mode, end_sessions',
      ],
    ],
  ])('%s', (_name, bytes, problems) => {
    expect(problemsOf(bytes)).toEqual(problems);
  });
});

describe('the file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reaper-policy-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const failure = async (file: string): Promise<[string, string, string | undefined]> => {
    const error: unknown = await loadPolicy(file).catch((reason: unknown) => reason);
    if (!(error instanceof ReaperError)) throw error;
    return [error.code, error.message.replace(file, 'FILE'), error.remedy?.replace(file, 'FILE')];
  };

  test('is known by its hash', async () => {
    const file = join(folder, 'good.yaml');
    await writeFile(file, good);
    expect(await loadPolicy(file)).toMatchObject({
      file,
      sha256: createHash('sha256').update(good).digest('hex'),
      policy: { name: 'p' },
    });
  });

  test('is named in each problem and in the remedy', async () => {
    const file = join(folder, 'bad.yaml');
    await writeFile(file, `${good}mode: enforced\n`);
    expect(await failure(file)).toEqual([
      'policy-invalid',
      'FILE:6:7: mode: found "enforced" (did you mean "enforce"?); allowed: enforce, report',
      'mend this, then: reaper check --policy FILE',
    ]);
  });

  test('that is not there, or is a folder', async () => {
    expect(await failure(join(folder, 'none.yaml'))).toEqual([
      'policy-unreadable',
      'FILE: there is no such file',
      'name a policy with --policy FILE or REAPER_POLICY; policies/ has examples',
    ]);
    expect(await failure(folder)).toEqual([
      'policy-unreadable',
      'FILE: this is a folder',
      'name the policy file in it',
    ]);
  });

  test('that may not be read', async () => {
    const file = join(folder, 'secret.yaml');
    await writeFile(file, good, { mode: 0o000 });
    // Root may read everything, so root is somebody else meanwhile.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.('nobody');
    const seen = await failure(file).finally(() => isRoot && process.seteuid?.(0));
    expect(seen).toEqual([
      'policy-unreadable',
      'FILE: this user may not read it',
      'let the user that reaper runs as read the file and enter its folders',
    ]);
  });

  test('that is huge, or has no end', async () => {
    const file = join(folder, 'huge.yaml');
    await writeFile(file, good.padEnd(1024 * 1024, '#'));
    expect((await loadPolicy(file)).policy.name).toBe('p');
    await writeFile(file, good.padEnd(1024 * 1024 + 1, '#'));
    const tooLarge = 'FILE: larger than 1048576 bytes, so it is no policy';
    expect((await failure(file)).slice(0, 2)).toEqual(['policy-unreadable', tooLarge]);
    if (process.platform === 'linux') expect((await failure('/dev/zero'))[1]).toBe(tooLarge);
  });
});
