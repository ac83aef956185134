import { lastUse, type Session } from '../session.ts';
import type { Context } from './condition.ts';
import type { Truth } from './truth.ts';

/**
 * Whether the last use of a session lies longer ago than `limit` (ms), by its upper bound (L2, P3): late perhaps,
 * never early.
 */
export function unusedFor(limit: number, session: Session, context: Context): Truth {
  const used = lastUse(session);
  if (used === undefined) return 'unknown';
  if (context.now - used <= limit) return false;
  if (context.silentMembers.length === 0) return true;
  // A use on a silent member reaches the collection within a refresh; two leave room for a late one.
  const { flushed } = session;
  return flushed !== undefined && context.now - flushed > limit + 2 * context.refreshMillis
    ? true
    : 'unknown';
}
