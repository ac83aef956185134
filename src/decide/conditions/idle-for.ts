import { duration } from '../../policy/duration-schema.ts';
import { formatDuration } from '../../policy/duration.ts';
import { lastUse, type Session } from '../../session.ts';
import { unusedFor } from '../unused.ts';
import type { Condition, Context } from '../condition.ts';
import type { Truth } from '../truth.ts';

/**
 * Idle for longer than the limit (P3), by the upper bound of the last use (L2): late perhaps, never early.
 * A session with a running operation is not idle, however old its last use is (L7).
 */
export const idleFor: Condition<number> = {
  schema: duration.meta({
    description:
      'The latest use seen on any member is longer ago than this, by the server’s clock, and nothing runs in the session. Late perhaps, never early: the server writes a use down only at its next refresh, every 5 minutes by default.',
    input_examples: ['15m', '1h30m'],
    unknown_if:
      'a member does not tell its sessions or operations, unless the use that all members know of is older than this and two refreshes; or if no list has the session',
    stands_for: 'user inactivity (STIG, PCI DSS 8.2.8, R023), Oracle’s `IDLE_TIME`',
  }),
  about: 'session',
  test: (limit, session, context) => test(limit, session, context),
  // The latest use seen anywhere is never earlier than the one in the collection.
  narrow: (limit, context) => ({ usedBefore: context.now - limit }),
  because(limit, session, context) {
    if (session.holds.operations > 0) return `an operation is running, so it is not idle`;
    const used = lastUse(session);
    if (used === undefined) return `its last use is not listed anywhere`;
    const idle = idleWords(context.now - used, limit);
    if (test(limit, session, context) !== 'unknown') return idle;
    return `${idle}, but it may be in use on ${context.silentMembers.join(', ')}, which did not tell`;
  },
  source({ flushed, local: [local], holds }) {
    if (holds.operations > 0) return '$currentOp';
    if (local !== undefined && local.at >= (flushed ?? 0)) return `the local list of ${local.member}`;
    return flushed === undefined ? 'no list has it' : 'config.system.sessions';
  },
};

/** The last words said: of a million idle sessions most are said in the same few words. */
const said = new Map<number, Map<number, string>>();
const mostSaid = 10_000;

function idleWords(idle: number, limit: number): string {
  const seconds = Math.floor(idle / 1000);
  let ofLimit = said.get(limit);
  if (ofLimit === undefined || ofLimit.size > mostSaid)
    said.set(limit, (ofLimit = new Map<number, string>()));
  let words = ofLimit.get(seconds);
  if (words === undefined) {
    words = `idle for ${formatDuration(idle)}, limit ${formatDuration(limit)}`;
    ofLimit.set(seconds, words);
  }
  return words;
}

function test(limit: number, session: Session, context: Context): Truth {
  return session.holds.operations > 0 ? false : unusedFor(limit, session, context);
}
