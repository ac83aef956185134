import { Binary, UUID, type Document, type MongoClient } from 'mongodb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { endSessions, killSessions } from '../../src/mongo/terminate-sessions.ts';
import { parseSessionId, parseUid } from '../../src/session.ts';

/*
 * What makes a uid or an lsid throws where it is wrong, so the last gate never meets a wrong one. It is there for
 * the day when that has an error: here what it makes is wrong, and the gate alone must hold it back.
 */

const made = vi.hoisted(() => ({ uid: undefined as unknown, lsids: [] as unknown[] }));

vi.mock(import('../../src/mongo/binary.ts'), () => ({
  binaryUid: () => made.uid as never,
  binaryLsids: (lsids) => made.lsids.splice(0, [...lsids].length) as never,
}));

const sent: Document[] = [];
const client = {
  db: () => ({
    command: (each: Document) => {
      sent.push(each);
      return Promise.resolve({ ok: 1 });
    },
  }),
} as unknown as MongoClient;

beforeEach(() => {
  sent.length = 0;
});

const alice = parseUid(Buffer.alloc(32, 2).toString('base64'));
const named = { id: parseSessionId('00000000-0000-4000-8000-000000000001'), uid: alice };

/** What is made of them. */
const uid = new Binary(Buffer.alloc(32, 1));
const id = new UUID();

/** As a UUID, but of another length. */
function idOfBytes(length: number): UUID {
  return Object.assign(new UUID(), { buffer: Buffer.alloc(length) });
}

const wrongUids: [what: string, uid: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['an object', {}],
  ['a text', alice],
  ['its bytes', Buffer.alloc(32, 1)],
  ['what looks like it', { sub_type: Binary.SUBTYPE_DEFAULT, length: () => 32 }],
  ['of no bytes', new Binary(Buffer.alloc(0))],
  ['of 31 bytes', new Binary(Buffer.alloc(31, 1))],
  ['of 33 bytes', new Binary(Buffer.alloc(33, 1))],
  ['of another type', new Binary(Buffer.alloc(32, 1), Binary.SUBTYPE_BYTE_ARRAY)],
];

const wrongLsids: [what: string, lsid: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'an lsid'],
  ['a number', 5],
  ['a function', Object.assign(() => undefined, { id, uid })],
  ['an empty object', {}],
  ['no uid', { id }],
  ['no id', { uid }],
  ['more beside', { id, uid, users: [{ user: 'alice', db: 'admin' }] }],
  ['an id as text', { id: named.id, uid }],
  ['an id that is no UUID', { id: new Binary(Buffer.alloc(16)), uid }],
  ['an id of 15 bytes', { id: idOfBytes(15), uid }],
  ['an id of 17 bytes', { id: idOfBytes(17), uid }],
  ...wrongUids.map(([what, each]): [string, unknown] => [`a uid: ${what}`, { id, uid: each }]),
];

const unsafe = { code: 'unsafe-pattern' };

it('what is right goes through', async () => {
  made.uid = uid;
  made.lsids = [
    { id, uid },
    { id, uid },
  ];
  await killSessions(client, { by: 'user', uid: alice }, {});
  await killSessions(client, { by: 'sessions', lsids: [named] }, {});
  await endSessions(client, [named], {});
  expect(sent).toEqual([
    { killAllSessionsByPattern: [{ uid }], comment: {} },
    { killAllSessionsByPattern: [{ lsid: { id, uid } }], comment: {} },
    { endSessions: [{ id, uid }], comment: {} },
  ]);
});

describe('what is wrong does not', () => {
  it.each(wrongUids)('a uid: %s', async (_what, wrong) => {
    made.uid = wrong;
    const target = { by: 'user', uid: alice } as const;
    await expect(killSessions(client, target, {})).rejects.toMatchObject(unsafe);
    expect(sent).toEqual([]);
  });

  it.each(wrongLsids)('an lsid: %s', async (_what, wrong) => {
    const right = { id, uid };
    for (const pair of [
      [wrong, right],
      [right, wrong],
    ]) {
      made.lsids = [...pair];
      const target = { by: 'sessions', lsids: [named, named] } as const;
      await expect(killSessions(client, target, {})).rejects.toMatchObject(unsafe);
      made.lsids = [...pair];
      await expect(endSessions(client, target.lsids, {})).rejects.toMatchObject(unsafe);
    }
    expect(sent).toEqual([]);
  });
});
