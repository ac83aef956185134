import { z } from 'zod';
import { duration } from '../../policy/duration-schema.ts';
import { formatDuration } from '../../policy/duration.ts';
import { lastUse, type Resource, type Session } from '../../session.ts';
import { andSilent, type Condition } from '../condition.ts';
import { unusedFor } from '../unused.ts';

const source = (session: Session): string => {
  const members = [...new Set(session.resources.map(({ member }) => member))];
  return `$currentOp of ${members.length === 0 ? 'every member' : members.join(', ')}`;
};

/** A condition on how long one of the session's cursors or transactions was unused, or open. */
function resourceFor(
  kind: Resource['kind'],
  what: 'idle' | 'open',
  meta: { readonly description: string; readonly input_examples: string[] },
): Condition<number> {
  // The server adds up all pauses of a transaction, so its idle time alone is an upper bound, and reaper wants a
  // lower one: no more can have passed since its last statement than since the session's last use.
  const isSum = kind === 'transaction' && what === 'idle';
  const longest = (session: Session, now: number): number | undefined => {
    const times = session.resources.filter((each) => each.kind === kind).map((each) => each[what]);
    if (times.length === 0) return undefined;
    const time = Math.max(...times);
    const used = lastUse(session);
    return isSum && used !== undefined ? Math.min(time, now - used) : time;
  };
  return {
    schema: duration.meta({
      ...meta,
      unknown_if: `no ${kind} is known to match and a member does not tell its operations`,
      stands_for: 'resources held by the idle',
    }),
    about: 'session',
    test(limit, session, context) {
      const time = longest(session, context.now);
      if (time !== undefined && time > limit) return isSum ? unusedFor(limit, session, context) : true;
      return context.silentMembers.length === 0 ? false : 'unknown';
    },
    because(limit, session, context) {
      const time = longest(session, context.now);
      const seen =
        time === undefined
          ? `no open ${kind}`
          : `a ${kind} ${what} for ${formatDuration(time)}, limit ${formatDuration(limit)}`;
      return andSilent(seen, context);
    },
    source,
  };
}

const lifetime =
  'The server aborts a transaction after `transactionLifetimeLimitSeconds`, 60 by default: a limit of 60s or more can be passed only where that is raised.';

/** A transaction that its client leaves lying. */
export const transactionIdleFor = resourceFor('transaction', 'idle', {
  description: `One of the session’s open transactions has not been used for longer than this. ${lifetime}`,
  input_examples: ['20s'],
});

/** A transaction that takes too long, busy or not. */
export const transactionOpenFor = resourceFor('transaction', 'open', {
  description: `One of the session’s transactions has been open for longer than this, busy or not. ${lifetime}`,
  input_examples: ['45s'],
});

/** A cursor that nobody reads. */
export const cursorIdleFor = resourceFor('cursor', 'idle', {
  description: 'One of the session’s open cursors has not been read for longer than this.',
  input_examples: ['10m'],
});

/** Holds something for a client that is there no more, as after a crash (Oracle's SQLNET.EXPIRE_TIME). */
export const clientGone: Condition<true> = {
  schema: z
    .literal(true, { error: 'expected true; to exempt the opposite, use not: { client_gone: true }' })
    .meta({
      description:
        'It holds a transaction whose connection is gone, or a cursor whose owner has no connection left on that member.',
      input_examples: [true],
      unknown_if: 'none is known to, and a member does not tell its operations and connections',
      stands_for: 'Oracle’s `SQLNET.EXPIRE_TIME`',
    }),
  about: 'session',
  needs: 'connections',
  test(_args, { resources }, { silentMembers }) {
    if (resources.some((each) => each.clientGone === true)) return true;
    const hidden = silentMembers.length > 0 || resources.some((each) => each.clientGone === 'unknown');
    return hidden ? 'unknown' : false;
  },
  because(_args, { resources }, context) {
    const orphan = resources.find((each) => each.clientGone === true);
    if (orphan !== undefined) return `the client of its ${orphan.kind} on ${orphan.member} is gone`;
    if (resources.some((each) => each.clientGone === 'unknown'))
      return 'its client’s connections are not known';
    const seen =
      resources.length === 0 ? 'it holds neither cursor nor transaction' : 'its client is still connected';
    return andSilent(seen, context);
  },
  source,
};
