import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Binary, MongoClient, UUID, type Db, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberUri } from '../../src/mongo/uri.ts';
import { errorName, idOf, openCursor, people, type Person } from '../support/people.ts';
import { sharedReplicaSet } from '../support/shared.ts';

/*
 * What the server shows of sessions. The program is built on these; where one of them fails on a new MongoDB,
 * read what relies on it before anything else. No line of reaper is under test here.
 */

const set = sharedReplicaSet();
const { person, reaperUri, collection, close, root } = people(set);
const opened: MongoClient[] = [];

let primary: string;
let alice: Person;
let alices: MongoClient;
/** Has listSessions alone, on the primary. */
let lister: MongoClient;

beforeAll(async () => {
  await collection();
  primary = (await (await root()).db('admin').command({ hello: 1 }))['primary'];
  alice = await person('alice');
  [alices, lister] = await Promise.all([alice.client(), account(['listSessions'])]);
});
afterAll(async () => {
  await Promise.allSettled([close(), ...opened.map((client) => client.close())]);
});

/** A client of one member, by default for an account with these actions on the cluster. */
async function account(actions: readonly string[], address = primary): Promise<MongoClient> {
  return open(memberUri(await reaperUri(actions), address, undefined));
}

async function open(uri: string): Promise<MongoClient> {
  const client = new MongoClient(uri);
  opened.push(client);
  return client.connect();
}

const uidOf = (listed: string): string => createHash('sha256').update(listed, 'utf8').digest('base64');
const things = (client: MongoClient) => client.db('test').collection('things');

/** The rows of `config.system.sessions` for one session, or all. */
const flushed = (id?: string): Promise<Document[]> =>
  lister
    .db('config')
    .collection('system.sessions')
    .aggregate([{ $listSessions: { allUsers: true } }, ...only('_id.id', id)])
    .toArray();

/** The rows of one member's own list. */
const local = (client: MongoClient, id?: string): Promise<Document[]> =>
  client
    .db('config')
    .aggregate([{ $listLocalSessions: { allUsers: true } }, ...only('_id.id', id)])
    .toArray();

/** What root sees on the primary. */
const shown = async (match: Document): Promise<Document[]> =>
  (await root())
    .db('admin')
    .aggregate([
      { $currentOp: { allUsers: true, idleSessions: true, idleCursors: true, idleConnections: true } },
      { $match: match },
    ])
    .toArray();

function only(field: string, id: string | undefined): Document[] {
  return id === undefined ? [] : [{ $match: { [field]: new UUID(id) } }];
}

/** Waits until there is something to see; an empty list if it never comes. */
async function soon(look: () => Promise<Document[]>, within = 5000): Promise<Document[]> {
  for (const end = Date.now() + within; Date.now() < end; await sleep(50)) {
    const rows = await look();
    if (rows.length > 0) return rows;
  }
  return [];
}

const codeOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'ok',
    ({ code, message }) => code ?? message,
  );

describe('L1 $listSessions', () => {
  it('gives each session’s id, uid, lastUse and user {name}, and needs listSessions alone', async () => {
    const { id } = await openCursor(alices);
    const [row] = await soon(() => flushed(id));
    expect(row).toEqual({
      _id: { id: new UUID(id), uid: expect.any(Binary) },
      lastUse: expect.any(Date),
      user: { name: alice.listed },
    });
    expect(row?.['_id'].uid).toMatchObject({ sub_type: 0, position: 32 });
    expect(row?.['_id'].uid.toString('base64')).toBe(uidOf(alice.listed));
  });

  it('without listSessions is refused with code 13', async () => {
    const sessions = (await account(['inprog'])).db('config').collection('system.sessions');
    expect(await codeOf(sessions.aggregate([{ $listSessions: { allUsers: true } }]).toArray())).toBe(13);
  });
});

describe('L2 a new session', () => {
  it('is in its member’s own list at once, with user as plain text, and in the collection after a refresh, with the refresh’s time', async () => {
    // A refresh may come between use and look; then it is tried again.
    const seen: { used: Date; stamped: Date; user: unknown }[] = [];
    for (let tries = 0; tries < 10 && seen.length < 3; tries += 1) {
      const session = alices.startSession();
      await things(alices).findOne({}, { session });
      const [[here], [there]] = [await local(lister, idOf(session)), await flushed(idOf(session))];
      if (here === undefined || there !== undefined) continue;
      const [row] = await soon(() => flushed(idOf(session)));
      seen.push({ used: here['lastUse'], stamped: row?.['lastUse'], user: here['user'] });
    }
    expect(seen).toHaveLength(3);
    expect(seen.map(({ user }) => user)).toEqual(seen.map(() => alice.listed));
    expect(seen.filter(({ used, stamped }) => stamped < used)).toEqual([]);
    expect(seen.some(({ used, stamped }) => stamped > used)).toBe(true);
  });

  it('is in no other member’s own list', async () => {
    const other = set.members.find(({ address }) => address !== primary)!.address;
    const elsewhere = await account(['listSessions'], other);
    let here = 0;
    for (let tries = 0; tries < 5; tries += 1) {
      const { id } = await openCursor(alices);
      here += (await local(lister, id)).length;
      expect(await local(elsewhere, id)).toEqual([]);
    }
    expect(here).toBeGreaterThan(0);
  });
});

describe('L3 a record that a refresh writes because an operation is running', () => {
  it('has no user; its uid is the owner’s all the same', async () => {
    const client = await alice.client(set.members.find(({ address }) => address !== primary)!.address);
    const session = client.startSession();
    const running = things(client).find({ $where: 'sleep(10); return true' }, { session }).toArray();
    const [row] = await soon(() => flushed(idOf(session)));
    expect(row).not.toHaveProperty('user');
    expect(row?.['_id'].uid.toString('base64')).toBe(uidOf(alice.listed));
    await running;
  });
});

describe('what needs no privilege', () => {
  let anonymous: Db;
  beforeAll(async () => {
    anonymous = (await open(`mongodb://${primary}/?directConnection=true`)).db('admin');
  });

  it('L6 hello.logicalSessionTimeoutMinutes is the parameter localLogicalSessionTimeoutMinutes', async () => {
    const { logicalSessionTimeoutMinutes } = await anonymous.command({ hello: 1 });
    const { localLogicalSessionTimeoutMinutes } = await (
      await root()
    )
      .db('admin')
      .command({ getParameter: 1, localLogicalSessionTimeoutMinutes: 1 });
    expect(logicalSessionTimeoutMinutes).toBe(localLogicalSessionTimeoutMinutes);
    expect(logicalSessionTimeoutMinutes).toBe(30);
  });

  it('L8 hello.localTime is the clock that lastUse is stamped with', async () => {
    const { localTime: before } = await anonymous.command({ hello: 1 });
    const session = alices.startSession();
    await things(alices).findOne({}, { session });
    const [row] = await soon(() => flushed(idOf(session)));
    const { localTime: after } = await anonymous.command({ hello: 1 });
    expect(before).toBeInstanceOf(Date);
    expect(row?.['lastUse'].getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(row?.['lastUse'].getTime()).toBeLessThanOrEqual(after.getTime());
  });

  it('L9 connectionStatus tells a caller who it is and what it may do on the cluster', async () => {
    const status = async (db: Db) =>
      (await db.command({ connectionStatus: 1, showPrivileges: true }))['authInfo'];
    const { authenticatedUsers, authenticatedUserPrivileges } = await status(lister.db('admin'));
    expect(authenticatedUsers).toEqual([{ user: expect.stringMatching(/^reaper-/), db: 'admin' }]);
    expect(authenticatedUserPrivileges).toContainEqual({
      resource: { cluster: true },
      actions: ['listSessions'],
    });
    expect(await status(anonymous)).toMatchObject({ authenticatedUsers: [] });
  });
});

describe('L7 $currentOp', () => {
  it('without inprog is refused with code 13, even to one who may list sessions', async () => {
    const look = lister.db('admin').aggregate([{ $currentOp: { allUsers: true } }]);
    expect(await codeOf(look.toArray())).toBe(13);
  });

  it('gives an idle cursor its lastAccessDate and an open transaction its timeInactiveMicros, by lsid', async () => {
    const { id } = await openCursor(alices);
    const session = alices.startSession();
    session.startTransaction();
    await things(alices).findOne({}, { session });
    const lsid = (sessionId: string) => ({ 'lsid.id': new UUID(sessionId) });
    const inTransaction = await shown(lsid(idOf(session)));
    await session.abortTransaction();

    expect(await shown(lsid(id))).toMatchObject([
      { type: 'idleCursor', cursor: { lastAccessDate: expect.any(Date) } },
    ]);
    expect(inTransaction).toMatchObject([
      {
        type: 'idleSession',
        transaction: { timeInactiveMicros: expect.anything(), parameters: { autocommit: false } },
      },
    ]);
  });

  it('an open cursor that nobody reads does not renew lastUse', async () => {
    const { id } = await openCursor(alices);
    const [first] = await soon(() => flushed(id));
    await sleep(1500);
    const [later] = await flushed(id);
    expect(later?.['lastUse']).toEqual(first?.['lastUse']);
  });
});

describe('L13 the list', () => {
  it('holds the caller’s own session like anyone else’s', async () => {
    const { authInfo } = await lister.db('admin').command({ connectionStatus: 1 });
    const [{ user, db }] = authInfo.authenticatedUsers;
    const lists = async (name: string) => [
      ...(await flushed()).filter((row) => row['user']?.name === name),
      ...(await local(lister)).filter((row) => row['user'] === name),
    ];
    expect((await soon(() => lists(`${user}@${db}`))).length).toBeGreaterThan(0);
  });
});

describe('L14 what $currentOp knows of the client', () => {
  it('an operation and a transaction carry client, connectionId and appName, an idle cursor only its lsid and dates', async () => {
    const client = await open(`${set.uri(alice.name, 'a p@ss/word:%')}&appName=ledger`);
    const [running, transacting, reading] = [
      client.startSession(),
      client.startSession(),
      client.startSession(),
    ];
    const slow = things(client)
      .find({ $where: 'sleep(5); return true' }, { session: running })
      .toArray()
      .catch(errorName);
    transacting.startTransaction();
    await things(client).findOne({}, { session: transacting });
    await things(client).find({}, { session: reading, batchSize: 2 }).next();

    const who = {
      client: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      connectionId: expect.any(Number),
      appName: 'ledger',
    };
    const of = (session: typeof running) => shown({ 'lsid.id': new UUID(idOf(session)) });
    expect(await soon(() => of(running))).toMatchObject([{ type: 'op', active: true, ...who }]);
    expect(await of(transacting)).toMatchObject([{ type: 'idleSession', ...who }]);
    const [cursor] = await of(reading);
    expect(cursor).toMatchObject({ type: 'idleCursor' });
    for (const key of Object.keys(who)) expect(cursor).not.toHaveProperty(key);
    await slow;
    await transacting.abortTransaction();
  });

  it('a client killed by the system leaves its cursor and transaction behind, while its connections go', async () => {
    const doomed = spawn(process.execPath, ['--input-type=module', '--eval', doomedClient], {
      env: { ...process.env, DOOMED_URI: `${set.uri(alice.name, 'a p@ss/word:%')}&appName=doomed` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(doomed.stdout, 'data');
    const ids: string[] = JSON.parse(String(line));
    const left = async () =>
      (await shown({ 'lsid.id': { $in: ids.map((id) => new UUID(id)) } })).map(({ type }) => type).sort();
    const connections = () => shown({ appName: 'doomed', type: 'op' });
    expect(await left()).toEqual(['idleCursor', 'idleSession']);
    expect((await connections()).length).toBeGreaterThan(0);

    const dead = once(doomed, 'exit');
    doomed.kill('SIGKILL');
    await dead;
    const gone = async () => ((await connections()).length === 0 ? [{}] : []);
    expect(await soon(gone)).toHaveLength(1);
    expect(await left()).toEqual(['idleCursor', 'idleSession']);
  });
});

/** Opens a cursor and a transaction in two sessions, says their ids, and waits. */
const doomedClient = `
import { MongoClient } from 'mongodb';
const client = await new MongoClient(process.env.DOOMED_URI).connect();
const things = client.db('test').collection('things');
const [reading, writing] = [client.startSession(), client.startSession()];
await things.find({}, { session: reading, batchSize: 2 }).next();
writing.startTransaction();
await things.findOne({}, { session: writing });
console.log(JSON.stringify([reading, writing].map(({ id }) => id.id.toUUID().toString())));
setInterval(() => {}, 1000);
`;
