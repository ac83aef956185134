import { Binary, UUID } from 'mongodb';
import { parseSessionId, parseUid, type Lsid, type Uid } from '../session.ts';

/** A uid as the server keeps it; throws a RangeError if it is none. */
export function binaryUid(uid: Uid): Binary {
  return Binary.createFromBase64(parseUid(uid), Binary.SUBTYPE_DEFAULT);
}

/** Whole lsids as the server keeps them; throws a RangeError if a half of one is missing, a TypeError for a hole. */
export function binaryLsids(lsids: Iterable<Lsid>): { id: UUID; uid: Binary }[] {
  // Of few users mostly: each uid is made once. Not by `map`, which keeps holes.
  const uids = new Map<Uid, Binary>();
  return Array.from(lsids, ({ id, uid }) => {
    const known = uids.get(uid) ?? binaryUid(uid);
    uids.set(uid, known);
    const bytes = Buffer.from(parseSessionId(id).replaceAll('-', ''), 'hex');
    return { id: new UUID(bytes), uid: known };
  });
}
