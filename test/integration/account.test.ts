import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, everyAction, openCursor, people } from '../support/people.ts';
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

const userOf = (connectionString: string): string =>
  `${new URL(connectionString.replace(/,[^/]*/, '')).username}@admin`;

describe('reaper’s own account', () => {
  it('is never ended, whatever the policy says', async () => {
    const self = userOf(uri);
    const bench = await testBench(
      uri,
      `rules:
  - { name: myself, when: { users: ['${self}'] }, terminate: user }
  - { name: system, when: { users: ['__system@local'] }, terminate: user }`,
    );
    const { code, json } = await bench.run(['--all']);
    expect(code).toBe(0);
    expect(json.counts.terminate).toBe(0);
    const own = json.sessions.filter(({ user }) => user === self);
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ verdict, because }) => verdict === 'exempt' && because.startsWith('built in'))).toBe(
      true,
    );
  });
});

describe('a required privilege is missing', () => {
  it.each(['listSessions', 'inprog', 'killAnySession'])(
    '%s: exit 77, the action and its grant named, nothing ended',
    async (action) => {
      const alice = await person('alice');
      const cursor = await openCursor(await alice.client());
      const bench = await testBench(
        await reaperUri(everyAction.filter((each) => each !== action)),
        `rules: [{ name: named, when: { users: ['${alice.listed}'] } }]`,
      );
      const { code, stdout, stderr } = await bench.run();
      expect(code).toBe(77);
      expect(stdout).toBe('');
      expect(stderr).toContain(`lacks ${action}`);
      expect(stderr).toContain('grantPrivilegesToRole');
      expect(stderr).toContain(`["${action}"]`);
      expect(await cursor.drain()).toBe(documents);
    },
  );

  it('killAnySession is not asked for by a dry run', async () => {
    const bench = await testBench(
      await reaperUri(['listSessions', 'inprog']),
      `rules: [{ name: named, when: { users: ['nobody@admin'] } }]`,
    );
    expect((await bench.run(['--dry-run'])).code).toBe(0);
  });
});

describe('a recommended privilege is missing', () => {
  it.each([
    ['impersonate', /lacks impersonate: takes killed sessions out of the listing/],
    ['replSetGetConfig', /lacks replSetGetConfig: finds hidden members/],
  ])('%s: a warning says what is lost', async (action, warning) => {
    const bench = await testBench(
      await reaperUri(everyAction.filter((each) => each !== action)),
      `rules: [{ name: named, when: { users: ['nobody@admin'] } }]`,
    );
    const { code, json, stderr } = await bench.run();
    expect(code).toBe(0);
    expect(stderr).toMatch(warning);
    expect(json.deployment.members_complete).toBe(action !== 'replSetGetConfig');
    expect(json.deployment.members).toHaveLength(action === 'replSetGetConfig' ? 3 : 4);
  });
});

describe('reaper role', () => {
  it('prints commands that make an account with which a run ends a session and warns of nothing', async () => {
    const bob = await person('bob');
    const cursor = await openCursor(await bob.client());
    const byRole = `rules: [{ name: named, when: { users: ['${bob.listed}'], roles: ['readWriteAny*@admin'] } }]`;
    const bench = await testBench(uri, byRole);
    const { stdout } = await bench.call(['role', '--policy', bench.policyFile]);

    const made: object[] = [];
    const db = {
      getSiblingDB: () => ({
        createRole: ({ role, ...rest }: { role: string }) => made.push({ createRole: role, ...rest }),
        createUser: ({ user, ...rest }: { user: string }) => made.push({ createUser: user, ...rest }),
      }),
    };
    runInNewContext(stdout, { db, passwordPrompt: () => 'secret' });
    const admin = (await root()).db('admin');
    for (const command of made) {
      await admin.command({ ...command, writeConcern: { w: set.members.length } });
    }

    const asPrinted = await testBench(set.uri('reaper', 'secret'), byRole);
    const { json, stderr } = await asPrinted.run();
    expect(json.sessions.map(({ outcome }) => outcome)).toEqual(['ended']);
    expect(stderr).not.toContain('lacks');
    expect(await cursor.drain()).toBe('CursorNotFound');
  });
});

describe('login', () => {
  it('a wrong password: exit 77, and it is not shown', async () => {
    const bench = await testBench(
      set.uri('reaper-x', 'marked-secret-7'),
      `rules: [{ name: n, when: { users: ['a@b'] } }]`,
    );
    const { code, stderr } = await bench.run();
    expect(code).toBe(77);
    expect(stderr).toContain('refused the login');
    expect(stderr).not.toContain('marked-secret-7');
  });
});
