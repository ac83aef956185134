import { z } from 'zod';
import { formatDuration } from '../policy/duration.ts';
import { lastUse, type Session, type Uid } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import type { OfSessions } from './json-pieces.ts';
import { usageJson } from './run-json.ts';
import { runJson } from './run-schema.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';

/** The shape of `reaper list --json`. */
export const listJson = z.strictObject({
  server_time: z.iso.datetime(),
  silent_members: z.array(z.string()).describe('Members that did not answer.'),
  sessions: z.array(
    runJson.shape.sessions.element
      .pick({ lsid: true, user: true, last_use: true, idle_seconds: true })
      .extend({
        holds: z.strictObject({ operations: z.int(), cursors: z.int(), transactions: z.int() }),
        clients: z.array(z.string()),
        apps: z.array(z.string()),
      }),
  ),
});

type ListJson = z.output<typeof listJson>;

/** Takes a snapshot and returns it as JSON, unused longest first. */
export function listToJson(
  snapshot: Snapshot,
): Omit<ListJson, 'sessions'> & OfSessions<ListJson['sessions'][number]> {
  return {
    server_time: new Date(snapshot.serverTime).toISOString(),
    silent_members: [...snapshot.silentMembers],
    sessions: {
      *[Symbol.iterator]() {
        for (const session of byAge(snapshot.sessions)) {
          yield {
            ...usageJson(session, snapshot.serverTime),
            holds: { ...session.holds },
            clients: [...session.clients],
            apps: [...session.apps],
          };
        }
      },
    },
  };
}

/** Takes a snapshot and returns its lines for a person; sessions of `ownUids` are only counted. */
export function listToText(snapshot: Snapshot, ownUids: ReadonlySet<Uid>, { paint, width }: Style): string[] {
  const shown = snapshot.sessions.filter((session) => !ownUids.has(session.lsid.uid));
  const rows = byAge(shown).map((session) => {
    const used = lastUse(session);
    return [
      visible(session.user ?? '(unknown)'),
      session.lsid.id.slice(0, 8),
      used === undefined ? '?' : formatDuration(snapshot.serverTime - used),
      holdsWords(session),
      visible([...session.clients, ...session.apps].join(' ')),
    ];
  });
  const users = new Set(shown.map((session) => session.lsid.uid)).size;
  const own = snapshot.sessions.length - shown.length;
  const parts = [`${snapshot.sessions.length} listed`, `${users} ${users === 1 ? 'user' : 'users'}`];
  if (own > 0) parts.push(`${own} of reaper’s own not shown`);
  for (const member of snapshot.silentMembers) parts.push(`${visible(member)} did not answer`);
  const footer = paint.bold(parts.join(' · '));
  if (rows.length === 0) return [footer];
  const columns = [
    { heading: 'USER', most: 26 },
    { heading: 'SESSION', most: 8 },
    { heading: 'IDLE', most: 6 },
    { heading: 'HOLDS', most: 14 },
    { heading: 'CLIENT, APP', most: 60 },
  ];
  return [...table(columns, rows, width), '', footer];
}

function holdsWords({ holds }: Session): string {
  const words = [
    [holds.operations, 'operation'],
    [holds.cursors, 'cursor'],
    [holds.transactions, 'transaction'],
  ] as const;
  return words
    .flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`]))
    .join(', ');
}

function byAge(sessions: readonly Session[]): Session[] {
  return [...sessions].sort((a, b) => (lastUse(a) ?? 0) - (lastUse(b) ?? 0));
}
