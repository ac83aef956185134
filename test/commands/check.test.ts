import { mkdir, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { ReaperError } from '../../src/errors.ts';
import { callReaper, testBench } from '../support/reaper.ts';

type Bench = Awaited<ReturnType<typeof testBench>>;

/** What `check` says without a server, as one line. */
async function checked({ call, policyFile, stateDir }: Bench): Promise<string> {
  const { stdout, code } = await call(['check', '--policy', policyFile, '--state-dir', stateDir], {
    env: {},
  });
  expect(code).toBe(0);
  return stdout.replace(/\s+/g, ' ');
}

describe('what a policy remembers', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await testBench('', 'rules: [{ name: r, when: { older_than: 12h } }]\nlimits: { users: 5 }');
  });
  const memory = (text: string) => writeFile(`${bench.stateDir}/first-seen.json`, text);

  test('is nothing before the first run', async () => {
    expect(await checked(bench)).toContain(`counts from the first run on: ${bench.stateDir} remembers no`);
  });

  test('may be damaged', async () => {
    await mkdir(bench.stateDir);
    await memory('{');
    expect(await checked(bench)).toContain(
      `cannot be decided: what ${bench.stateDir} remembers cannot be read`,
    );
  });

  test('is there', async () => {
    await memory('{"a":1}');
    expect(await checked(bench)).not.toContain('remembers');
  });
});

test('a policy that needs no memory is not asked for one', async () => {
  const bench = await testBench('', 'rules: [{ name: r, when: { idle_for: 15m } }]\nlimits: { users: 5 }');
  expect(await checked(bench)).not.toContain('remembers');
});

describe('a zone that TZ does not name', () => {
  const noZone = {
    env: {},
    get localZone(): string {
      throw new ReaperError('zone-unknown', 'TZ names no zone');
    },
  };
  const day = (location: string) =>
    `time_intervals: { day: [{ times: [{ start_time: '08:00', end_time: '18:00' }]${location} }] }
rules: [{ name: r, when: { outside: day, users: [a@admin] } }]\nlimits: { users: 5 }`;

  test('matters to nobody whose policy does not say Local', async () => {
    const { policyFile } = await testBench('', day(''));
    expect((await callReaper(['check', '--policy', policyFile], noZone)).code).toBe(0);
  });

  test('is an error where it does', async () => {
    const { policyFile } = await testBench('', day(', location: Local'));
    const { code, stderr } = await callReaper(['check', '--policy', policyFile], noZone);
    expect(code).toBe(2);
    expect(stderr).toContain('TZ names no zone');
  });
});
