import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { testResultsJson } from '../../src/report/policy-tests.ts';
import { callReaper } from '../support/reaper.ts';

const yamlIn = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const policies = yamlIn('policies');
const tests = yamlIn('policies/tests');

test('each policy has its tests', () => {
  expect(tests).toEqual(policies.map((file) => file.replace(/\.yaml$/, '.test.yaml')));
});

describe.each(tests)('%s', (file) => {
  test('passes, and leaves no rule and no exemption untested', async () => {
    const { code, stdout, stderr } = await callReaper(['test', `policies/tests/${file}`, '--json']);
    expect(stderr).toBe('');
    const { counts, untested, tests: results } = testResultsJson.parse(JSON.parse(stdout));
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(untested).toEqual([]);
    expect(counts.passed).toBeGreaterThan(1);
    expect(code).toBe(0);
  });
});

test.each([
  ...policies.map((file) => [`policies/${file}`, 'policy.schema.json']),
  ...tests.map((file) => [`policies/tests/${file}`, 'policy-tests.schema.json']),
])('an editor finds the schema of %s', (file, schema) => {
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^# yaml-language-server: \\$schema=${schema}\n`));
});
