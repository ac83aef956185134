import { formatDuration } from '../policy/duration.ts';
import type { Lock } from '../state/locks.ts';
import { visible } from './visible.ts';

/** Takes a new lock and returns what it does and what it cannot do; `sparing` names exemptions that may beat it. */
export function lockToText(
  lock: Lock,
  stateDir: string,
  now: number,
  sparing: readonly string[] = [],
): string[] {
  return [
    `${visible(lock.user)} is locked until ${timeOf(lock.until)} (${formatDuration(lock.until - now)}): ${visible(lock.reason)}`,
    `Every run with the state directory ${visible(stateDir)}, and no other, ends this user’s sessions until then.`,
    ...sparing.map(
      (name) =>
        `warning: exemption ${visible(name)} may spare this user at times, by role or by what a session does; --override-exemptions beats it`,
    ),
    'The user can log in again at any time. To take the login away, in mongosh:',
    ...loginCommands(lock.user).map((line) => `  ${line}`),
  ];
}

/** Takes the lock that was taken away and returns what to undo besides. */
export function unlockToText(lock: Lock): string[] {
  return [
    `${visible(lock.user)} is no longer locked.`,
    'If the login was taken away as reaper lock proposed, in mongosh:',
    `  ${updateUser(lock.user, [])}`,
    ...inDirectory(lock.user, 'enable').map((line) => `  ${line}`),
  ];
}

/** Takes the locks and returns a line for each. */
export function locksToText(locks: readonly Lock[], now: number): string[] {
  if (locks.length === 0) return ['No user is locked.'];
  return locks.map(({ user, until, reason, override_exemptions: overrides }) => {
    const left = until > now ? `for another ${formatDuration(until - now)}` : 'expired';
    return `${visible(user)}  until ${timeOf(until)} (${left})${overrides ? ', overrides exemptions' : ''}: ${visible(reason)}`;
  });
}

/** Nobody comes from there: an address that is kept for documentation. */
const nowhere = [{ clientSource: ['192.0.2.1'] }];

function loginCommands(user: string): string[] {
  const commands = [updateUser(user, nowhere), ...inDirectory(user, 'disable')];
  // No other database has a name with a $.
  if (user.split('@').length > 2 && !isExternal(user))
    commands.push('// where the name ends and the database begins is a guess: check it');
  return commands;
}

/** MongoDB stores a user of $external too, unless a directory tells it the roles. */
function inDirectory(user: string, remedy: 'disable' | 'enable'): string[] {
  if (!isExternal(user)) return [];
  return [`// if it says that there is no such user, the user comes from your directory: ${remedy} it there`];
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
