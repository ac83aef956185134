import { ReaperError } from '../errors.ts';
import { parseSessionId, parseUid, type SessionId, type Uid } from '../session.ts';

/** The user or the session that a command line names. */
export type NamedTarget =
  { readonly user: string } | { readonly id: SessionId; readonly uid: Uid | undefined };

/** Takes `user@db`, a session's UUID, or `UUID/uid` where two users share one; throws a usage error. */
export function parseTarget(text: string): NamedTarget {
  if (text.includes('@')) return { user: text };
  // A uid in base64 may have slashes of its own.
  const [, id = text, uid] = /^([^/]*)\/(.*)$/s.exec(text) ?? [];
  try {
    return { id: parseSessionId(id), uid: uid === undefined ? undefined : parseUid(uid) };
  } catch (error) {
    throw new ReaperError('usage', `${JSON.stringify(text)} is neither a user nor a session`, {
      remedy: 'write user@db, or the id of a session as reaper list --json shows it',
      cause: error,
    });
  }
}
