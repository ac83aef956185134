import { Binary, UUID } from 'mongodb';
import { parseSessionId, parseUid, type Lsid, type Uid } from '../session.ts';

/** A uid as the server keeps it; throws a RangeError if it is none. */
export function binaryUid(uid: Uid): Binary {
  return Binary.createFromBase64(parseUid(uid), Binary.SUBTYPE_DEFAULT);
}

/** A whole lsid as the server keeps it; throws a RangeError if a half of it is missing. */
export function binaryLsid({ id, uid }: Lsid): { id: UUID; uid: Binary } {
  return { id: new UUID(parseSessionId(id)), uid: binaryUid(uid) };
}
