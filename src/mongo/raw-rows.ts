import { BSON } from 'mongodb';
import { parseSessionId, parseUid, type SessionId, type Uid } from '../session.ts';
import type { ListedSession } from '../snapshot.ts';
import { longestName, parseListedSession } from './rows.ts';

/**
 * Returns a function that reads a row of a listing out of its BSON, and throws as `parseListedSession` does. For a
 * million rows the driver would make ten million objects; here rows of one user share uid and name. A row that is
 * not laid out as servers do it is left to the driver.
 */
export function rawSessionReader(): (row: Uint8Array) => ListedSession {
  const uids = new Map<string, Uid>();
  const names = new Map<string, string>();
  return (row) => {
    const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
    if (!isUsual(bytes)) return parseListedSession(BSON.deserialize(row));
    const rawUid = bytes.toString('latin1', 48, 80);
    let uid = uids.get(rawUid);
    if (uid === undefined) uids.set(rawUid, (uid = parseUid(bytes.toString('base64', 48, 80))));
    const lsid = { id: readSessionId(bytes), uid };
    const lastUse = Number(bytes.readBigInt64LE(90));
    if (Math.abs(lastUse) > endOfTime) return parseListedSession(BSON.deserialize(row));
    if (bytes.length === 99) return { lsid, lastUse, user: undefined };
    const rawName = bytes.toString('latin1', 118, bytes.length - 3);
    let user = names.get(rawName);
    if (user === undefined) names.set(rawName, (user = bytes.toString('utf8', 118, bytes.length - 3)));
    return { lsid, lastUse, user: user || undefined };
  };
}

/** No calendar has a date further from the epoch, in ms. */
const endOfTime = 8.64e15;

/** What lies before the values of `{_id: {id, uid}, lastUse, user: {name}}`, by where it begins. */
const layout = [
  [4, '\x03_id\0\x48\0\0\0\x05id\0\x10\0\0\0\x04'],
  [38, '\x05uid\0\x20\0\0\0\0'],
  [80, '\0\x09lastUse\0'],
].map(([begins, text]) => ({ begins: begins as number, bytes: Buffer.from(text as string, 'latin1') }));
const userLayout = { begins: 98, bytes: Buffer.from('\x03user\0', 'latin1') };
const nameLayout = { begins: 108, bytes: Buffer.from('\x02name\0', 'latin1') };

function isUsual(row: Buffer): boolean {
  const { length } = row;
  if (length < 99 || row.readInt32LE(0) !== length || !layout.every((part) => has(row, part))) return false;
  if (length === 99) return row[98] === 0;
  if (length < 121 || length > 121 + longestName || !has(row, userLayout) || !has(row, nameLayout))
    return false;
  return row.readInt32LE(104) === length - 105 && row.readInt32LE(114) === length - 120;
}

function has(row: Buffer, { begins, bytes }: typeof userLayout): boolean {
  return row.compare(bytes, 0, bytes.length, begins, begins + bytes.length) === 0;
}

const digits = Buffer.from('0123456789abcdef');
/** Where in the text of a UUID each of its bytes goes. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const text = Buffer.alloc(36, '-');

/** Text in one piece: what is put together of pieces takes three times the memory. */
function readSessionId(row: Buffer): SessionId {
  for (const [at, place] of places.entries()) {
    const byte = row[22 + at] ?? 0;
    text[place] = digits[byte >> 4] ?? 0;
    text[place + 1] = digits[byte & 15] ?? 0;
  }
  return parseSessionId(text.toString('latin1'));
}
