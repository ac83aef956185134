import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, everyAction, idOf, openCursor, people, type Person } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, untilIdle, close, root } = people(set);
const member = set.members[1]!.address;
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

async function openTransaction(who: Person) {
  const client = await who.client();
  const session = client.startSession();
  session.startTransaction();
  await client.db('test').collection('written').insertOne({ by: who.name }, { session });
  const use = async () => client.db('test').collection('written').findOne({}, { session });
  return { session, use, id: idOf(session) };
}

async function verdictsOf(rule: string, args: readonly string[] = ['--dry-run', '--all']) {
  const bench = await testBench(uri, `rules: [{ name: r, when: { ${rule} } }]`);
  const { json } = await bench.run(args);
  return (id: string) => json.sessions.find(({ lsid }) => lsid.id === id);
}

describe.concurrent('resources held by the idle', () => {
  it('cursor_idle_for names who leaves a cursor unread, not who reads', async () => {
    const alice = await person('alice');
    const client = await alice.client(member);
    const [left, read] = [await openCursor(client), await openCursor(client)];
    await sleep(2200);
    await read.drain();
    const of = await verdictsOf(`users: ['${alice.listed}'], cursor_idle_for: 2s`);
    expect(of(left.id)).toMatchObject({ verdict: 'terminate' });
    expect(of(left.id)?.because).toMatch(/a cursor idle for \d+s, limit 2s/);
    expect(of(read.id)).toMatchObject({ verdict: 'retain' });
  });

  it('transaction_idle_for and transaction_open_for tell a lazy transaction from a slow one', async () => {
    const bob = await person('bob');
    const [lazy, slow] = [await openTransaction(bob), await openTransaction(bob)];
    await sleep(10_500);
    await slow.use();
    const idle = await verdictsOf(`users: ['${bob.listed}'], transaction_idle_for: 10s`);
    expect([lazy, slow].map(({ id }) => idle(id)?.verdict)).toEqual(['terminate', 'retain']);
    const open = await verdictsOf(`users: ['${bob.listed}'], transaction_open_for: 10s`);
    expect([lazy, slow].map(({ id }) => open(id)?.verdict)).toEqual(['terminate', 'terminate']);
    await Promise.all([lazy, slow].map(({ session }) => session.abortTransaction()));
  });

  it('client_gone names what a killed client left behind, and nothing of a living one', async ({
    expect,
  }) => {
    const [carol, dave] = await Promise.all([person('carol'), person('dave')]);
    const alive = await openCursor(await dave.client(member));
    const script = `
      import { MongoClient } from 'mongodb';
      const client = await new MongoClient(${JSON.stringify(carol.memberUri(member))}).connect();
      const session = client.startSession();
      await client.db('test').collection('things').find({}, { session, batchSize: 2 }).next();
      console.log(session.id.id.toUUID().toString());
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = await once(child.stdout, 'data');
    const id = String(printed).trim();
    const when = `users: ['${carol.listed}', '${dave.listed}'], client_gone: true`;

    expect((await verdictsOf(when))(id)).toMatchObject({ verdict: 'retain' });
    child.kill('SIGKILL');
    await once(child, 'close');
    // The server finds out when it does.
    const verdict = async () => (await verdictsOf(when))(id)?.verdict;
    await expect.poll(verdict, { timeout: 20_000 }).toBe('terminate');
    const bench = await testBench(uri, `rules: [{ name: r, when: { ${when} } }]`);
    const { json } = await bench.run(['--all']);
    expect(json.sessions.find(({ lsid }) => lsid.id === id)).toMatchObject({
      verdict: 'terminate',
      outcome: 'ended',
    });
    expect(json.sessions.find(({ lsid }) => lsid.id === alive.id)).toMatchObject({ verdict: 'retain' });
    expect(await alive.drain()).toBe(documents);
  });
});

describe.concurrent('who and from where', () => {
  it('roles: granted or inherited, and unknown without viewUser', async () => {
    const [emma, finn] = await Promise.all([person('emma'), person('finn')]);
    const admin = (await root()).db('admin');
    const writeConcern = { w: set.members.length };
    const inherited = `auditors-${emma.name}`;
    await admin.command({ createRole: inherited, privileges: [], roles: ['clusterMonitor'], writeConcern });
    await admin.command({ grantRolesToUser: emma.name, roles: [inherited], writeConcern });
    const [hers, his] = [await openCursor(await emma.client()), await openCursor(await finn.client())];
    const when = `users: ['${emma.listed}', '${finn.listed}'], roles: ['clusterMon*@admin']`;

    const blind = await verdictsOf(when);
    expect([hers, his].map(({ id }) => blind(id)?.verdict)).toEqual(['indeterminate', 'indeterminate']);

    const viewer = await reaperUri(everyAction, [
      { resource: { db: 'admin', collection: '' }, actions: ['viewUser', 'viewRole'] },
    ]);
    const bench = await testBench(viewer, `rules: [{ name: r, when: { ${when} } }]`);
    const { json } = await bench.run(['--dry-run', '--all']);
    const of = (id: string) => json.sessions.find(({ lsid }) => lsid.id === id)?.verdict;
    expect([hers, his].map(({ id }) => of(id))).toEqual(['terminate', 'retain']);
  });

  it('clients and apps: known while a transaction is open, else indeterminate', async () => {
    const gina = await person('gina');
    const known = await openTransaction(gina);
    const unknown = await openCursor(await gina.client());
    for (const rule of ['clients: [127.0.0.0/8]', 'apps: ["*"]']) {
      const of = await verdictsOf(`users: ['${gina.listed}'], ${rule}`);
      expect(of(unknown.id)).toMatchObject({ verdict: 'indeterminate' });
      if (rule.startsWith('clients')) expect(of(known.id)).toMatchObject({ verdict: 'terminate' });
    }
    const elsewhere = await verdictsOf(`users: ['${gina.listed}'], clients: [10.0.0.0/8]`);
    expect(elsewhere(known.id)).toMatchObject({ verdict: 'retain' });
    await known.session.abortTransaction();
  });
});

describe.concurrent('counted and remembered', () => {
  it('more_than_per_user ends the excess, unused longest first', async () => {
    const hugo = await person('hugo');
    const client = await hugo.client(member);
    const cursors = [];
    for (let count = 0; count < 3; count++) {
      const cursor = await openCursor(client);
      cursors.push(cursor);
      // Listed, so that a later refresh gives the next one a later use.
      await untilIdle(0, cursor.id);
    }
    const bench = await testBench(
      uri,
      `rules: [{ name: r, when: { users: ['${hugo.listed}'], more_than_per_user: 2 } }]`,
    );
    const { json } = await bench.run();
    expect(json.sessions.map(({ lsid }) => lsid.id)).toContain(cursors[0]?.id);
    expect(json.sessions.map(({ lsid }) => lsid.id)).not.toContain(cursors[2]?.id);
    expect(await Promise.all([cursors[0]?.drain(), cursors[2]?.drain()])).toEqual([
      'CursorNotFound',
      documents,
    ]);
  });

  it('older_than counts from the first run that saw the session', async () => {
    const ida = await person('ida');
    const client = await ida.client(member);
    const cursor = await openCursor(client);
    const bench = await testBench(
      uri,
      `rules: [{ name: r, when: { users: ['${ida.listed}'], older_than: 2s } }]`,
    );
    const of = (json: Awaited<ReturnType<typeof bench.run>>['json']) =>
      json.sessions.find(({ lsid }) => lsid.id === cursor.id);

    // As the first run will: it sees the session for the first time.
    expect(of((await bench.run(['--dry-run', '--all'])).json)).toMatchObject({ verdict: 'retain' });
    expect(of((await bench.run(['--all'])).json)).toMatchObject({ verdict: 'retain' });
    await sleep(2200);
    expect(of((await bench.run()).json)).toMatchObject({ verdict: 'terminate', outcome: 'ended' });
    expect(await cursor.drain()).toBe('CursorNotFound');
  });

  it('during and outside go by the server’s clock', async () => {
    const kim = await person('kim');
    const cursor = await openCursor(await kim.client());
    const hour = new Date().getUTCHours();
    const at = (offset: number) => `${String((hour + offset) % 24).padStart(2, '0')}:00`;
    // Open for two hours around now; by this host's clock, were that asked, it would be half a day later.
    const intervals = `time_intervals: { now: [{ times: [{ start_time: '${at(23)}', end_time: '${at(2)}' }] }] }`;
    const halfADayLater = () => new Date(Date.now() + 12 * 3_600_000);
    for (const [key, verdict] of [
      ['during', 'terminate'],
      ['outside', 'retain'],
    ]) {
      const rule = `rules: [{ name: r, when: { users: ['${kim.listed}'], ${key}: now } }]`;
      const bench = await testBench(uri, `${intervals}\n${rule}`);
      const { json } = await bench.run(['--dry-run', '--all'], { clock: halfADayLater });
      expect(json.sessions.find(({ lsid }) => lsid.id === cursor.id)).toMatchObject({ verdict });
    }
  });

  it('any_of and not nest', async () => {
    const jan = await person('jan');
    const cursor = await openCursor(await jan.client());
    const of = await verdictsOf(
      `users: ['${jan.listed}'], any_of: [{ idle_for: 9h }, { not: { idle_for: 8h } }]`,
    );
    expect(of(cursor.id)).toMatchObject({ verdict: 'terminate' });
  });
});
