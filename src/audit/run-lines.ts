import { z } from 'zod';

// What reaper reads back of its own lines. A line of another shape, which a later version may write, tells it nothing.
// Lazy, since most runs read no line.

const text = z.string().nullish();
const lsid = { id: z.string(), uid: z.string() };
/** A run has begun. */
export const started = z.lazy(() =>
  z.looseObject({
    mode: z.enum(['enforce', 'report', 'dry-run']),
    by_hand: z.boolean().default(false),
    only: z.boolean().default(false),
    policy: z.looseObject({ name: z.string(), sha256: z.string() }),
    deployment: z.looseObject({ topology: z.string(), name: text }),
    members: z.array(z.looseObject({ address: z.string() })),
    account: z.array(z.string()),
    actions: z.array(z.string()).default([]),
  }),
);
/** What a run is about to end. */
export const planned = z.lazy(() =>
  z.looseObject({
    exceeded: z.array(z.string()),
    already_ended: z.array(z.looseObject(lsid)),
    used_again: z.array(z.looseObject(lsid)).default([]),
    users: z.array(
      z.looseObject({
        uid: z.string(),
        user: text,
        sessions: z.array(z.looseObject({ id: z.string(), rule: z.string() })),
      }),
    ),
  }),
);
/** One user’s kill, before it is sent. */
export const attempted = z.lazy(() =>
  z.looseObject({
    uid: z.string(),
    user: text,
    by: z.string(),
    session_ids: z.array(z.string()),
    members: z.array(z.string()),
  }),
);
const ofOneUser = { uid: z.string(), user: text, sessions: z.array(z.looseObject({ id: z.string() })) };
/** What became of sessions of one user. */
export const outcome = z.lazy(() =>
  z.looseObject({
    ...ofOneUser,
    rule: z.string(),
    outcome: z.enum(['ended', 'killed', 'already_ended', 'spared', 'failed', 'in_doubt']),
    looked_at: text,
    used_again: z.boolean().default(false),
    members: z.array(z.looseObject({ address: z.string(), ok: z.boolean() })),
  }),
);
/** Sessions of one user have left the listing. */
export const gone = z.lazy(() => z.looseObject(ofOneUser));
/** A run is over. */
export const completed = z.lazy(() =>
  z.looseObject({
    exit_code: z.int(),
    by_hand: z.boolean().default(false),
    counts: z.record(z.string(), z.number()).optional(),
    members_silent: z.array(z.string()).default([]),
  }),
);
