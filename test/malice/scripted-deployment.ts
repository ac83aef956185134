import { createHash, randomUUID } from 'node:crypto';
import { Binary, UUID, type Document } from 'mongodb';
import { aServer, ownOperation, rows } from '../mongo/a-server.ts';
import { startScriptedServer, type Script } from '../support/mongos/scripted-server.ts';

/** What a scripted server lists, and how it differs from a MongoDB otherwise. */
export interface Listed {
  /** Rows of `$listSessions`. */
  readonly sessions?: readonly Document[];
  /** Rows of `$listLocalSessions`. */
  readonly local?: readonly Document[];
  /** Documents of `$currentOp` that have an lsid; they are gone once something is killed. */
  readonly operations?: readonly Document[];
  /** Other answers to a command; undefined leaves it at the usual one. A function is told the server’s address. */
  readonly changes?: Readonly<
    Record<string, Document | ((command: Document, address: string) => Document | undefined)>
  >;
}

/** A server that answers as a standalone MongoDB would that has these sessions, and notes each command that it gets. */
export async function startDeployment({ sessions = [], local = [], operations = [], changes = {} }: Listed) {
  const commands: Document[] = [];
  let killed = false;
  let address = '';
  const usual: Script = {
    ...aServer(),
    killAllSessionsByPattern() {
      killed = true;
      return {};
    },
    aggregate(command) {
      const [stage = {}, next = {}] = command['pipeline'] as Document[];
      if ('$listSessions' in stage) return rows('$group' in next ? byOwner(sessions) : sessions);
      if ('$listLocalSessions' in stage) return rows(local);
      if (stage['$currentOp']?.allUsers === false) return ownOperation('reaper@admin')(command);
      return rows(killed ? [] : operations);
    },
  };
  const answerTo =
    (name: string) =>
    (command: Document): Document => {
      commands.push(command);
      const change = changes[name];
      const changed = typeof change === 'function' ? change(command, address) : change;
      if (name === 'hello') return { ...answerOf(usual[name], command), localTime: new Date(), ...changed };
      return changed ?? answerOf(usual[name], command);
    };
  const names = [...Object.keys(usual), ...Object.keys(changes)];
  const server = await startScriptedServer(Object.fromEntries(names.map((name) => [name, answerTo(name)])));
  ({ address } = server);
  return {
    ...server,
    commands,
    /** The commands that end something; the driver takes its own sessions back with `endSessions`, too. */
    ending: () =>
      commands.filter(
        (command) =>
          'killAllSessionsByPattern' in command || ('endSessions' in command && 'comment' in command),
      ),
  };
}

function answerOf(answer: Script[string] | undefined, command: Document): Document {
  return (typeof answer === 'function' ? answer(command) : answer) ?? {};
}

/** What the server counts; rows that make no sense are left for the listing. */
function byOwner(sessions: readonly Document[]): Document[] {
  const counted = sessions.filter(({ _id }) => _id?.uid instanceof Binary && _id.uid.length() === 32);
  return counted.map(({ _id, user }) => ({ _id: { uid: _id.uid, user: user?.name }, count: 1 }));
}

export function uidOf(user: string): Binary {
  return new Binary(createHash('sha256').update(user, 'utf8').digest());
}

/** A row of `$listSessions`, of a session that was last used so many ms ago. */
export function aRow(user: string, ago: number, changes: Document = {}): Document {
  return {
    _id: { id: new UUID(randomUUID()), uid: uidOf(user) },
    lastUse: new Date(Date.now() - ago),
    user: { name: user },
    ...changes,
  };
}

/** A document of `$currentOp`: an operation that runs in a session of this user’s. */
export function anOperation(user: string, changes: Document = {}): Document {
  const [name, db] = [user.slice(0, user.lastIndexOf('@')), user.slice(user.lastIndexOf('@') + 1)];
  return {
    type: 'op',
    active: true,
    opid: 5,
    lsid: { id: new UUID(randomUUID()), uid: uidOf(user) },
    effectiveUsers: [{ user: name, db }],
    client: '10.0.0.1:50000',
    appName: 'app',
    ...changes,
  };
}
