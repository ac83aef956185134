import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkJson } from '../../src/report/check.ts';
import { listJson } from '../../src/report/list.ts';
import { errorName, everyAction, idOf, openCursor, people, type Person } from '../support/people.ts';
import { callReaper, testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, close } = people(set);
const hidden = set.members.find((member) => member.hidden)!;
let uri: string;
let env: Record<string, string>;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
  env = { REAPER_MONGODB_URI: uri };
});
afterAll(close);

/** Lines that are too wide for 80 columns. */
const tooWide = (text: string): string[] => text.split('\n').filter((line) => stringWidth(line) > 80);

/** While the hidden member hangs, as it does with its host's disk or network. */
async function whileHiddenHangs<T>(work: () => Promise<T>): Promise<T> {
  process.kill(hidden.pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(hidden.pid, 'SIGCONT');
  }
}

describe('reaper list', () => {
  const listed = async () => {
    const { code, stdout } = await callReaper(['list', '--json'], { env });
    expect(code).toBe(0);
    return listJson.parse(JSON.parse(stdout));
  };
  const sessionOf = async (id: string) => (await listed()).sessions.find(({ lsid }) => lsid.id === id);

  describe('shows what a session holds, and for whom', () => {
    let alice: Person;
    beforeAll(async () => {
      alice = await person('alice');
    });

    it('a cursor, on a hidden member too; its client is not known', async () => {
      const { id } = await openCursor(await alice.client(hidden.address));
      expect(await sessionOf(id)).toMatchObject({
        user: alice.listed,
        holds: { operations: 0, cursors: 1, transactions: 0 },
        clients: [],
        apps: [],
      });
    });

    it('a transaction, with its client', async () => {
      const client = await alice.client();
      const session = client.startSession();
      session.startTransaction();
      await client.db('test').collection('things').findOne({}, { session });
      const seen = await sessionOf(idOf(session));
      await session.abortTransaction();
      expect(seen).toMatchObject({
        user: alice.listed,
        holds: { operations: 0, cursors: 0, transactions: 1 },
        clients: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
      });
    });

    it('an operation, with its client', async () => {
      const client = await alice.client();
      const session = client.startSession();
      const slow = client
        .db('test')
        .collection('things')
        .find({ $where: 'sleep(50); return true' }, { session })
        .toArray()
        .catch(errorName);
      // Connecting takes the command longer than sending takes the operation.
      const seen = await sessionOf(idOf(session));
      expect(seen).toMatchObject({
        user: alice.listed,
        holds: { operations: 1 },
        clients: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
      });
      await client.close();
      await slow;
    });

    it('the application of reaper’s own listing', async () => {
      const own = (await listed()).sessions.filter(({ apps }) => apps.includes('reaper'));
      expect(own.length).toBeGreaterThan(0);
      expect(own.every(({ holds }) => holds.operations > 0)).toBe(true);
    });
  });

  it('--json: server time in UTC, seconds idle by that clock, unused longest first', async () => {
    const bob = await person('bob');
    const { id } = await openCursor(await bob.client());
    const { server_time: serverTime, silent_members: silent, sessions } = await listed();
    const mine = sessions.find(({ lsid }) => lsid.id === id);

    expect(serverTime).toMatch(/Z$/);
    expect(silent).toEqual([]);
    const idle = Math.floor((Date.parse(serverTime) - Date.parse(mine?.last_use ?? '')) / 1000);
    expect(mine?.idle_seconds).toBe(Math.max(0, idle));
    const uses = sessions.map(({ last_use: used }) => used ?? '');
    expect(uses).toEqual([...uses].sort());
  });

  it('as text stays within 80 columns, and writes out what would mislead a terminal', async () => {
    const odd = await person('\u001b[31mred\u202edesrever\u200b-日本-and-so-on-and-so-forth');
    await openCursor(await odd.client(hidden.address));
    const { code, stdout } = await callReaper(['list'], { env });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^USER +SESSION +IDLE +HOLDS/);
    expect(tooWide(stdout)).toEqual([]);
    expect(stdout).toContain('\\u{1b}[31mred');
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
  });

  it('on a terminal of 80 columns stays within them, and ends with how many there are', async () => {
    let stdout = '';
    const write = (text: string) => (stdout += text);
    await callReaper(['list'], { env, stdout: { write, isTTY: true, columns: 80 } });
    expect(tooWide(stdout)).toEqual([]);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/\d+ listed · \d+ user/);
  });

  it('with a member that hangs: what the others say, the silent one named, exit 3', async () => {
    const { code, stdout, stderr } = await whileHiddenHangs(() => callReaper(['list', '--json'], { env }));
    expect(code).toBe(3);
    const json = listJson.parse(JSON.parse(stdout));
    expect(json.silent_members).toEqual([hidden.address]);
    expect(json.sessions.length).toBeGreaterThan(0);
    expect(stderr).toContain(`${hidden.address} did not answer`);
  });
});

describe('reaper check', () => {
  /** A rule on one user who is listed: nothing that the lint has to say of others on this set. */
  let ruleOn: (limit: string) => string;
  let quiet: string;

  beforeAll(async () => {
    const watcher = await person('watcher');
    await openCursor(await watcher.client());
    ruleOn = (limit) =>
      `limits: { users: 25 }\nrules: [{ name: idle, when: { idle_for: ${limit}, users: ['${watcher.listed}'] } }]`;
    quiet = ruleOn('15m');
  });

  const check = async (policy: string, connection = uri) => {
    const bench = await testBench(connection, policy);
    const { code, stdout } = await bench.call(['check', '--json', '--policy', bench.policyFile]);
    const json = checkJson.parse(JSON.parse(stdout));
    const item = (topic: string) => json.items.find((each) => each.topic === topic);
    return { code, json, item, policyFile: bench.policyFile };
  };

  it('all is well: every member and privilege is an ok line, exit 0', async () => {
    const bench = await testBench(uri, quiet);
    const { code, stdout } = await bench.call(['check', '--policy', bench.policyFile]);
    expect(code).toBe(0);
    expect(tooWide(stdout)).toEqual([]);
    for (const { address } of set.members) expect(stdout).toContain(`ok       member ${address}: `);
    expect(stdout).toContain(`ok       member ${hidden.address}: hidden, `);
    for (const action of ['listSessions', 'inprog', 'killAnySession', 'impersonate', 'replSetGetConfig']) {
      expect(stdout).toContain(`ok       privilege ${action}: `);
    }
    expect(stdout).toMatch(/^ok {7}server: MongoDB \d+\.\d+\.\d+, replica-set rs/m);
    expect(stdout).toMatch(/0 errors · 0 warnings · policy and deployment checked\n$/);
  });

  it('--json has the same items', async () => {
    const { code, json, item, policyFile } = await check(quiet);
    expect(code).toBe(0);
    expect(json).toMatchObject({ policy_file: policyFile, ok: true, problems: [] });
    expect(new Set(json.items.map(({ level }) => level))).toEqual(new Set(['ok']));
    expect(item(`member ${hidden.address}`)).toMatchObject({
      level: 'ok',
      message: expect.stringMatching(/^hidden, /),
    });
  });

  it.each(['listSessions', 'inprog', 'killAnySession'])(
    '%s is missing: an error with the grant, exit 77',
    async (action) => {
      const poorer = await reaperUri(everyAction.filter((each) => each !== action));
      const { code, json, item } = await check(quiet, poorer);
      expect(code).toBe(77);
      expect(json.ok).toBe(false);
      expect(item(`privilege ${action}`)).toMatchObject({
        level: 'error',
        message: expect.stringContaining('missing, and required'),
        remedy: expect.stringMatching(new RegExp(`grantPrivilegesToRole\\(.*"${action}"`)),
      });
    },
  );

  it('a recommended privilege is missing: a warning with the grant, exit 0', async () => {
    const poorer = await reaperUri(everyAction.filter((each) => each !== 'replSetGetConfig'));
    const { code, json, item } = await check(quiet, poorer);
    expect(code).toBe(0);
    expect(json.ok).toBe(true);
    expect(item('privilege replSetGetConfig')).toMatchObject({
      level: 'warning',
      remedy: expect.stringContaining('"replSetGetConfig"'),
    });
    expect(item('members')).toMatchObject({ level: 'warning' });
    expect(item(`member ${hidden.address}`)).toBeUndefined();
  });

  it('without replSetGetConfig, idle_for that two refreshes more take beyond the timeout: warned', async () => {
    const poorer = await reaperUri(everyAction.filter((each) => each !== 'replSetGetConfig'));
    const limit = ruleOn('29m59s');
    expect((await check(limit)).item('rule idle')).toBeUndefined();
    expect((await check(limit, poorer)).item('rule idle')).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('while not every member can be seen'),
    });
  });

  it('a hidden member that hangs is an error of that member, exit 3', async () => {
    const { code, json, item } = await whileHiddenHangs(() => check(quiet));
    expect(code).toBe(3);
    expect(json.ok).toBe(false);
    expect(item(`member ${hidden.address}`)).toMatchObject({
      level: 'error',
      message: expect.stringContaining('does not answer'),
    });
    const members = json.items.filter(({ topic }) => topic.startsWith('member '));
    expect(members.filter(({ level }) => level === 'ok')).toHaveLength(set.members.length - 1);
  });

  it.each([
    { idleFor: '29m', warned: false },
    { idleFor: '30m', warned: true },
    { idleFor: '45m', warned: true },
  ])('idle_for $idleFor on a server that forgets after 30 minutes: warned $warned', async (each) => {
    const { code, item } = await check(ruleOn(each.idleFor));
    expect(code).toBe(0);
    expect(item('rule idle')).toEqual(
      each.warned
        ? {
            level: 'warning',
            topic: 'rule idle',
            message: expect.stringMatching(
              /can never match: this server forgets a session 30 minutes after its last use \(localLogicalSessionTimeoutMinutes\)/,
            ),
          }
        : undefined,
    );
  });

  describe('without a connection string', () => {
    const broken = `version: 1
name: broken
rules:
  - { name: a, when: { idle_fro: 15m } }
  - { name: a, when: { outside: hours } }
modus: enforce
`;
    const folder = () => mkdtemp(join(tmpdir(), 'reaper-test-'));
    const file = async (text: string): Promise<string> => {
      const path = join(await folder(), 'policy.yaml');
      await writeFile(path, text);
      return path;
    };

    it('checks the policy alone, and says so', async () => {
      const policy = await file(`version: 1\nname: test\n${quiet}`);
      const { code, stdout } = await callReaper(['check', '--policy', policy]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ok {7}policy: test: 1 rule, 0 exemptions, mode enforce/);
      expect(stdout).not.toContain('member ');
      expect(stdout).toContain('no connection string');
    });

    it('a policy that is not valid: every problem with its place and the nearest name, exit 78', async () => {
      const policy = await file(broken);
      const { code, stdout, stderr } = await callReaper(['check', '--policy', policy]);
      expect(code).toBe(78);
      expect(stdout).toBe('');
      for (const [place, words] of [
        [':4:', 'unknown key "idle_fro" (did you mean "idle_for"?)'],
        [':5:', '"a" is the name of an earlier one'],
        [':5:', '"hours": no such time interval'],
        [':6:', 'unknown key "modus" (did you mean "mode"?)'],
      ] as const) {
        const line = stderr.split('\n').find((each) => each.includes(words));
        expect(line).toContain(policy + place);
      }
    });

    it('the same as --json', async () => {
      const policy = await file(broken);
      const { code, stdout, stderr } = await callReaper(['check', '--json', '--policy', policy]);
      expect(code).toBe(78);
      expect(stderr).toBe('');
      const json = checkJson.parse(JSON.parse(stdout));
      expect(json).toMatchObject({ policy_file: policy, ok: false, items: [] });
      expect(json.problems.map(({ line, path }) => `${line} ${path}`).sort()).toEqual([
        '4 rules[0].when',
        '5 rules[1].name',
        '5 rules[1].when.outside',
        '6 ',
      ]);
      expect(json.problems.every(({ column }) => column > 0)).toBe(true);
    });

    it('a policy that is not there: exit 78, the file named', async () => {
      const policy = join(await folder(), 'none.yaml');
      const { code, stderr } = await callReaper(['check', '--policy', policy]);
      expect(code).toBe(78);
      expect(stderr).toContain(policy);
    });
  });
});
