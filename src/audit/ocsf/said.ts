import { z } from 'zod';

const word = z.string().optional().catch(undefined);
/** ms since the epoch, in the range of a date. */
const time = z.number().min(0).max(8.64e15).optional().catch(undefined);
const words = z.array(z.string()).catch([]);

/** What an event is told of, from the `reaper` part of any line; what is absent or of another shape is left out. */
export const said = z.object({
  run_id: word,
  mode: word,
  policy: z.object({ name: word, file: word }).catch({}),
  account: words,
  users: z.array(z.object({ sessions: z.array(z.unknown()) })).catch([]),
  exceeded: words,
  command: word,
  uid: word,
  user: word,
  session_ids: words,
  members: z.array(z.unknown()).catch([]),
  sessions: z.array(z.object({ id: word, because: word })).catch([]),
  rule: word,
  outcome: word,
  outcome_because: word,
  error: word,
  exit_code: z.number().optional().catch(undefined),
  lock: z.object({ user: word, reason: word, until: time }).catch({}),
  status: word,
  chain_intact: z.boolean().optional().catch(undefined),
  attestation: word,
});

export type Said = z.output<typeof said>;
