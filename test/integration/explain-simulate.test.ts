import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainJson } from '../../src/report/explain.ts';
import { listJson } from '../../src/report/list.ts';
import { simulateJson } from '../../src/report/simulate.ts';
import { snapshotSchema } from '../../src/snapshot-file/schema.ts';
import { everyAction, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, untilIdle, close } = people(set);
const hidden = set.members.find((member) => member.hidden)!;
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri([...everyAction]);
});
afterAll(close);

const nobody = 'rules: [{ name: nobody, when: { users: [nobody@admin] } }]';

type Bench = Awaited<ReturnType<typeof testBench>>;

const explain = async (bench: Bench, ...args: string[]) => {
  const { code, stdout } = await bench.call([
    ...['explain', '--json', '--policy', bench.policyFile, '--state-dir', bench.stateDir],
    ...args,
  ]);
  expect(code).toBe(0);
  return explainJson.parse(JSON.parse(stdout));
};

describe('reaper explain', () => {
  it('a session that would end and one that lives, as a dry run decides them', async () => {
    const [alice, service] = await Promise.all([person('alice'), person('svc')]);
    const cursor = await openCursor(await alice.client(hidden.address));
    const served = await openCursor(await service.client());
    await untilIdle(1000, cursor.id, served.id);
    const bench = await testBench(
      uri,
      `exemptions: [{ name: services, users: ['${service.name}*'], because: batch }]
rules: [{ name: idle, when: { idle_for: 1s, users: ['${alice.listed}', '${service.listed}'] } }]`,
    );
    const dry = await bench.run(['--dry-run', '--all']);

    const ofAlice = await explain(bench, alice.listed);
    expect(ofAlice.sessions.map(({ lsid }) => lsid.id)).toContain(cursor.id);
    for (const session of [...ofAlice.sessions, ...(await explain(bench, service.listed)).sessions]) {
      const decided = dry.json.sessions.find(({ lsid }) => lsid.id === session.lsid.id);
      expect(decided).toMatchObject({ verdict: session.verdict, rule: session.rule });
    }
    const mine = ofAlice.sessions.find(({ lsid }) => lsid.id === cursor.id);
    expect(mine).toMatchObject({
      verdict: 'terminate',
      rule: 'idle',
      held: [expect.stringContaining(`${hidden.address} cursor `)],
      resources: [{ kind: 'cursor', member: hidden.address }],
      exemptions: [{ name: 'services', result: false }],
      rules: [{ result: true, conditions: [{ condition: 'idle_for' }, { condition: 'users' }] }],
    });
  });

  it('one session by its id, for another time, as text within 80 columns', async () => {
    const bob = await person('bob');
    const { id } = await openCursor(await bob.client());
    const bench = await testBench(uri, 'rules: [{ name: idle, when: { idle_for: 1h } }]');
    expect((await explain(bench, id)).sessions).toMatchObject([{ user: bob.listed, verdict: 'retain' }]);
    const later = new Date(Date.now() + 2 * 3_600_000).toISOString();
    expect((await explain(bench, id, '--at', later)).sessions).toMatchObject([{ verdict: 'terminate' }]);
    const { uid } = (await explain(bench, id)).sessions[0]!.lsid;
    expect((await explain(bench, `${id}/${uid}`)).sessions).toHaveLength(1);

    const { code, stdout } = await bench.call(['explain', id, '--policy', bench.policyFile]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/verdict +retain · no rule matches/);
    expect(stdout).toMatch(/false +idle_for: idle for \w+, limit 1h \[/);
    expect(stdout.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
  });

  it('counts locks; where they cannot be read it says so and goes on', async () => {
    const mallory = await person('mallory');
    await openCursor(await mallory.client());
    const bench = await testBench(uri, nobody);
    await mkdir(bench.stateDir);
    const lock = { user: mallory.listed, reason: 'IR-7', made_at: 0, override_exemptions: false };
    const locks = join(bench.stateDir, 'locks.json');
    await writeFile(locks, JSON.stringify([{ ...lock, until: Date.now() + 60_000 }]));
    const [session] = (await explain(bench, mallory.listed)).sessions;
    expect(session).toMatchObject({ verdict: 'terminate', rules: [{ result: true, terminate: 'user' }, {}] });

    await writeFile(locks, 'nonsense');
    const { code, stdout, stderr } = await bench.call([
      ...['explain', mallory.listed, '--policy', bench.policyFile, '--state-dir', bench.stateDir],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/verdict +retain/);
    expect(stderr).toContain('the locks cannot be read: reaper did not write this; none is counted');
  });

  it('a user without a listed session: says so, exit 0', async () => {
    const bench = await testBench(uri, nobody);
    const { code, stdout } = await bench.call([...['explain', 'nobody@admin', '--policy', bench.policyFile]]);
    expect(code).toBe(0);
    expect(stdout).toContain('This user has no listed session');
  });
});

describe('reaper list --save', () => {
  const saved = async (bench: Bench, ...args: string[]) => {
    const file = join(bench.dir, 'now.json');
    const { code, stdout } = await bench.call([
      ...['list', '--json', '--save', file, '--state-dir', bench.stateDir, ...args],
    ]);
    expect(code).toBe(0);
    listJson.parse(JSON.parse(stdout));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    return { file, content: snapshotSchema.parse(JSON.parse(await readFile(file, 'utf8'))) };
  };

  it('then simulate ends the same session as a dry run at that time', async () => {
    const [carol, dora] = await Promise.all([person('carol'), person('dora')]);
    const idle = await openCursor(await carol.client(hidden.address));
    const other = await openCursor(await dora.client());
    await untilIdle(0, idle.id, other.id);
    const bench = await testBench(
      uri,
      `time_intervals: { never: [{ years: ['1999'] }] }
exemptions: [{ name: dora, users: ['${dora.listed}'] }]
rules:
  - { name: idle, when: { idle_for: 10m, outside: never, users: ['${carol.name}*', '${dora.name}*'] } }`,
    );
    const { file, content } = await saved(bench);
    expect(content.members.map(({ address }) => address).sort()).toEqual(
      set.members.map(({ address }) => address).sort(),
    );
    const at = new Date(content.server_time + 15 * 60_000).toISOString();
    const dry = await bench.run(['--dry-run', '--at', at]);
    const ended = dry.json.sessions.filter(({ verdict }) => verdict === 'terminate');
    expect(ended.map(({ lsid }) => lsid.id)).toContain(idle.id);
    expect(ended.map(({ lsid }) => lsid.id)).not.toContain(other.id);

    const simulate = async (...args: string[]) => {
      const call = await bench.call(
        ['simulate', '--json', '--snapshot', file, '--policy', bench.policyFile, ...args],
        { env: {} },
      );
      expect(call.code).toBe(0);
      return simulateJson.parse(JSON.parse(call.stdout));
    };
    const then = await simulate('--from', at, '--to', at);
    const idsOf = (some: readonly { lsid: { id: string } }[]) => some.map(({ lsid }) => lsid.id).sort();
    expect(idsOf(then.ended)).toEqual(idsOf(ended));
    expect(then.ended.map(({ rule }) => rule)).toEqual(ended.map(({ rule }) => rule));

    // Over the whole span it ends earlier, as soon as ten minutes have passed; and nothing before that.
    const from = new Date(content.server_time).toISOString();
    const over = await simulate('--from', from, '--to', at, '--every', '1m');
    expect(idsOf(over.ended)).toEqual(idsOf(ended));
    const wait = Date.parse(over.ended[0]!.at) - content.server_time;
    expect(wait).toBeGreaterThan(8 * 60_000);
    expect(wait).toBeLessThanOrEqual(11 * 60_000);
  });

  it('--anonymise: other names, and the same verdicts where the policy names nobody', async () => {
    const erin = await person('erin');
    await openCursor(await erin.client());
    const bench = await testBench(uri, 'rules: [{ name: idle, when: { idle_for: 10m } }]');
    const plain = await saved(bench);
    const { file, content } = await saved(bench, '--anonymise');
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('erin');
    for (const { address } of set.members) expect(text).not.toContain(address);
    // Every command of reaper adds a session of its own.
    const ofOthers = ({ sessions, self }: typeof content) =>
      sessions.filter(({ user }) => user === null || !self.includes(user));
    expect(ofOthers(content)).toHaveLength(ofOthers(plain.content).length);

    const at = new Date(content.server_time + 15 * 60_000).toISOString();
    const { code, stdout } = await bench.call([
      ...['simulate', '--json', '--snapshot', file, '--policy', bench.policyFile, '--from', at, '--to', at],
    ]);
    expect(code).toBe(0);
    const dry = await bench.run(['--dry-run', '--at', at]);
    expect(simulateJson.parse(JSON.parse(stdout)).ended).toHaveLength(dry.json.counts.terminate);
  });
});
