import { duration } from '../../policy/duration-schema.ts';
import { formatDuration } from '../../policy/duration.ts';
import type { Condition } from '../condition.ts';

/**
 * Since reaper first saw the session, which the state directory remembers (Oracle's CONNECT_TIME). MongoDB does
 * not say when a session began: what is older than reaper's memory looks younger than it is, never older.
 */
export const olderThan: Condition<number> = {
  schema: duration.meta({
    description:
      'reaper first saw the session longer ago than this. Remembered in the state directory, from the first run under a policy with this condition on: a session can be older than it looks, never younger.',
    input_examples: ['12h'],
    unknown_if: 'what the state directory remembers cannot be read',
    stands_for: 'Oracle’s `CONNECT_TIME`',
  }),
  about: 'session',
  needs: 'first-seen',
  test(limit, session, context) {
    const seen = context.firstSeen(session);
    return seen === undefined ? 'unknown' : context.now - seen > limit;
  },
  because(limit, session, context) {
    const seen = context.firstSeen(session);
    if (seen === undefined) return 'nobody remembers when it was first seen';
    return `first seen ${formatDuration(context.now - seen)} ago, limit ${formatDuration(limit)}`;
  },
  source: () => 'the state directory',
};
