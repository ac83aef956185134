import { z } from 'zod';
import { visible } from '../../report/visible.ts';
import { record, type LogEntry } from './log-entry.ts';

/** A kill that a server carried out and logged. */
export interface KillCommand {
  /** ms since the epoch, by the server’s clock. */
  readonly at: number;
  /** Who sent it, from where and with which program, safe to show. */
  readonly by: string;
  /** The command itself, safe to show: no comment, and nothing that could hold a secret. */
  readonly text: string;
  /** The run that its comment names. */
  readonly run: string | undefined;
  /** What it was aimed at, if that has the form that reaper sends. */
  readonly target: KillTarget | undefined;
  /** The server cut it for its length, its comment with it: the comment comes after the patterns. */
  readonly cut: boolean;
  /** It says nothing of anybody who ends other people’s sessions. */
  readonly isHarmless: boolean;
}

/** One user, or some of one user’s sessions. */
export interface KillTarget {
  readonly uid: string;
  /** Undefined for the whole user. */
  readonly sessionIds: readonly string[] | undefined;
}

/** Takes an entry with id 558701 and returns the kill that it tells of. */
export function killCommandOf({ date, attr, truncated }: LogEntry): KillCommand {
  const command = record(attr['command']);
  const [name = '?', aimedAt] = Object.entries(command)[0] ?? [];
  const cut = truncated['command'] !== undefined;
  const run = record(command['comment'])['reaper'];
  const { users, words } = callerOf(attr);
  // Without a uid, whoever is logged in can only end sessions of their own.
  const ofOwnSessions = name === 'killSessions' && users.length > 0 && !cut && !namesUids(aimedAt);
  // A router leaves the comment out; its own log has the command, and who sent it.
  const fromRouter =
    run === undefined && users.length > 0 && users.every((user) => user === '__system@local');
  return {
    at: Date.parse(date),
    by: shortened(words),
    text: shortened(JSON.stringify({ [name]: aimedAt }, [name, ...harmlessKeys])),
    run: typeof run === 'string' ? run : undefined,
    target: name === 'killAllSessionsByPattern' ? targetOf(aimedAt, cut) : undefined,
    cut,
    isHarmless: ofOwnSessions || fromRouter,
  };
}

/** What the three commands know; a comment, or a key that somebody invented, may hold anything. */
// prettier-ignore
const harmlessKeys = [
  'user', 'db', 'users', 'role', 'roles', 'lsid', 'id', 'uid',
  '$uuid', '$binary', 'base64', 'subType',
];

const mostShown = 200;

function shortened(text: string): string {
  const shown = visible(text);
  return shown.length > mostShown ? `${shown.slice(0, mostShown - 1).toWellFormed()}…` : shown;
}

const caller = z.object({
  user: z.array(z.object({ user: z.string(), db: z.string() })).optional(),
  // Until MongoDB 7 `remote`; 8 has it in `session`.
  remote: z.string().optional(),
  session: z.object({ remote: z.string().optional() }).optional(),
  metadata: z.object({ application: z.object({ name: z.string() }).optional() }).optional(),
});

function callerOf(attr: LogEntry['attr']): { users: string[]; words: string } {
  const { data } = caller.safeParse(attr);
  const users = (data?.user ?? []).map(({ user, db }) => `${user}@${db}`);
  const from = data?.remote ?? data?.session?.remote;
  const application = data?.metadata?.application?.name;
  const words = [
    users.join(', ') || 'nobody logged in',
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(application === undefined ? [] : [`with ${application}`]),
  ];
  return { users, words: words.join(' ') };
}

function namesUids(aimedAt: unknown): boolean {
  return !Array.isArray(aimedAt) || aimedAt.some((each) => 'uid' in record(each));
}

const binary = z.strictObject({ $binary: z.object({ base64: z.string() }) });
const userPattern = z.strictObject({ uid: binary });
const sessionPattern = z.strictObject({
  lsid: z.strictObject({ id: z.strictObject({ $uuid: z.string() }), uid: binary }),
});

function targetOf(patterns: unknown, cut: boolean): KillTarget | undefined {
  if (!Array.isArray(patterns)) return undefined;
  const { data: user } = userPattern.safeParse(patterns[0]);
  if (user !== undefined && patterns.length === 1 && !cut) {
    return { uid: user.uid.$binary.base64, sessionIds: undefined };
  }
  // Where a command is cut, its last pattern has lost its end.
  const whole = cut && !sessionPattern.safeParse(patterns.at(-1)).success ? patterns.slice(0, -1) : patterns;
  const { data: sessions = [] } = z.array(sessionPattern).safeParse(whole);
  const uid = sessions[0]?.lsid.uid.$binary.base64;
  if (uid === undefined || sessions.some(({ lsid }) => lsid.uid.$binary.base64 !== uid)) return undefined;
  return { uid, sessionIds: sessions.map(({ lsid }) => lsid.id.$uuid) };
}
