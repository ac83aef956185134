import { formatDuration } from '../policy/duration.ts';
import type { Lock } from '../state/locks.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';
import { comment, wrap } from './wrap.ts';

/** What a lock does depends on these besides. */
export interface LockScene {
  readonly stateDir: string;
  /** ms since the epoch. */
  readonly now: number;
  /** Names of exemptions that may beat it. */
  readonly sparing?: readonly string[];
  /** Commands are not wrapped: they are pasted. */
  readonly width?: number;
}

/** Takes a new lock and returns what it does and what it cannot do. */
export function lockToText(
  lock: Lock,
  { stateDir, now, sparing = [], width = Infinity }: LockScene,
): string[] {
  return [
    `${visible(lock.user)} is locked until ${timeOf(lock.until)} (${formatDuration(lock.until - now)}): ${visible(lock.reason)}`,
    `Every run with the state directory ${visible(stateDir)}, and no other, ends this user’s sessions until then.`,
    ...sparing.map(
      (name) =>
        `warning: exemption ${visible(name)} may spare this user at times, by role or by what a session does; --override-exemptions beats it`,
    ),
    'The user can log in again at any time. To take the login away, in mongosh:',
  ]
    .flatMap((line) => wrap(line, width))
    .concat(loginCommands(lock.user, width));
}

/** Takes the lock that was taken away and returns what to undo besides. */
export function unlockToText(lock: Lock, width = Infinity): string[] {
  return [
    ...wrap(`${visible(lock.user)} is no longer locked.`, width),
    'If the login was taken away as reaper lock proposed, in mongosh:',
    `  ${updateUser(lock.user, [])}`,
    ...inDirectory(lock.user, 'enable', width),
  ];
}

/** Takes the locks of a state directory and returns a table of them. */
export function locksToText(
  locks: readonly Lock[],
  { stateDir, now }: Pick<LockScene, 'stateDir' | 'now'>,
  { width }: Pick<Style, 'width'>,
): string[] {
  if (locks.length === 0)
    return wrap(`No user is locked for runs with the state directory ${visible(stateDir)}.`, width);
  const rows = locks.map(({ user, until, reason, override_exemptions: overrides }) => [
    visible(user),
    timeOf(until),
    until > now ? formatDuration(until - now) : 'expired',
    `${visible(reason)}${overrides ? ' (overrides exemptions)' : ''}`,
  ]);
  return table(
    [
      { heading: 'USER', most: 30 },
      { heading: 'UNTIL', most: 20 },
      { heading: 'LEFT', most: 7 },
      { heading: 'REASON', most: 60 },
    ],
    rows,
    width,
  );
}

/** Nobody comes from there: an address that is kept for documentation. */
const nowhere = [{ clientSource: ['192.0.2.1'] }];

function loginCommands(user: string, width: number): string[] {
  const commands = [`  ${updateUser(user, nowhere)}`, ...inDirectory(user, 'disable', width)];
  // No other database has a name with a $.
  if (user.split('@').length > 2 && !isExternal(user))
    commands.push(
      ...comment('where the name ends and the database begins is a guess: check it', width, '  '),
    );
  return commands;
}

/** MongoDB stores a user of $external too, unless a directory tells it the roles. */
function inDirectory(user: string, remedy: 'disable' | 'enable', width: number): string[] {
  if (!isExternal(user)) return [];
  const words = `if it says that there is no such user, the user comes from your directory: ${remedy} it there`;
  return comment(words, width, '  ');
}

/** Named by a certificate or a directory. */
function isExternal(user: string): boolean {
  return user.endsWith('@$external');
}

/** What a shell would obey within quotes of its own, as in mongosh --eval '…'. */
const plain = /[^\u0020-\u007e]|['`$!]/g;

/** The name is text of somebody else's choice, and this line is pasted into a shell. */
function updateUser(user: string, authenticationRestrictions: unknown): string {
  const at = user.lastIndexOf('@');
  const [name, db] = [user.slice(0, at), user.slice(at + 1)].map((part) =>
    JSON.stringify(part).replace(plain, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
  return `db.getSiblingDB(${db}).updateUser(${name}, ${JSON.stringify({ authenticationRestrictions })})`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '');
}
