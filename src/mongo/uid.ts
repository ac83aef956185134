import { createHash } from 'node:crypto';
import { parseUid, type Uid } from '../session.ts';

/**
 * Returns a function from a user's name `user@db` to the uid of that user's sessions: the SHA-256 of the
 * name's UTF-8 text (T5). It remembers what it has computed.
 */
export function rememberingUidOf(): (name: string) => Uid {
  const known = new Map<string, Uid>();
  return (name) => {
    const uid = known.get(name) ?? parseUid(createHash('sha256').update(name, 'utf8').digest('base64'));
    known.set(name, uid);
    return uid;
  };
}
