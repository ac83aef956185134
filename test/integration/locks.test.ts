import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, errorName, everyAction, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, close, root } = people(set);
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

const nobody = `rules: [{ name: named, when: { users: ['nobody@admin'] } }]`;

async function lockBench(policy: string) {
  const bench = await testBench(uri, policy);
  const where = ['--policy', bench.policyFile, '--state-dir', bench.stateDir];
  return {
    ...bench,
    lock: (user: string, ...more: string[]) =>
      bench.call(['lock', user, '--for', '10h', '--reason', 'IR-2026-14', ...more, ...where]),
    unlock: (user: string) => bench.call(['unlock', user, '--state-dir', bench.stateDir]),
    locks: () => bench.call(['locks', '--json', '--state-dir', bench.stateDir]),
  };
}

describe('reaper lock', () => {
  it('ends the user’s sessions at every run, also when the user comes back, until unlocked', async () => {
    const mallory = await person('mallory');
    const client = await mallory.client(set.members[1]?.address);
    const bench = await lockBench(nobody);
    const first = await openCursor(client);

    const locked = await bench.lock(mallory.listed, '--now');
    expect(locked.code).toBe(0);
    expect(locked.stdout).toMatch(/and no other, ends this user’s sessions until then/);
    expect(await first.drain()).toBe('CursorNotFound');

    const again = await openCursor(client);
    const { json } = await bench.run();
    expect(json.sessions.find(({ lsid }) => lsid.id === again.id)).toMatchObject({
      rule: 'lock (IR-2026-14)',
    });
    expect(await again.drain()).toBe('CursorNotFound');

    expect((await bench.unlock(mallory.listed)).code).toBe(0);
    const free = await openCursor(client);
    await bench.run();
    expect(await free.drain()).toBe(documents);
    const actions = (await readFile(bench.auditLog, 'utf8')).trimEnd().split('\n');
    expect(actions.map((line) => JSON.parse(line)['event.action'])).toEqual(
      expect.arrayContaining(['lock', 'unlock']),
    );
  });

  it('expires', async () => {
    const nina = await person('nina');
    const bench = await lockBench(nobody);
    await bench.lock(nina.listed);
    const cursor = await openCursor(await nina.client());
    const tomorrow = new Date(Date.now() + 11 * 3_600_000);
    const { json } = await bench.run([], { clock: () => tomorrow });
    expect(json.counts.terminate).toBe(0);
    expect(await cursor.drain()).toBe(documents);
  });

  it('is refused for an exempt user, naming the exemption, unless it overrides exemptions', async () => {
    const otto = await person('otto');
    const bench = await lockBench(
      `exemptions: [{ name: batch, users: ['${otto.name}*'], because: b }]\n${nobody}`,
    );
    const cursor = await openCursor(await otto.client());

    const refused = await bench.lock(otto.listed);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('is exempt (batch)');
    expect(JSON.parse((await bench.locks()).stdout)).toEqual({ locks: [] });

    expect((await bench.lock(otto.listed, '--override-exemptions')).code).toBe(0);
    const { json } = await bench.run();
    expect(json.sessions.find(({ lsid }) => lsid.id === cursor.id)).toMatchObject({ outcome: 'ended' });
  });

  it('never ends reaper’s own sessions', async () => {
    const self = `${new URL(uri.replace(/,[^/]*/, '')).username}@admin`;
    const bench = await lockBench(nobody);
    const refused = await bench.lock(self, '--override-exemptions');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('nothing lifts a built-in exemption');

    // Who locks without a connection string cannot be told whom runs log in as.
    const where = ['--policy', bench.policyFile, '--state-dir', bench.stateDir];
    const blind = ['lock', self, '--for', '10h', '--reason', 'r', '--override-exemptions', ...where];
    expect((await bench.call(blind, { env: {} })).code).toBe(0);
    const { code, json } = await bench.run();
    expect(code).toBe(0);
    expect(json.counts.terminate).toBe(0);
  });

  it('prints the command that takes the login away, and it does', async () => {
    const pia = await person(`pi"a`);
    const bench = await lockBench(nobody);
    const { stdout } = await bench.lock(pia.listed);
    const line = stdout.split('\n').find((each) => each.includes('updateUser'))!;
    const made: object[] = [];
    const db = {
      getSiblingDB: () => ({
        updateUser: (user: string, what: object) => made.push({ updateUser: user, ...what }),
      }),
    };
    runInNewContext(line, { db });
    const admin = (await root()).db('admin');
    for (const command of made) await admin.command({ ...command, writeConcern: { w: set.members.length } });
    expect(await pia.client().catch(errorName)).toBe('AuthenticationFailed');
  });
});

describe('run --only', () => {
  it('ends one session now and no other; a user; and spares who is exempt', async () => {
    const quinn = await person('quinn');
    const client = await quinn.client(set.members[1]?.address);
    const [one, two] = [await openCursor(client), await openCursor(client)];
    const bench = await testBench(uri, nobody);

    const session = await bench.run(['--only', one.id, '--reason', 'IR-7']);
    expect(session.json.sessions.map(({ lsid, outcome }) => [lsid.id, outcome])).toEqual([[one.id, 'ended']]);
    const exempt = await testBench(
      uri,
      `exemptions: [{ name: e, users: ['${quinn.listed}'], because: b }]\n${nobody}`,
    );
    expect((await exempt.run(['--only', quinn.listed, '--reason', 'IR-7'])).json.counts.terminate).toBe(0);
    expect(await bench.run(['--only', quinn.listed])).toMatchObject({ code: 2 });

    const user = await bench.run(['--only', quinn.listed, '--reason', 'IR-7']);
    expect(user.json.sessions.every(({ user: name }) => name === quinn.listed)).toBe(true);
    expect(await Promise.all([one.drain(), two.drain()])).toEqual(['CursorNotFound', 'CursorNotFound']);
    expect(await readFile(bench.auditLog, 'utf8')).toContain('only (IR-7)');
  });
});
