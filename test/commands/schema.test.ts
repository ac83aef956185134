import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkJson } from '../../src/report/check.ts';
import { listJson } from '../../src/report/list.ts';
import { locksJson } from '../../src/report/locks-json.ts';
import { callReaper, testBench } from '../support/reaper.ts';

/** What `reaper schema` prints of this, ready to validate with; strict about what it does not know. */
async function validatorOf(...name: string[]) {
  const { code, stdout } = await callReaper(['schema', ...name]);
  expect(code).toBe(0);
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(stdout));
}

const yamlIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => `${folder}/${file}`);

test.each([
  ...yamlIn('policies').map((file) => [file, 'policy']),
  ...yamlIn('policies/tests').map((file) => [file, 'tests']),
])('%s is valid', async (file, name) => {
  const validate = await validatorOf(name);
  validate(parse(readFileSync(file, 'utf8')));
  expect(validate.errors).toBeNull();
});

const good = 'version: 1\nname: p\n';

describe('an editor marks', () => {
  test.each([
    ['a misspelt key', 'rulse: []', ''],
    ['a misspelt condition', 'rules: [{ name: r, when: { idel_for: 15m } }]', '/rules/0/when'],
    ['one in an exemption', 'exemptions: [{ name: e, usres: [a@b] }]', '/exemptions/0'],
    [
      'one in any_of',
      'rules: [{ name: r, when: { any_of: [{ idel_for: 15m }] } }]',
      '/rules/0/when/any_of/0',
    ],
    [
      'one in not',
      'rules: [{ name: r, when: { not: { any_of: [{ usres: [] }] } } }]',
      '/rules/0/when/not/any_of/0',
    ],
    ['one in an interval', 'time_intervals: { t: [{ weekday: [monday] }] }', '/time_intervals/t/0'],
    ['a rule without a condition', 'rules: [{ name: r, when: {} }]', '/rules/0/when'],
    ['a duration that is none', 'rules: [{ name: r, when: { idle_for: 15 min } }]', '/rules/0/when/idle_for'],
    ['a mode that is none', 'mode: enforced', '/mode'],
    [
      'a time of day that is none',
      "time_intervals: { t: [{ times: [{ start_time: '7', end_time: '8' }] }] }",
      '/time_intervals/t/0/times/0/start_time',
    ],
  ])('%s', async (_name, yaml, place) => {
    const validate = await validatorOf();
    expect(validate(parse(`${good}${yaml}`))).toBe(false);
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(place);
  });
});

test('Alertmanager’s list of intervals is valid too', async () => {
  const validate = await validatorOf('policy');
  expect(
    validate(parse(`${good}time_intervals: [{ name: t, time_intervals: [{ months: [1, 'may:july'] }] }]`)),
  ).toBe(true);
});

test('every key of a policy and of its tests is described', async () => {
  for (const name of ['policy', 'tests']) {
    const { stdout } = await callReaper(['schema', name]);
    expect(undescribed(JSON.parse(stdout)), name).toEqual([]);
  }
});

/** The keys without a description, or with nothing but a reference to one. */
function undescribed(node: unknown, path = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [
    ...(key === 'properties'
      ? Object.entries(value as object)
          .filter(([, property]) => !('description' in property) && !('$ref' in property))
          .map(([property]) => `${path}/${property}`)
      : []),
    ...undescribed(value, `${path}/${key}`),
  ]);
}

test('outputs are open to new fields, of which a later version may have more', async () => {
  const validate = await validatorOf('list');
  const list = { server_time: '2026-10-07T12:00:00.000Z', silent_members: [], sessions: [] };
  expect(listJson.parse(list)).toEqual(list);
  expect(validate(list)).toBe(true);
  expect(validate({ ...list, later: 1 })).toBe(true);
  expect(validate({ ...list, sessions: 1 })).toBe(false);
});

test('the outputs of run and test compile', async () => {
  const validate = await validatorOf('test-results');
  const { stdout } = await callReaper(['test', 'policies/tests/stig-not-required.test.yaml', '--json']);
  expect(validate(JSON.parse(stdout))).toBe(true);
  await validatorOf('run');
});

describe('what is printed is as its schema says', () => {
  const policyOf = (rules: string): string => `rules: [${rules}]`;
  const fine = policyOf("{ name: r, when: { users: ['a@admin'] } }");
  const idle = policyOf('{ name: r, when: { idle_for: 45m } }');
  const broken = policyOf('{ name: r, when: { idel_for: 45m } }');

  test.each([
    ['a policy that is fine', fine, { level: 'ok', topic: 'policy' }],
    ['a policy with a warning', idle, { level: 'warning' }],
  ])('check: %s', async (_name, policy, item) => {
    const { call, policyFile } = await testBench('', policy);
    const { stdout } = await call(['check', '--json', '--policy', policyFile], { env: {} });
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ ok: true, problems: [] });
    expect(printed.items).toContainEqual(expect.objectContaining(item));
    const validate = await validatorOf('check');
    validate(printed);
    expect(validate.errors).toBeNull();
    expect(checkJson.parse(printed)).toEqual(printed);
  });

  test('check: a policy that is broken', async () => {
    const { call, policyFile } = await testBench('', broken);
    const { stdout } = await call(['check', '--json', '--policy', policyFile], { env: {} });
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ ok: false, problems: [{ path: 'rules[0].when' }] });
    const validate = await validatorOf('check');
    validate(printed);
    expect(validate.errors).toBeNull();
    const { problems, ...rest } = printed;
    expect(validate(rest)).toBe(false);
    expect(validate({ ...rest, problems: [{ ...problems[0], line: 'four' }] })).toBe(false);
  });

  test('locks: none, one, and one that overrides exemptions', async () => {
    const { call, policyFile, stateDir } = await testBench('', fine);
    const validate = await validatorOf('locks');
    const state = ['--state-dir', stateDir];
    const printed = async () => JSON.parse((await call(['locks', '--json', ...state], { env: {} })).stdout);
    const shown: number[] = [];
    for (const [user, ...more] of [[], ['a@admin'], ['b@admin', '--override-exemptions']]) {
      if (user !== undefined) {
        const how = ['--for', '10h', '--reason', 'IR-1', '--policy', policyFile, ...state, ...more];
        const { code, stderr } = await call(['lock', user, ...how], { env: {} });
        expect(code, stderr).toBe(0);
      }
      const now = await printed();
      shown.push(now.locks.length);
      validate(now);
      expect(validate.errors).toBeNull();
      expect(locksJson.parse(now)).toEqual(now);
    }
    expect(shown).toEqual([0, 1, 2]);
    const { locks } = await printed();
    expect(validate({ locks: [{ ...locks[0], until: 'noon' }] })).toBe(false);
    expect(validate({ locks: [{ user: 'a@admin' }] })).toBe(false);
  });
});

test('of nothing else', async () => {
  const { code, stderr } = await callReaper(['schema', 'polcy']);
  expect(code).toBe(2);
  expect(stderr).toContain('policy, tests, run, list');
});
