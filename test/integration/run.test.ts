import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, everyAction, openCursor, people } from '../support/people.ts';
import { callReaper, testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, close } = people(set);
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

const nobody = `rules: [{ name: named, when: { users: ['nobody@admin'] } }]`;

async function actionsIn(auditLog: string): Promise<string[]> {
  const lines = (await readFile(auditLog, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)['event.action']);
}

describe('nothing to end', () => {
  it('is a success with exit 0 and one line', async () => {
    const bench = await testBench(uri, nobody);
    const { code, stdout } = await bench.call([
      'run',
      '--policy',
      bench.policyFile,
      '--state-dir',
      bench.stateDir,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reaper: nothing to end · enforce · \d+ listed · .*\n$/);
  });

  it('--quiet prints nothing at all', async () => {
    const bench = await testBench(uri, nobody);
    const { code, stdout, stderr } = await bench.call([
      ...['run', '--quiet', '--policy', bench.policyFile, '--state-dir', bench.stateDir],
    ]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('the record', () => {
  it('has the plan and the attempt on disk before the kill, and the outcome after it', async () => {
    const alice = await person('alice');
    await openCursor(await alice.client());
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${alice.listed}'] } }]`);
    let beforeKill: string[] = [];
    await bench.run([], {
      onStage: async (stage) => {
        if (stage === 'kill') beforeKill = await actionsIn(bench.auditLog);
      },
    });
    expect(beforeKill).toEqual(['run-started', 'plan', 'attempt']);
    expect(await actionsIn(bench.auditLog)).toEqual([...beforeKill, 'outcome', 'run-completed']);
  });

  it('that cannot be written: exit 73, nothing ended', async () => {
    const bob = await person('bob');
    const cursor = await openCursor(await bob.client());
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${bob.listed}'] } }]`);
    const { code, stderr } = await bench.call([
      ...['run', '--policy', bench.policyFile, '--state-dir', `${bench.policyFile}/state`],
    ]);
    expect(code).toBe(73);
    expect(stderr).toContain('cannot be recorded');
    expect(await cursor.drain()).toBe(documents);
  });
});

describe('limits', () => {
  it('a plan beyond one ends nothing, exits 5 and says the numbers; --force needs a reason and goes through', async () => {
    const [carol, dora] = await Promise.all([person('carol'), person('dora')]);
    const cursors = [await openCursor(await carol.client()), await openCursor(await dora.client())];
    const bench = await testBench(
      uri,
      `limits: { users: 1 }\nrules: [{ name: named, when: { users: ['${carol.listed}', '${dora.listed}'] } }]`,
    );
    const stopped = await bench.run();
    expect(stopped.code).toBe(5);
    expect(stopped.json.limits_exceeded).toEqual([{ limit: 'users', allowed: 1, planned: 2 }]);
    expect(await actionsIn(bench.auditLog)).toEqual(['run-started', 'plan', 'run-completed']);

    const above = await bench.run(['--limit-users', '2']);
    expect(above.code).toBe(2);
    expect(above.stderr).toContain('--force "REASON"');

    const forced = await bench.run(['--limit-users', '2', '--force', 'IR-2026-14']);
    expect(forced.code).toBe(0);
    expect(await Promise.all(cursors.map((cursor) => cursor.drain()))).toEqual([
      'CursorNotFound',
      'CursorNotFound',
    ]);
    expect(await readFile(bench.auditLog, 'utf8')).toContain('"force":"IR-2026-14"');
  });
});

describe('a policy that ends nothing', () => {
  it.each([
    { yaml: 'mode: report\n', says: /REPORT: nothing is ended/ },
    { yaml: 'authority: { not_required: the SSP says so }\n', says: /not required: the SSP says so/ },
  ])('$yaml decides, records and ends nothing', async ({ yaml, says }) => {
    const emil = await person('emil');
    const cursor = await openCursor(await emil.client());
    const bench = await testBench(
      uri,
      `${yaml}rules: [{ name: named, when: { users: ['${emil.listed}'] } }]`,
    );
    const { code, stdout } = await bench.call([
      'run',
      '--policy',
      bench.policyFile,
      '--state-dir',
      bench.stateDir,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(says);
    expect(await actionsIn(bench.auditLog)).toEqual(['run-started', 'plan', 'run-completed']);
    expect(await cursor.drain()).toBe(documents);
  });
});

describe('another run', () => {
  it('at work on the same state directory: exit 75, nothing ended', async () => {
    const bench = await testBench(uri, nobody);
    let second: Awaited<ReturnType<typeof bench.run>> | undefined;
    const first = await bench.run([], {
      onStage: async (stage) => {
        if (stage === 'list') second = await bench.run();
      },
    });
    expect(second?.code).toBe(75);
    expect(second?.stderr).toContain('holds the lock');
    expect(first.code).toBe(0);
  });
});

describe('connections', () => {
  it('nobody there: exit 69, and no credentials shown', async () => {
    const bench = await testBench('mongodb://someone:marked-secret@127.0.0.1:1/?replicaSet=none', nobody);
    const { code, stderr } = await bench.run();
    expect(code).toBe(69);
    expect(stderr).not.toContain('marked-secret');
  });

  it('no connection string: exit 2, and where one may be put', async () => {
    const bench = await testBench(uri, nobody);
    const { code, stderr } = await callReaper([
      'run',
      '--policy',
      bench.policyFile,
      '--state-dir',
      bench.stateDir,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--uri-file');
  });
});
