import fc from 'fast-check';
import { Binary, BSON, UUID, type Document } from 'mongodb';
import { expect, test } from 'vitest';
import { rawSessionReader } from '../../src/mongo/raw-rows.ts';
import { parseListedSession } from '../../src/mongo/rows.ts';

const id = new UUID('00112233-4455-6677-8899-aabbccddeeff');
const uid = new Binary(Buffer.alloc(32, 0xee));
const lastUse = new Date(1_700_000_000_123);

/** What either reader makes of it: a session, or the words of its error. */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return (error as Error).message;
  }
}

const read = rawSessionReader();

function expectTheSame(row: Document): void {
  const bytes = BSON.serialize(row);
  const expected = outcomeOf(() => parseListedSession(BSON.deserialize(bytes)));
  expect(outcomeOf(() => read(bytes))).toEqual(expected);
}

test.each<[string, Document]>([
  ['a usual row', { _id: { id, uid }, lastUse, user: { name: 'alice@admin' } }],
  ['a name of several bytes a letter', { _id: { id, uid }, lastUse, user: { name: 'Łucja🦊@admin' } }],
  ['an empty name', { _id: { id, uid }, lastUse, user: { name: '' } }],
  ['no user (L3)', { _id: { id, uid }, lastUse }],
  ['a local row, whose user is plain text (L2)', { _id: { id, uid }, lastUse, user: 'alice@admin' }],
  ['a user that is null', { _id: { id, uid }, lastUse, user: null }],
  ['another order', { lastUse, user: { name: 'alice@admin' }, _id: { uid, id } }],
  ['a session that the server makes inside one', { _id: { id, uid, txnNumber: 1 }, lastUse }],
  ['something more', { _id: { id, uid }, lastUse, user: { name: 'a@b', more: 1 } }],
  ['a time before the epoch', { _id: { id, uid }, lastUse: new Date(-5), user: { name: 'a@b' } }],
  ['a short uid', { _id: { id, uid: new Binary(Buffer.alloc(31)) }, lastUse }],
  ['an id that is no UUID', { _id: { id: new Binary(Buffer.alloc(16)), uid }, lastUse }],
  ['no last use', { _id: { id, uid }, user: { name: 'a@b' } }],
  ['a last use that is a number', { _id: { id, uid }, lastUse: 5, user: { name: 'a@b' } }],
  ['a name that is no text', { _id: { id, uid }, lastUse, user: { name: 7 } }],
  ['nothing', {}],
])('reads %s as the driver would', (_, row) => expectTheSame(row));

test('reads any row as the driver would', () => {
  const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const usual = fc.record({
    _id: fc.record({
      id: bytesOf(16).map((bytes) => new UUID(bytes)),
      uid: bytesOf(32).map((bytes) => new Binary(bytes)),
    }),
    lastUse: fc.date({ noInvalidDate: true }),
    user: fc.oneof(fc.record({ name: fc.string({ unit: 'binary' }) }), fc.string(), fc.constant(null)),
  });
  fc.assert(fc.property(usual, expectTheSame));
});

test('a part of a larger buffer is read as itself', () => {
  const bytes = BSON.serialize({ _id: { id, uid }, lastUse, user: { name: 'bob@admin' } });
  const batch = Buffer.concat([Buffer.alloc(7, 1), bytes, Buffer.alloc(9, 2)]);
  expect(read(batch.subarray(7, 7 + bytes.length))).toEqual({
    lsid: { id: id.toString(), uid: uid.toString('base64') },
    lastUse: lastUse.getTime(),
    user: 'bob@admin',
  });
});
