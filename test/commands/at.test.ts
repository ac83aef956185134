import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Long } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { anOperation, aRow, startDeployment } from '../malice/scripted-deployment.ts';
import { callReaper } from '../support/reaper.ts';

const minute = 60_000;
const user = 'alice@admin';

let dir: string;
let deployment: Awaited<ReturnType<typeof startDeployment>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-at-'));
  await writeFile(
    join(dir, 'policy.yaml'),
    `version: 1
name: p
rules: [{ name: left-open, when: { transaction_idle_for: 30m } }]
`,
  );
  const row = aRow(user, 10 * minute);
  const times = { timeOpenMicros: Long.fromNumber(15e8), timeInactiveMicros: Long.fromNumber(6e8) };
  const transaction = { parameters: { txnNumber: Long.ONE, autocommit: false }, ...times };
  deployment = await startDeployment({
    sessions: [row],
    operations: [anOperation(user, { type: 'idleSession', active: false, lsid: row['_id'], transaction })],
  });
});
afterEach(async () => {
  await deployment.stop();
  await rm(dir, { recursive: true });
});

const where = (): string[] => ['--policy', join(dir, 'policy.yaml'), '--state-dir', join(dir, 'state')];

const call = (args: readonly string[]) =>
  callReaper([...args, ...where()], { env: { REAPER_MONGODB_URI: deployment.uri } });

/** What a dry run and an explanation for a time, so many minutes from now, say of the one session. */
async function verdictsIn(minutes: number) {
  const at = ['--at', new Date(Date.now() + minutes * minute).toISOString(), '--json'];
  const run = await call(['run', '--dry-run', '--all', ...at]);
  const explained = await call(['explain', user, ...at]);
  return [run, explained].map(({ stdout }) => JSON.parse(stdout).sessions[0].verdict as string);
}

describe('--at asks for the world as it would then be', () => {
  test('what is open and idle is so for longer', async () => {
    expect(await verdictsIn(0)).toEqual(['retain', 'retain']);
    expect(await verdictsIn(25)).toEqual(['terminate', 'terminate']);
  });

  test('a lock that has expired by then is none', async () => {
    await call(['lock', user, '--for', '10m', '--reason', 'IR-1', '--override-exemptions']);
    expect(await verdictsIn(5)).toEqual(['terminate', 'terminate']);
    expect(await verdictsIn(15)).toEqual(['retain', 'retain']);
  });
});
