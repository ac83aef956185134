import { z } from 'zod';

const lsid = z.strictObject({ id: z.guid(), uid: z.base64() });
const time = z.iso.datetime();
const count = z.int().min(0);

/** The shape of `reaper run --json`: a field may be added, and never changes its meaning within a major version. */
export const runJson = z.strictObject({
  run_id: z.uuid(),
  mode: z.enum(['enforce', 'dry-run', 'report']),
  not_required: z.string().optional().describe('The documented reason why nothing is to be ended.'),
  started_at: time,
  finished_at: time,
  policy: z.strictObject({ name: z.string(), sha256: z.string() }),
  deployment: z.strictObject({
    topology: z.enum(['replica-set', 'standalone', 'sharded']),
    name: z.string(),
    members: z.array(
      z.strictObject({
        address: z.string(),
        role: z.enum(['primary', 'secondary', 'hidden', 'standalone', 'router', 'unknown']),
        ok: z.boolean(),
        error: z.string().optional(),
      }),
    ),
    members_complete: z
      .boolean()
      .describe('False if the account cannot see hidden members, and always behind mongos.'),
    versions: z.array(z.string()),
    server_time: time,
  }),
  counts: z.strictObject({
    listed: count,
    terminate: count,
    retain: count,
    exempt: count,
    indeterminate: count,
    ended: count,
    killed: count,
    already_ended: count,
    spared: count,
    failed: count,
    in_doubt: count,
  }),
  limits_exceeded: z.array(
    z.strictObject({
      limit: z.enum(['users', 'sessions', 'percent']),
      allowed: z.number(),
      planned: z.number(),
    }),
  ),
  sessions: z
    .array(
      z.strictObject({
        lsid,
        user: z
          .string()
          .nullable()
          .describe('The owner as listed, user@db; null while nothing says who it is.'),
        last_use: time.nullable(),
        idle_seconds: z.int().nullable(),
        verdict: z.enum(['terminate', 'retain', 'exempt', 'indeterminate']),
        rule: z.string().nullable().describe('The rule, or the exemption, that decided.'),
        because: z.string(),
        outcome: z.enum(['ended', 'killed', 'already_ended', 'spared', 'failed', 'in_doubt']).optional(),
        outcome_because: z.string().optional(),
        members: z
          .array(z.strictObject({ address: z.string(), ok: z.boolean(), error: z.string().optional() }))
          .optional(),
      }),
    )
    .describe('Those to end and those that could not be decided; all with --all.'),
});

export type RunJson = z.output<typeof runJson>;
