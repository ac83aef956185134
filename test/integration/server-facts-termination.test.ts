import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Binary, MongoClient, UUID, type Db, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberUri } from '../../src/mongo/uri.ts';
import { documents, errorName, openCursor, people, type OpenCursor, type Person } from '../support/people.ts';
import { sharedReplicaSet } from '../support/shared.ts';

/*
 * What the server does with a kill. The program is built on these; where one of them fails on a new MongoDB,
 * read what relies on it before anything else. No line of reaper is under test here.
 */

const set = sharedReplicaSet();
const { person, reaperUri, collection, close, root } = people(set);
const hidden = set.members.find((member) => member.hidden)!.address;
const opened: MongoClient[] = [];

let primary: string;
let secondary: string;
let alice: Person;
let bob: Person;
let alices: MongoClient;
let bobs: MongoClient;
/** Has killAnySession alone, on the primary. */
let killer: Db;
/** Has what the STIG asks for, on the primary. */
let stig: Db;

beforeAll(async () => {
  await collection();
  primary = (await (await root()).db('admin').command({ hello: 1 }))['primary'];
  secondary = set.members.find(({ address }) => address !== primary && address !== hidden)!.address;
  [alice, bob] = await Promise.all([person('alice'), person('bob')]);
  [alices, bobs, killer, stig] = await Promise.all([
    alice.client(),
    bob.client(),
    account(['killAnySession']),
    account(['killAnySession', 'impersonate']),
  ]);
});
afterAll(async () => {
  await Promise.allSettled([close(), ...opened.map((client) => client.close())]);
});

/** The admin database of one member, for an account with these actions on the cluster. */
async function account(actions: readonly string[], address = primary): Promise<Db> {
  const client = new MongoClient(memberUri(await reaperUri(actions), address, undefined));
  opened.push(client);
  return (await client.connect()).db('admin');
}

const uidOf = (listed: string): Binary => new Binary(createHash('sha256').update(listed, 'utf8').digest());
const lsidOf = (cursor: OpenCursor, owner: Person) => ({
  id: new UUID(cursor.id),
  uid: uidOf(owner.listed),
});

/** One cursor of alice's, one of bob's, both on the primary. */
const aCursorEach = () => Promise.all([openCursor(alices), openCursor(bobs)]);

/** The driver writes a hole as it writes undefined. */
const withHole: unknown[] = [];
withHole.length = 1;

/** Which of the cursors can be read to their end, and what the others' next getMore says. */
const fates = (cursors: readonly OpenCursor[]) => Promise.all(cursors.map((cursor) => cursor.drain()));
const died = 'CursorNotFound';
const lived = documents;

/** The code of the server's refusal, or what it answered. */
const codeOf = (answer: Promise<Document>): Promise<unknown> =>
  answer.then(
    ({ ok }) => `ok: ${ok}`,
    ({ code, message }) => code ?? message,
  );

async function isListed(id: string): Promise<boolean> {
  const rows = (await root())
    .db('config')
    .collection('system.sessions')
    .aggregate([{ $listSessions: { allUsers: true } }, { $match: { '_id.id': new UUID(id) } }]);
  return (await rows.toArray()).length > 0;
}

/** Waits for something that a refresh of the session cache brings about; false if it does not. */
async function comes(what: () => Promise<boolean>, within = 5000): Promise<boolean> {
  for (const end = Date.now() + within; Date.now() < end; await sleep(50)) {
    if (await what()) return true;
  }
  return false;
}

/** Two refreshes and some: after this, what a refresh was to do has been done. */
const refreshes = () => sleep(1500);

describe('T1 the command that the STIG and the manual print', () => {
  const literal = () => ({ killAllSessionsByPattern: [{ users: [{ user: alice.name, db: 'admin' }] }] });

  it('naming alice kills bob’s sessions too', async () => {
    const cursors = await aCursorEach();
    expect(await codeOf(stig.command(literal()))).toBe('ok: 1');
    expect(await fates(cursors)).toEqual([died, died]);
  });

  it('without impersonate is refused with code 13 and kills nobody', async () => {
    const cursors = await aCursorEach();
    expect(await codeOf(killer.command(literal()))).toBe(13);
    expect(await fates(cursors)).toEqual([lived, lived]);
  });
});

describe('T2 a pattern without uid and lsid', () => {
  it.each([
    { what: '[]', patterns: [] },
    { what: '[{}]', patterns: [{}] },
    { what: '[null]', patterns: [null] },
    { what: '[{uid: undefined}], which this driver sends as [{}]', patterns: [{ uid: undefined }] },
    { what: '[{lsid: undefined}], which this driver sends as [{}]', patterns: [{ lsid: undefined }] },
    { what: '[undefined]', patterns: [undefined] },
    { what: 'a list of one hole', patterns: withHole },
  ])('$what kills everybody’s', async ({ patterns }) => {
    const cursors = await aCursorEach();
    expect(await codeOf(killer.command({ killAllSessionsByPattern: patterns }))).toBe('ok: 1');
    expect(await fates(cursors)).toEqual([died, died]);
  });

  it.each([
    { what: '{} kills everybody’s all the same', nothing: {}, fate: [died, died] },
    { what: 'null is passed over', nothing: null, fate: [died, lived] },
    { what: 'undefined is passed over', nothing: undefined, fate: [died, lived] },
  ])('after a right pattern $what', async ({ nothing, fate }) => {
    const cursors = await aCursorEach();
    const patterns = [{ uid: uidOf(alice.listed) }, nothing];
    expect(await codeOf(killer.command({ killAllSessionsByPattern: patterns }))).toBe('ok: 1');
    expect(await fates(cursors)).toEqual(fate);
  });
});

describe('T3 a pattern with a uid', () => {
  it('kills that user’s sessions and no other’s, and needs killAnySession alone', async () => {
    const cursors = [...(await aCursorEach()), await openCursor(alices)];
    const command = { killAllSessionsByPattern: [{ uid: uidOf(alice.listed) }] };
    expect(await codeOf(killer.command(command))).toBe('ok: 1');
    expect(await fates(cursors)).toEqual([died, lived, died]);
  });

  it('without killAnySession is refused with code 13', async () => {
    const nobody = await account(['listSessions']);
    const cursor = await openCursor(alices);
    const command = { killAllSessionsByPattern: [{ uid: uidOf(alice.listed) }] };
    expect(await codeOf(nobody.command(command))).toBe(13);
    expect(await cursor.drain()).toBe(lived);
  });
});

describe('T4 a pattern with an lsid', () => {
  it('{lsid: {id, uid}} kills that session and no other of the same user', async () => {
    const [one, two] = [await openCursor(alices), await openCursor(alices)];
    await killer.command({ killAllSessionsByPattern: [{ lsid: lsidOf(one, alice) }] });
    expect(await fates([one, two])).toEqual([died, lived]);
  });

  it('{lsid: {id}} alone, as the manual has it, is refused with code 40414', async () => {
    const cursor = await openCursor(alices);
    const command = { killAllSessionsByPattern: [{ lsid: { id: new UUID(cursor.id) } }] };
    expect(await codeOf(killer.command(command))).toBe(40414);
    expect(await cursor.drain()).toBe(lived);
  });

  it('with lsid and uid together the uid wins: all of the user’s sessions die', async () => {
    const [one, two] = [await openCursor(alices), await openCursor(alices)];
    const pattern = { lsid: lsidOf(one, alice), uid: uidOf(alice.listed) };
    await killer.command({ killAllSessionsByPattern: [pattern] });
    expect(await fates([one, two])).toEqual([died, died]);
  });

  it('an lsid with another user’s uid kills nothing: both halves name a session', async () => {
    const cursor = await openCursor(alices);
    await killer.command({ killAllSessionsByPattern: [{ lsid: lsidOf(cursor, bob) }] });
    expect(await cursor.drain()).toBe(lived);
  });
});

describe('T5 the uid', () => {
  it.each([
    { what: 'at signs', name: 'a@b@c', db: 'admin' },
    { what: 'a database with an at sign', name: 'dot.ted', db: 'db@x' },
    { what: 'non-ASCII letters', name: 'Łucja-日本-é', db: 'admin' },
    { what: 'spaces and quotes', name: ` o'neill "the" boss `, db: 'admin' },
  ])('is SHA-256 of the UTF-8 text user@db: a name with $what', async ({ name, db }) => {
    const odd = await person(name, { db });
    const cursor = await openCursor(await odd.client());
    const [row] = await (
      await root()
    )
      .db('admin')
      .aggregate([
        { $currentOp: { allUsers: true, idleCursors: true } },
        { $match: { 'lsid.id': new UUID(cursor.id) } },
      ])
      .toArray();
    expect(row?.['lsid'].uid.toString('base64')).toBe(uidOf(`${odd.name}@${db}`).toString('base64'));
  });
});

describe('T7 a kill', () => {
  it('ends cursors on the member that receives it and on no other', async () => {
    const [here, there] = [await openCursor(alices), await openCursor(await alice.client(secondary))];
    await killer.command({ killAllSessionsByPattern: [{ uid: uidOf(alice.listed) }] });
    expect(await fates([here, there])).toEqual([died, lived]);
  });

  it('reaches a hidden member, which hello does not show and replSetGetConfig does', async () => {
    const [cursor, another] = [
      await openCursor(await alice.client(hidden)),
      await openCursor(await bob.client(hidden)),
    ];
    const admin = await account(['killAnySession', 'replSetGetConfig'], hidden);
    const { hosts, passives = [] } = await admin.command({ hello: 1 });
    const { config } = await admin.command({ replSetGetConfig: 1 });
    await admin.command({ killAllSessionsByPattern: [{ uid: uidOf(alice.listed) }] });

    expect([...hosts, ...passives]).not.toContain(hidden);
    expect(config.members.map(({ host }: { host: string }) => host)).toContain(hidden);
    expect(await fates([cursor, another])).toEqual([died, lived]);
  });

  it('of replSetGetConfig: without the action of that name it is refused with code 13', async () => {
    expect(await codeOf(killer.command({ replSetGetConfig: 1 }))).toBe(13);
  });
});

describe('T9 a killed session', () => {
  it('stays listed and can be used again', async () => {
    const cursor = await openCursor(alices);
    expect(await comes(() => isListed(cursor.id))).toBe(true);
    await killer.command({ killAllSessionsByPattern: [{ lsid: lsidOf(cursor, alice) }] });
    await refreshes();
    expect(await isListed(cursor.id)).toBe(true);
    const things = alices.db('test').collection('things');
    expect(await things.countDocuments({}, { session: cursor.session })).toBe(documents);
  });

  it('that never existed is answered with ok: 1 all the same', async () => {
    const lsid = { id: new UUID(), uid: uidOf('nobody@nowhere') };
    expect(await codeOf(killer.command({ killAllSessionsByPattern: [{ lsid }] }))).toBe('ok: 1');
    expect(await codeOf(killer.command({ killAllSessionsByPattern: [{ uid: lsid.uid }] }))).toBe('ok: 1');
  });
});

describe('T10 endSessions of another user’s session', () => {
  it('with impersonate: at a refresh it leaves the listing and its cursor closes; the user’s others stay', async () => {
    const [ended, other] = [await openCursor(alices), await openCursor(alices)];
    expect(await comes(() => isListed(ended.id))).toBe(true);
    expect(await codeOf(stig.command({ endSessions: [lsidOf(ended, alice)] }))).toBe('ok: 1');
    expect(await comes(async () => !(await isListed(ended.id)))).toBe(true);
    expect(await isListed(other.id)).toBe(true);
    expect(await fates([ended, other])).toEqual([died, lived]);
  });

  it('without impersonate is refused with code 13', async () => {
    const cursor = await openCursor(alices);
    expect(await codeOf(killer.command({ endSessions: [lsidOf(cursor, alice)] }))).toBe(13);
    await refreshes();
    expect(await isListed(cursor.id)).toBe(true);
    expect(await cursor.drain()).toBe(lived);
  });

  it('by {id} alone does nothing to it, nor does killSessions: that is the caller’s own session', async () => {
    const cursor = await openCursor(alices);
    const id = { id: new UUID(cursor.id) };
    expect(await codeOf(stig.command({ endSessions: [id] }))).toBe('ok: 1');
    expect(await codeOf(stig.command({ killSessions: [id] }))).toBe('ok: 1');
    await refreshes();
    expect(await isListed(cursor.id)).toBe(true);
    expect(await cursor.drain()).toBe(lived);
  });
});

describe('T11 a session that was killed and ended', () => {
  it('is listed again once its client uses it again', async () => {
    const cursor = await openCursor(alices);
    expect(await comes(() => isListed(cursor.id))).toBe(true);
    await stig.command({ killAllSessionsByPattern: [{ lsid: lsidOf(cursor, alice) }] });
    await stig.command({ endSessions: [lsidOf(cursor, alice)] });
    expect(await comes(async () => !(await isListed(cursor.id)))).toBe(true);
    await alices.db('test').collection('things').findOne({}, { session: cursor.session });
    expect(await comes(() => isListed(cursor.id))).toBe(true);
  });
});

describe('T13 the comment of a kill', () => {
  it('is in the server’s log, with the caller and the whole command, as 558701; the cursor it closed as 20528', async () => {
    const session = alices.startSession();
    const cursor = alices.db('test').collection('things').find({}, { session, batchSize: 2 });
    await cursor.next();
    const lsid = { id: session.id!.id.toUUID(), uid: uidOf(alice.listed) };
    const marker = `fact ${String(lsid.id)}`;
    await killer.command({ killAllSessionsByPattern: [{ lsid }], comment: { marker } });

    const log: string[] = (await (await root()).db('admin').command({ getLog: 'global' }))['log'];
    const kill = JSON.parse(
      log.find((line) => line.includes('"id":558701') && line.includes(marker)) ?? '{}',
    );
    expect(kill).toMatchObject({
      attr: {
        user: [{ user: expect.stringMatching(/^reaper-/), db: 'admin' }],
        command: {
          killAllSessionsByPattern: [
            {
              lsid: {
                id: { $uuid: String(lsid.id) },
                uid: { $binary: { base64: lsid.uid.toString('base64') } },
              },
            },
          ],
          comment: { marker },
        },
      },
    });
    // As text: the number has more digits than JSON.parse keeps.
    expect(
      log.filter((line) => line.includes('"id":20528') && line.includes(`"cursorId":${String(cursor.id)}`)),
    ).toHaveLength(1);
  });
});

describe('T14 one command', () => {
  it('takes 70,000 lsid patterns', async () => {
    const uid = uidOf('nobody@nowhere');
    const patterns = Array.from({ length: 70_000 }, () => ({ lsid: { id: new UUID(), uid } }));
    expect(await codeOf(killer.command({ killAllSessionsByPattern: patterns }))).toBe('ok: 1');
    expect(await codeOf(stig.command({ endSessions: patterns.map(({ lsid }) => lsid) }))).toBe('ok: 1');
  });
});

describe('T16 the owner’s client', () => {
  const things = () => alices.db('test').collection('things');
  const killAlice = () => killer.command({ killAllSessionsByPattern: [{ uid: uidOf(alice.listed) }] });
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error) => ({ name: errorName(error), code: error.code }),
    );

  it('sees Interrupted (11601) of a running operation, and goes on with new ones', async () => {
    const marker = new UUID().toString();
    const slow = failure(things().find({ $where: 'sleep(50); return true' }, { comment: marker }).toArray());
    const runs = async () =>
      (
        await (
          await root()
        )
          .db('admin')
          .aggregate([{ $currentOp: { allUsers: true } }, { $match: { 'command.comment': marker } }])
          .toArray()
      ).length > 0;
    expect(await comes(runs)).toBe(true);
    await killAlice();
    expect(await slow).toEqual({ name: 'Interrupted', code: 11601 });
    expect(await things().countDocuments()).toBe(documents);
  });

  it('sees CursorNotFound (43) at the next getMore', async () => {
    const cursor = things().find({}, { batchSize: 2 });
    await cursor.next();
    await killAlice();
    expect(await failure(cursor.toArray())).toEqual({ name: 'CursorNotFound', code: 43 });
  });

  it('sees NoSuchTransaction (251) at the transaction’s next command', async () => {
    const session = alices.startSession();
    session.startTransaction();
    await things().findOne({}, { session });
    await killAlice();
    expect(await failure(things().findOne({}, { session }))).toEqual({
      name: 'NoSuchTransaction',
      code: 251,
    });
    await session.endSession();
  });
});

describe('T17 endSessions', () => {
  it('at the refresh also closes what was opened under that lsid after the command', async () => {
    // A refresh may come between the command and the cursor; then the cursor lives, and it is tried again.
    const fate = async (): Promise<string> => {
      const { session, id } = await openCursor(alices);
      const cursor = alices.db('test').collection('things').find({}, { session, batchSize: 1 });
      await stig.command({ endSessions: [{ id: new UUID(id), uid: uidOf(alice.listed) }] });
      try {
        for (const end = Date.now() + 1500; Date.now() < end; await sleep(50)) await cursor.next();
        await cursor.close();
        return 'lived';
      } catch (error) {
        return errorName(error);
      }
    };
    let seen = 'lived';
    for (let tries = 0; tries < 8 && seen === 'lived'; tries += 1) seen = await fate();
    expect(['CursorNotFound', 'CursorKilled']).toContain(seen);
  });
});
