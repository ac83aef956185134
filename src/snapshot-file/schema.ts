import { z } from 'zod';
import type { Facts } from '../decide/make-context.ts';
import { parseSessionId, parseUid } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';

/** A snapshot with all that decisions on it depend on, away from the deployment that it was taken of. */
export interface Saved {
  readonly anonymised: boolean;
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly deployment: { readonly topology: string; readonly name: string };
  readonly members: readonly { readonly address: string; readonly role: string }[];
  /** How long the server keeps an unused session listed, in minutes (L6). */
  readonly sessionTimeoutMinutes: number;
}

const instant = z.iso.datetime().transform((text) => Date.parse(text));
const seconds = z
  .number()
  .min(0)
  .transform((value) => Math.round(value * 1000));
const uid = z.string().refine((text) => parses(parseUid, text), 'not a uid (base64 of 32 bytes)');
const id = z.string().refine((text) => parses(parseSessionId, text), 'not a session id (UUID)');
const count = z.int().min(0);

const session = z.object({
  lsid: z.object({ id, uid }),
  user: z.string().nullable(),
  flushed: instant.nullable().describe('Last use in config.system.sessions.'),
  local: z.object({ at: instant, member: z.string() }).nullable(),
  first_seen: instant.nullable().describe('When reaper first saw it; null in all if nobody remembers.'),
  holds: z.object({ operations: count, cursors: count, transactions: count }),
  held: z.array(z.string()),
  resources: z.array(
    z.object({
      kind: z.enum(['cursor', 'transaction']),
      member: z.string(),
      idle_seconds: seconds,
      open_seconds: seconds,
      client_gone: z.boolean().nullable(),
    }),
  ),
  clients: z.array(z.string()),
  apps: z.array(z.string()),
});

/** The snapshot file that `reaper list --save` writes. Fields may be added within a version. */
export const snapshotSchema = z.object({
  format: z.literal('reaper-snapshot'),
  version: z.literal(1, { error: 'expected 1; another version of reaper wrote this' }),
  anonymised: z.boolean(),
  server_time: instant,
  local_zone: z.string().refine(isZone, 'not a time zone that this computer knows'),
  deployment: z.object({ topology: z.string(), name: z.string() }),
  members: z.array(z.object({ address: z.string(), role: z.string() })),
  members_complete: z.boolean(),
  silent_members: z.array(z.string()),
  refresh_seconds: seconds,
  session_timeout_minutes: z.number().positive(),
  self: z.array(z.string()).describe('Whom reaper was logged in as.'),
  roles: z.array(z.object({ uid, roles: z.array(z.string()) })),
  sessions: z.array(session).superRefine((sessions, context) => {
    const seen = new Set<string>();
    for (const [at, { lsid }] of sessions.entries()) {
      const key = `${lsid.id.toLowerCase()} ${lsid.uid}`;
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: [at], message: 'this session is there twice' });
      seen.add(key);
    }
  }),
});

function parses(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function isZone(zone: string): boolean {
  return parses((timeZone) => new Intl.DateTimeFormat('en', { timeZone }), zone);
}

/** What a snapshot file holds, as it is written. */
export type SnapshotFile = z.input<typeof snapshotSchema>;
