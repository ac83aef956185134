import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { MongoClient, UUID } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/mongo/deployment.ts';
import { look } from '../../src/mongo/look.ts';
import { rememberingUidOf } from '../../src/mongo/uid.ts';
import { listJson } from '../../src/report/list.ts';
import { takeSnapshot } from '../../src/snapshot.ts';
import type { Deployment } from '../support/deployment-access.ts';
import { startStandalone } from '../support/deployment.ts';
import { documents, everyAction, openCursor, people, type OpenCursor } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';

let closed: Deployment;
let open: Deployment;

beforeAll(async () => {
  [closed, open] = await Promise.all([startStandalone(), startStandalone({ auth: false })]);
});
afterAll(async () => {
  await Promise.all([closed?.stop(), open?.stop()]);
});

describe('a standalone server', () => {
  let folk: ReturnType<typeof people>;
  let uri: string;
  beforeAll(async () => {
    folk = people(closed);
    await folk.collection();
    uri = await folk.reaperUri(everyAction);
  });
  afterAll(() => folk?.close());

  it('list shows whose session holds a cursor', async () => {
    const alice = await folk.person('alice');
    const { id } = await openCursor(await alice.client());
    const bench = await testBench(uri, '');
    const { code, stdout } = await bench.call(['list', '--json']);
    expect(code).toBe(0);
    const mine = listJson.parse(JSON.parse(stdout)).sessions.find(({ lsid }) => lsid.id === id);
    expect(mine).toMatchObject({ user: alice.listed, holds: { cursors: 1 } });
  });

  it('is logged in to once by a dry run', async () => {
    const bench = await testBench(uri, 'rules: [{ name: idle, when: { idle_for: 2h } }]');
    const opened: string[] = [];
    const { code } = await bench.run(['--dry-run'], {
      onClient: (client) => client.on('connectionCreated', ({ address }) => opened.push(address)),
    });
    expect(code).toBe(0);
    expect(opened).toEqual([closed.members[0]!.address]);
  });

  it('run ends one user’s cursor and nobody else’s', async () => {
    const [bob, carol] = await Promise.all([folk.person('bob'), folk.person('carol')]);
    const [his, hers] = [await openCursor(await bob.client()), await openCursor(await carol.client())];
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${bob.listed}'] } }]`);
    const { code, json } = await bench.run();

    expect(code).toBe(0);
    expect(json.deployment).toMatchObject({
      topology: 'standalone',
      members: [{ address: closed.members[0]!.address, role: 'standalone', ok: true }],
      members_complete: true,
    });
    expect(json.sessions.find(({ lsid }) => lsid.id === his.id)).toMatchObject({
      user: bob.listed,
      outcome: 'ended',
      members: [{ ok: true }],
    });
    expect(json.sessions.filter(({ user }) => user !== bob.listed)).toEqual([]);
    expect(await his.drain()).toBe('CursorNotFound');
    expect(await hers.drain()).toBe(documents);
  });
});

describe('a server without access control', () => {
  // Would end every session that there is.
  const everybody = `rules: [{ name: all, when: { not_users: ['nobody@nowhere'], idle_for: 1s }, terminate: user }]
end_sessions: false`;
  let client: MongoClient;
  let cursor: OpenCursor;
  beforeAll(async () => {
    client = await new MongoClient(open.uri()).connect();
    const rows = Array.from({ length: documents }, (_, at) => ({ at }));
    await client.db('test').collection('things').insertMany(rows);
    await client.db('admin').command({ createUser: 'dba', pwd: 'secret', roles: ['root'] });
  });
  beforeEach(async () => {
    cursor = await openCursor(client);
  });
  afterAll(() => client?.close());

  it.each([
    { what: 'list', args: ['list'] },
    { what: 'list --json', args: ['list', '--json'] },
    { what: 'run', args: ['run'] },
    { what: 'run --dry-run', args: ['run', '--dry-run'] },
    { what: 'check', args: ['check'] },
  ])('is refused by $what with exit 77 and the reason; nothing is ended', async ({ args }) => {
    const bench = await testBench(open.uri(), everybody);
    const [command = '', ...rest] = args;
    const policy = command === 'list' ? [] : ['--policy', bench.policyFile];
    const state = command === 'run' ? ['--state-dir', bench.stateDir] : [];
    const { code, stdout, stderr } = await bench.call([command, ...policy, ...state, ...rest]);

    expect(code).toBe(77);
    expect(stdout).toBe('');
    expect(stderr).toContain('without access control');
    expect(await cursor.drain()).toBe(documents);
  });

  it('leaves no record of a dry run either', async () => {
    const bench = await testBench(open.uri(), everybody);
    expect((await bench.run(['--dry-run'])).code).toBe(77);
    await expect(access(bench.stateDir)).rejects.toThrow('ENOENT');
  });

  it('L4 gives every session the uid of the empty name and no user, even where the client has logged in', async () => {
    const dba = await new MongoClient(open.uri('dba', 'secret')).connect();
    const session = dba.startSession();
    const [operation] = await dba
      .db('admin')
      .aggregate(
        [{ $currentOp: { allUsers: false } }, { $match: { 'lsid.id': new UUID(session.id!.id.buffer) } }],
        { session },
      )
      .toArray();
    const { authInfo } = await dba.db('admin').command({ connectionStatus: 1 });
    await dba.close();

    const ofNobody = createHash('sha256').update('').digest('base64');
    expect(authInfo.authenticatedUsers).toEqual([{ user: 'dba', db: 'admin' }]);
    expect(operation?.['lsid'].uid.toString('base64')).toBe(ofNobody);
    const sessions = client.db('config').collection('system.sessions');
    const listed = () => sessions.aggregate([{ $listSessions: { allUsers: true } }]).toArray();
    await expect.poll(async () => (await listed()).length, { timeout: 5000 }).toBeGreaterThan(0);
    const rows = await listed();
    expect(new Set(rows.map(({ _id }) => _id.uid.toString('base64')))).toEqual(new Set([ofNobody]));
    expect(rows.filter((row) => row['user']?.name)).toEqual([]);
  });

  it.each([{ credentials: [] }, { credentials: ['dba', 'secret'] }])(
    'can be looked at with allowNoAuth: whose a session is stays unknown ($credentials)',
    async ({ credentials }) => {
      await using deployment = await connect({ uri: open.uri(...credentials), allowNoAuth: true });
      const { sessions, silentMembers } = takeSnapshot(await look(deployment), rememberingUidOf());

      expect(deployment.account.accessControl).toBe(false);
      expect(silentMembers).toEqual([]);
      const mine = sessions.find(({ lsid }) => lsid.id === cursor.id);
      expect(mine).toMatchObject({ user: undefined, holds: { cursors: 1 } });
      expect(deployment.account.actions).not.toContain('killAnySession');
    },
  );

  it('allowNoAuth is no way into a server with access control', async () => {
    await expect(connect({ uri: closed.uri(''), allowNoAuth: true })).rejects.toMatchObject({
      code: 'no-access-control',
    });
  });

  it('is refused also where the connection string names a user, whom such a server lets log in', async () => {
    const bench = await testBench(open.uri('dba', 'secret'), everybody);
    const { code, stderr } = await bench.run(['--dry-run']);
    expect(code).toBe(77);
    expect(stderr).toContain('without access control');
  });
});
