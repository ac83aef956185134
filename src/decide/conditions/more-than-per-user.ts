import { z } from 'zod';
import { lastUse } from '../../session.ts';
import { andSilent, type Condition } from '../condition.ts';

/**
 * The excess over so many sessions of one user, unused longest first (P9, Oracle's SESSIONS_PER_USER). Ranked
 * over all that is listed, before other conditions and exemptions: one that is exempt is not replaced.
 */
export const moreThanPerUser: Condition<number> = {
  schema: z
    .int({ error: 'expected a whole number from 1' })
    .min(1, { error: 'expected a whole number from 1' })
    .meta({
      description:
        'The session is in excess of this many of its user’s sessions, the longest unused first. Counted over all that are listed, before other conditions and exemptions: one that is exempt is spared and not replaced.',
      input_examples: [2],
      unknown_if: 'a member does not tell its sessions, or no list has the session',
      stands_for: 'Oracle’s `SESSIONS_PER_USER`',
    }),
  about: 'session',
  needs: 'whole-listing',
  test(most, session, context) {
    if (context.silentMembers.length > 0 || lastUse(session) === undefined) return 'unknown';
    return context.rankOf(session) >= most;
  },
  because(most, session, context) {
    if (lastUse(session) === undefined) return 'its last use is not listed anywhere';
    const seen = `${context.rankOf(session)} of its user’s sessions were used later, limit ${most} sessions`;
    return andSilent(seen, context);
  },
  source: () => 'config.system.sessions and every member’s local list',
};
