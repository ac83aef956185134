import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callReaper } from '../support/reaper.ts';

test.each([
  ['in a folder that is not there', 'none/reaper.prom', 'there is no such folder'],
  ['that is a folder', '', 'this is a folder'],
])('a heartbeat %s is missed in plain words', async (_, name, words) => {
  const dir = await mkdtemp(join(tmpdir(), 'reaper-test-'));
  const file = join(dir, name);
  const argv = ['--policy', 'policies/stig-v-281700.yaml', '--state-dir', join(dir, 'state')];
  const { stderr } = await callReaper(['run', ...argv, '--metrics-file', file]);
  expect(stderr).toContain(`${file}: the heartbeat was not written: ${words}; name a file`);
  expect(stderr).not.toMatch(/E[A-Z]{4,}:/);
});
