import { MongoServerError, type MongoClient } from 'mongodb';
import { ReaperError } from '../errors.ts';
import type { Uid } from '../session.ts';
import { parseConnectionStatus } from './answers.ts';
import { openDeadline, within } from './deadline.ts';
import { grantCommand, type NeededAction } from './needed-actions.ts';
import { readDocuments } from './raw-cursor.ts';
import { parseLsid } from './rows.ts';
import { rememberingUidOf } from './uid.ts';

/** What is said where sessions are looked at without access control (L4). */
export const noOwners =
  'the server has no access control: sessions have no owners, and users cannot be told apart';

/** Whom this run is logged in as, and what it may do on the cluster (L9). */
export interface Account {
  /** `user@db`; empty only without access control. */
  readonly users: readonly string[];
  readonly actions: ReadonlySet<string>;
  /** False where sessions have no owners (L4). */
  readonly accessControl: boolean;
}

/**
 * Asks the server who we are. Throws a ReaperError if nobody is logged in: then uids mean nothing (L4). With
 * `allowNoAuth` a server that has no access control is looked at all the same.
 */
export async function readAccount(
  client: MongoClient,
  { allowNoAuth = false }: { readonly allowNoAuth?: boolean } = {},
): Promise<Account> {
  const asked = client.db('admin').command({ connectionStatus: 1, showPrivileges: true });
  const { users, privileges } = parseConnectionStatus(await within(openDeadline, 'connectionStatus', asked));
  const names = users.map(({ user, db }) => `${user}@${db}`);
  const own =
    names.length > 0 ? await ownUid(client) : allowNoAuth ? await uidUnlessLoginAsked(client) : uidOfNobody;
  if (own === uidOfNobody && allowNoAuth)
    return { users: names, actions: new Set(lookingActions), accessControl: false };
  if (own === undefined || own === uidOfNobody) {
    throw new ReaperError(
      'no-access-control',
      'not logged in: without access control sessions have no owners',
      {
        remedy:
          'name a user in the connection string; if the server runs without access control, turn it on first (to look only: --allow-no-auth, with --dry-run in a run)',
      },
    );
  }
  if (!names.map(rememberingUidOf()).includes(own)) {
    throw new ReaperError(
      'unsupported-server',
      `the sessions of ${names.join(', ')} do not have the uid of that name`,
      {
        remedy: 'without that, users cannot be told apart; reaper supports MongoDB 6.0 and later',
      },
    );
  }
  return {
    users: names,
    actions: new Set(
      privileges
        .filter(({ resource }) => resource.cluster === true || resource.anyResource === true)
        .flatMap(({ actions }) => actions),
    ),
    accessControl: true,
  };
}

/** Without access control all is allowed. A kill is left out: where every session is everybody’s, none may be sent. */
const lookingActions = ['listSessions', 'inprog', 'replSetGetConfig', 'getParameter'];

/** Without access control every session has this uid, also of a client that has logged in (L4). */
const uidOfNobody = rememberingUidOf()('');

/**
 * The uid of this client’s own sessions, as the server reckons it. Everyone who is logged in may see their own
 * operations, on a router the local ones.
 */
async function ownUid(client: MongoClient): Promise<Uid> {
  return client.withSession(async (session) => {
    const own = [
      { $currentOp: { allUsers: false, localOps: true } },
      { $match: { 'lsid.id': session.id?.id } },
    ];
    const query = { db: 'admin', of: 1, pipeline: own, batchSize: 100, session } as const;
    const [lsid] = await readDocuments(
      client,
      { ...query, what: '$currentOp', deadline: openDeadline },
      (operation) => parseLsid(operation['lsid'], operation),
    );
    if (lsid === undefined) {
      throw new ReaperError(
        'unsupported-server',
        'this server does not show its clients their own operations',
        {
          remedy: 'without that, nobody can tell whose a session is; reaper supports MongoDB 6.0 and later',
        },
      );
    }
    return lsid.uid;
  });
}

/** Undefined from a server that answers only after a login. */
async function uidUnlessLoginAsked(client: MongoClient): Promise<Uid | undefined> {
  try {
    return await ownUid(client);
  } catch (error) {
    if (error instanceof MongoServerError && error.code === unauthorized) return undefined;
    throw error;
  }
}

const unauthorized = 13;

/**
 * Holds an account against what a run needs. Throws a ReaperError naming every required action that is
 * missing; returns the recommended ones that are.
 */
export function checkActions(account: Account, needed: readonly NeededAction[]): NeededAction[] {
  const missing = needed.filter(({ action }) => !account.actions.has(action));
  const required = missing.filter((each) => each.required);
  if (required.length === 0) return missing;
  const names = required.map(({ action }) => action);
  throw new ReaperError(
    'privilege-missing',
    `${account.users.join(', ')} lacks ${names.join(', ')} on the cluster: ${required.map((each) => `${each.action} ${each.reason}`).join('; ')}`,
    { remedy: `grant the role that \`reaper role\` prints, or in mongosh:\n${grantCommand(names)}` },
  );
}
