import { createHash } from 'node:crypto';
import { Binary, Long, type Document } from 'mongodb';
import { helloOf, type Script } from '../support/mongos/scripted-server.ts';

/** What a MongoDB 7.0 answers to reaper’s `connect`, to an account that may do everything; `changes` as a test needs. */
export function aServer(changes: Script = {}): Script {
  return {
    hello: helloOf(),
    buildInfo: { version: '7.0.15' },
    connectionStatus: {
      authInfo: {
        authenticatedUsers: [{ user: 'reaper', db: 'admin' }],
        authenticatedUserPrivileges: [
          {
            resource: { cluster: true },
            actions: ['listSessions', 'inprog', 'killAnySession', 'getParameter'],
          },
        ],
      },
    },
    getParameter: { logicalSessionRefreshMillis: 300_000 },
    aggregate: ownOperation('reaper@admin'),
    endSessions: {},
    ...changes,
  };
}

/** Answers `$currentOp` with the operation that asks; it runs in a session of this user’s. */
export function ownOperation(user: string, more: Document = {}): (command: Document) => Document {
  return ({ lsid }) => rows([{ lsid: { id: lsid.id, uid: uidOf(user) }, ...more }]);
}

/** The answer to an `aggregate` that found these documents. */
export function rows(firstBatch: readonly Document[]): Document {
  return { cursor: { id: Long.ZERO, ns: 'admin.$cmd.aggregate', firstBatch } };
}

function uidOf(user: string): Binary {
  return new Binary(createHash('sha256').update(user).digest());
}
