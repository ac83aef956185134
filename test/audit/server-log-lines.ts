import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerConfirmation } from '../../src/audit/evidence.ts';
import { readServerLog } from '../../src/audit/mongod-log.ts';
import type { SentKill } from '../../src/audit/mongod-log/sent-kills.ts';
import { idOf, now, uidOf } from '../support/builders.ts';

const members = ['db1:27017', 'db2:27017'];

/** A kill of two of alice’s sessions that two members carried out, but for what is given. */
export function aSentKill(more: Partial<SentKill> = {}): SentKill {
  return {
    runId: 'run-1',
    at: now,
    user: 'alice@admin',
    uid: uidOf('alice@admin'),
    by: 'sessions',
    sessionIds: [idOf(1), idOf(2)],
    members,
    doneBy: new Set(members),
    ...more,
  };
}

/** What that run’s commands carry. */
export const comment = { reaper: 'run-1', policy: 'p', rules: ['idle'] };

/** Makes a file of its own with this content, and returns its path. */
export async function serverLogFile(content: string | Uint8Array, name = 'mongod.log'): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'reaper-server-log-')), name);
  await writeFile(file, content);
  return file;
}

/** What a log of these lines is read as. */
export async function readLines(
  lines: readonly string[],
  kills: readonly SentKill[],
): Promise<ServerConfirmation> {
  return readServerLog(await serverLogFile(lines.map((line) => `${line}\n`).join('')), kills);
}

interface Entry {
  readonly id?: number;
  readonly c?: string;
  readonly ctx?: string;
  readonly msg?: string;
  readonly attr?: object;
  readonly truncated?: object | undefined;
}

/** A line as mongod 7 writes it, `at` ms since the epoch. */
export function logLine(at: number, { id = 22943, c = 'NETWORK', ...more }: Entry = {}): string {
  const date = new Date(at).toISOString().replace('Z', '+00:00');
  return JSON.stringify({ t: { $date: date }, s: 'I', c, id, ctx: 'conn8', msg: 'a message', ...more });
}

/** The entry that follows a kill; fields and their order are those of a real server’s line. */
export function killLine({
  command,
  truncated,
  at = now,
  application = 'mongosh',
  ...more
}: {
  readonly command: object;
  readonly truncated?: object | undefined;
  readonly at?: number;
  readonly application?: string;
  readonly user?: readonly object[] | undefined;
}): string {
  return logLine(at, {
    id: 558701,
    c: 'COMMAND',
    msg: 'Success: kill session',
    attr: {
      user: 'user' in more ? more.user : [{ user: 'root', db: 'admin' }],
      remote: '10.0.0.9:40000',
      metadata: { application: { name: application }, driver: { name: 'nodejs', version: '7.9.0' } },
      command: { ...command, ...(truncated === undefined ? { $db: 'admin' } : {}) },
    },
    truncated,
  });
}

/** A member's own word which one it is. */
export function selfLine(hostAndPort: string, at = now): string {
  return logLine(at, { id: 21393, c: 'REPL', msg: 'Found self in config', attr: { hostAndPort } });
}

/** A cursor was closed with its session. */
export function closingLine(ctx = 'SessionKiller'): string {
  const msg = 'Killing cursor as part of killing session(s)';
  return logLine(now, { id: 20528, c: 'QUERY', ctx, msg, attr: { cursorId: 2_289_197_216 } });
}

const binaryUid = (user: string) => ({ $binary: { base64: uidOf(user), subType: '0' } });

/** The pattern of a whole user, as a log has it. */
export function uidPattern(user = 'alice@admin'): { uid: object }[] {
  return [{ uid: binaryUid(user) }];
}

/** The patterns of sessions by their numbers. */
export function lsidPatterns(numbers: readonly number[], user = 'alice@admin'): object[] {
  return numbers.map((number) => ({ lsid: { id: { $uuid: idOf(number) }, uid: binaryUid(user) } }));
}
