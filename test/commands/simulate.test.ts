import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { saveSnapshot } from '../../src/snapshot-file/file.ts';
import { aSavedSnapshot } from '../support/a-saved-snapshot.ts';
import { aSession, minute, now } from '../support/builders.ts';
import { callReaper } from '../support/reaper.ts';

let snapshot: string;
let policy: string;

beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'reaper-test-'));
  snapshot = join(dir, 'now.json');
  policy = join(dir, 'policy.yaml');
  await saveSnapshot(snapshot, aSavedSnapshot({ sessions: [aSession({ flushedAgo: 10 * minute })] }));
  await writeFile(policy, 'version: 1\nname: test\nrules: [{ name: idle, when: { idle_for: 15m } }]\n');
});

const at = (minutes: number): string => new Date(now + minutes * minute).toISOString();

const call = (...args: string[]) =>
  callReaper(['simulate', '--snapshot', snapshot, '--policy', policy, ...args]);

describe('reaper simulate', () => {
  test('needs no connection', async () => {
    const { code, stdout } = await call('--from', at(0), '--to', at(30), '--every', '1m', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ended: [{ at: at(6), user: 'alice@admin', rule: 'idle' }] });
  });

  test('an owner whom the listing does not name is one whom a policy names, as in a run', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'reaper-test-'));
    const [unnamed, leavers, nobody] = ['unnamed.json', 'leavers.yaml', 'nobody.yaml'].map((name) =>
      join(dir, name),
    ) as [string, string, string];
    const write = (file: string, name: string): Promise<void> =>
      writeFile(
        file,
        `version: 1\nname: test\nexemptions: [{ name: batch, users: ['svc_*@admin'], because: jobs }]
rules: [{ name: leavers, when: { users: [${name}] }, terminate: user }]\n`,
      );
    await Promise.all([write(leavers, 'jsmith@admin'), write(nobody, 'nobody@admin')]);
    await saveSnapshot(
      unnamed,
      aSavedSnapshot({ sessions: [aSession({ owner: 'jsmith@admin', named: false })] }),
    );
    const simulated = async (policyFile: string, against: string): Promise<unknown> => {
      const span = ['--from', at(0), '--to', at(0)];
      const files = ['--snapshot', unnamed, '--policy', policyFile, '--against', against];
      return JSON.parse((await callReaper(['simulate', ...files, ...span, '--json'])).stdout);
    };
    const ended = [{ user: 'jsmith@admin', rule: 'leavers' }];
    expect(await simulated(leavers, nobody)).toMatchObject({ ended, against: { newly_ended: ended } });
    expect(await simulated(nobody, leavers)).toMatchObject({
      ended: [],
      against: { no_longer_ended: ended },
    });
  });

  test('one instant alone', async () => {
    const { stdout } = await call('--from', at(5), '--to', at(5), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ instants: 1, ended: [] });
  });

  test.each([
    [['--from', at(1), '--to', at(0)], '--from is later than --to'],
    [['--from', at(0), '--to', at(30), '--zone', 'Mars'], '"Mars": no such time zone'],
    [['--from', at(0), '--to', at(20_000), '--every', '1m'], '20001 instants'],
    [['--from', 'tomorrow', '--to', at(0)], 'Expected a time'],
    [['--from', at(0), '--to', at(1), '--every', 'often'], 'Expected a length of time'],
    [['--from', at(0)], "required option '--to"],
  ])('%j is refused: %s', async (args, words) => {
    const { code, stdout, stderr } = await call(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  test('what is too long can be done with the wider steps that the remedy names', async () => {
    const span = ['--from', at(0), '--to', at(50_000)];
    const { stderr } = await call(...span, '--every', '30s');
    const every = /--every (\w+)$/.exec(stderr.trimEnd())?.[1] ?? '';
    expect((await call(...span, '--every', every)).code).toBe(0);
  });

  test('a snapshot that is none', async () => {
    const { code, stderr } = await callReaper([
      ...['simulate', '--snapshot', policy, '--policy', policy, '--from', at(0), '--to', at(1)],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${policy}: this is not all of a JSON document`);
  });

  test('--help says what is assumed', async () => {
    const { stdout } = await callReaper(['simulate', '--help']);
    expect(stdout).toContain('Assumed: nobody uses a session after the snapshot');
  });
});
