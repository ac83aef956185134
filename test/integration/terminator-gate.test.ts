import fc from 'fast-check';
import { BSON, MongoClient, type CommandStartedEvent, type Document } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ReaperError } from '../../src/errors.ts';
import { endSessions, killSessions } from '../../src/mongo/terminate-sessions.ts';
import { memberUri } from '../../src/mongo/uri.ts';
import { lsidOf, uidOf } from '../support/builders.ts';
import { people } from '../support/people.ts';
import { sharedReplicaSet } from '../support/shared.ts';

/*
 * The types make a wrong pattern inexpressible. This is for what types do not see: whatever is forced past
 * them at run time must not reach a server, where it would end everybody's sessions (T1, T2, T4).
 */

const set = sharedReplicaSet();
const { reaperUri, root, close } = people(set);
const sent: Document[] = [];
let client: MongoClient;

beforeAll(async () => {
  const primary: string = (await (await root()).db('admin').command({ hello: 1 }))['primary'];
  const uri = memberUri(await reaperUri(['killAnySession', 'impersonate']), primary, undefined);
  client = new MongoClient(uri, { monitorCommands: true });
  client.on('commandStarted', ({ commandName, command }: CommandStartedEvent) => {
    if (commandName in patternFields) sent.push(asOnTheWire(command));
  });
  await client.connect();
});
afterEach(() => {
  sent.length = 0;
});
afterAll(async () => {
  await Promise.allSettled([client.close(), close()]);
});

const comment = { run: 'gate' };
const patternFields = { killAllSessionsByPattern: true, endSessions: true };

/** The command as the server reads it: BSON has no `undefined`. */
function asOnTheWire(command: Document): Document {
  return BSON.deserialize(BSON.serialize(command));
}

const alice = uidOf('alice@admin');
const bob = uidOf('bob@admin');
const whole = lsidOf(1);
const bobs = lsidOf(2, 'bob@admin');

/** 44 characters, and decodes to 32 bytes, but its last character carries bits that no encoder writes. */
const uncanonical = `${alice.slice(0, 42)}${nextCharacter(alice[42]!)}=`;

function nextCharacter(character: string): string {
  const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return base64[base64.indexOf(character) + 1]!;
}

/** A list with a hole in it, that `every` and `map` pass over. */
function withHole(...items: unknown[]): unknown[] {
  const list = [...items];
  list.length += 1;
  return list;
}

const noLsids = [
  { what: 'undefined', lsids: undefined },
  { what: 'null', lsids: null },
  { what: 'an empty list', lsids: [] },
  { what: 'an object', lsids: {} },
  { what: 'a text', lsids: whole.id },
  { what: 'an lsid without uid', lsids: [{ id: whole.id }] },
  { what: 'an lsid without id', lsids: [{ uid: alice }] },
  { what: 'an lsid with undefined uid', lsids: [{ id: whole.id, uid: undefined }] },
  { what: 'an lsid with undefined id', lsids: [{ id: undefined, uid: alice }] },
  { what: 'an lsid with an empty uid', lsids: [{ id: whole.id, uid: '' }] },
  { what: 'an lsid whose id is no UUID', lsids: [{ id: 'alice', uid: alice }] },
  { what: 'an lsid whose uid is not canonical', lsids: [{ id: whole.id, uid: uncanonical }] },
  { what: 'an lsid in another lsid', lsids: [{ lsid: whole }] },
  { what: 'an empty object', lsids: [{}] },
  { what: 'null in the list', lsids: [null] },
  { what: 'undefined in the list', lsids: [undefined] },
  { what: 'a list of one hole', lsids: withHole() },
  { what: 'a hole after a right lsid', lsids: withHole(whole) },
  { what: 'a wrong lsid after a right one', lsids: [whole, { id: whole.id }] },
  {
    what: 'a wrong lsid after as many right ones as one command takes',
    lsids: [...Array.from({ length: 70_000 }, () => whole), {}],
  },
  {
    what: 'a hole after as many right lsids as one command takes',
    lsids: withHole(...Array.from({ length: 70_000 }, () => whole)),
  },
];

const noTargets = [
  { what: 'undefined', target: undefined },
  { what: 'null', target: null },
  { what: 'an empty object', target: {} },
  { what: 'a text', target: alice },
  { what: 'by user, uid missing', target: { by: 'user' } },
  { what: 'by user, uid undefined', target: { by: 'user', uid: undefined } },
  { what: 'by user, uid null', target: { by: 'user', uid: null } },
  { what: 'by user, uid empty', target: { by: 'user', uid: '' } },
  { what: 'by user, uid of 31 bytes', target: { by: 'user', uid: Buffer.alloc(31).toString('base64') } },
  { what: 'by user, uid of 33 bytes', target: { by: 'user', uid: Buffer.alloc(33).toString('base64') } },
  { what: 'by user, uid in hex', target: { by: 'user', uid: Buffer.alloc(32).toString('hex') } },
  { what: 'by user, uid not canonical', target: { by: 'user', uid: uncanonical } },
  { what: 'by user, uid with a line end', target: { by: 'user', uid: `${alice}\n` } },
  { what: 'by user, uid in a list', target: { by: 'user', uid: [alice] } },
  { what: 'by user, a name', target: { by: 'user', user: 'alice@admin' } },
  { what: 'by user, a name as uid', target: { by: 'user', uid: 'alice@admin' } },
  {
    what: 'by users, as the STIG prints it',
    target: { by: 'users', users: [{ user: 'alice', db: 'admin' }] },
  },
  { what: 'by users, with a right uid', target: { by: 'users', uid: alice } },
  { what: 'by missing, uid right', target: { uid: alice } },
  { what: 'by missing, lsids right', target: { lsids: [whole] } },
  { what: 'by unknown, lsids right', target: { by: 'session', lsids: [whole] } },
  ...noLsids.map(({ what, lsids }) => ({ what: `by sessions, ${what}`, target: { by: 'sessions', lsids } })),
];

/** The code of what was thrown, or what was answered. */
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (answer) => answer,
    (error: unknown) => (error instanceof ReaperError ? error.code : error),
  );

describe('killSessions throws unsafe-pattern and sends nothing', () => {
  it.each(noTargets)('$what', async ({ target }) => {
    expect(await thrownBy(killSessions(client, target as never, comment))).toBe('unsafe-pattern');
    expect(sent).toEqual([]);
  });
});

describe('endSessions throws unsafe-pattern and sends nothing', () => {
  it.each(noLsids)('$what', async ({ lsids }) => {
    expect(await thrownBy(endSessions(client, lsids as never, comment))).toBe('unsafe-pattern');
    expect(sent).toEqual([]);
  });
});

describe('a right target is sent exactly', () => {
  const onTheWire = ({ id, uid }: typeof whole) => ({
    id: new BSON.UUID(id),
    uid: BSON.Binary.createFromBase64(uid, 0),
  });

  it('by user: [{uid}]', async () => {
    expect(await killSessions(client, { by: 'user', uid: alice }, comment)).toEqual({ kind: 'done' });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.['killAllSessionsByPattern']).toEqual([{ uid: BSON.Binary.createFromBase64(alice, 0) }]);
    expect(sent[0]).toMatchObject({ comment, $db: 'admin' });
  });

  it('by sessions: [{lsid: {id, uid}}, …]', async () => {
    expect(await killSessions(client, { by: 'sessions', lsids: [whole, bobs] }, comment)).toEqual({
      kind: 'done',
    });
    expect(sent.map((command) => command['killAllSessionsByPattern'])).toEqual([
      [{ lsid: onTheWire(whole) }, { lsid: onTheWire(bobs) }],
    ]);
  });

  it('without what else an lsid carries', async () => {
    const crowded = { ...whole, user: 'alice@admin', users: [{ user: 'alice', db: 'admin' }] };
    await killSessions(client, { by: 'sessions', lsids: [crowded] }, comment);
    expect(sent.map((command) => command['killAllSessionsByPattern'])).toEqual([
      [{ lsid: onTheWire(whole) }],
    ]);
  });

  it('more than one command takes: in two, and none is lost', async () => {
    const lsids = Array.from({ length: 70_001 }, (_, at) => lsidOf(at));
    const [first, ...rest] = lsids;
    expect(await killSessions(client, { by: 'sessions', lsids: [first!, ...rest] }, comment)).toEqual({
      kind: 'done',
    });
    const patterns = sent.map((command): Document[] => command['killAllSessionsByPattern']);
    expect(patterns.map((part) => part.length)).toEqual([70_000, 1]);
    expect(patterns.flat().every((pattern) => isComplete(pattern))).toBe(true);
    expect(patterns.flat().map(({ lsid }) => String(lsid.id))).toEqual(lsids.map(({ id }) => id));
  });

  it('endSessions: [{id, uid}, …]', async () => {
    expect(await endSessions(client, [whole, bobs], comment)).toEqual({ kind: 'done' });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.['endSessions']).toEqual([onTheWire(whole), onTheWire(bobs)]);
    expect(sent[0]).toMatchObject({ comment, $db: 'admin' });
  });
});

/** Whether a pattern, as the server reads it, has one key, and that names one user or one session. */
function isComplete(pattern: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return false;
  const [[key, value] = ['', undefined], ...others] = Object.entries(pattern);
  if (others.length > 0) return false;
  return key === 'uid' ? isUid(value) : key === 'lsid' && isLsid(value);
}

function isLsid(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, uid, ...others } = value as Document;
  return (
    id instanceof BSON.Binary &&
    id.sub_type === BSON.Binary.SUBTYPE_UUID &&
    id.length() === 16 &&
    isUid(uid) &&
    Object.keys(others).length === 0
  );
}

function isUid(value: unknown): boolean {
  return value instanceof BSON.Binary && value.sub_type === 0 && value.length() === 32;
}

describe('whatever is thrown at it', () => {
  /** A stand-in for the driver's client: it answers every command with ok and keeps it as the server would read it. */
  function recordingClient() {
    const commands: Document[] = [];
    const command = (each: Document): Promise<Document> => {
      commands.push(asOnTheWire(each));
      return Promise.resolve({ ok: 1 });
    };
    return { commands, client: { db: () => ({ command }) } as unknown as MongoClient };
  }

  const anything = fc.anything({ withSparseArray: true, withNullPrototype: true, withBigInt: true });
  const uid = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<unknown>(alice, bob) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<unknown>(undefined, null, '', uncanonical, 'alice@admin', [alice]),
    },
    fc.base64String({ minLength: 40, maxLength: 48 }),
    anything,
  );
  const id = fc.oneof(
    { weight: 4, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, null, '', 'alice') },
    anything,
  );
  const lsid = fc.oneof(
    { weight: 6, arbitrary: fc.record<unknown>({ id: fc.uuid(), uid: fc.constantFrom(alice, bob) }) },
    { weight: 2, arbitrary: fc.record({ id, uid, user: anything, lsid: anything }, { requiredKeys: [] }) },
    anything,
  );
  const lsids = fc.oneof(
    { weight: 4, arbitrary: fc.array<unknown>(lsid, { maxLength: 4 }) },
    { weight: 2, arbitrary: fc.sparseArray<unknown>(lsid, { maxLength: 4 }) },
    anything,
  );
  const by = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<unknown>('user', 'sessions') },
    fc.constantFrom<unknown>('users', 'session', undefined, null, ''),
    anything,
  );
  const target = fc.oneof(
    { weight: 8, arbitrary: fc.record<unknown>({ by, uid, lsids, users: anything }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: anything },
  );

  it('killSessions lets only whole patterns out, and otherwise throws unsafe-pattern', async () => {
    let out = 0;
    await fc.assert(
      fc.asyncProperty(target, async (junk) => {
        const fake = recordingClient();
        const result = await thrownBy(killSessions(fake.client, junk as never, comment));
        out += fake.commands.length;
        if (fake.commands.length === 0) expect(result).toBe('unsafe-pattern');
        for (const { killAllSessionsByPattern: patterns, ...rest } of fake.commands) {
          expect(rest).toEqual({ comment });
          expect(Array.isArray(patterns) && patterns.length > 0 && patterns.every(isComplete)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(out).toBeGreaterThan(100);
  });

  it('endSessions lets only whole lsids out, and otherwise throws unsafe-pattern', async () => {
    let out = 0;
    await fc.assert(
      fc.asyncProperty(lsids, async (junk) => {
        const fake = recordingClient();
        const result = await thrownBy(endSessions(fake.client, junk as never, comment));
        out += fake.commands.length;
        if (fake.commands.length === 0) expect(result).toBe('unsafe-pattern');
        for (const { endSessions: ended, ...rest } of fake.commands) {
          expect(rest).toEqual({ comment });
          expect(Array.isArray(ended) && ended.length > 0 && ended.every(isLsid)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(out).toBeGreaterThan(100);
  });
});
