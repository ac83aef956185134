import { everyAction } from '../support/people.ts';
import { Binary, Long, UUID, type Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { rows } from '../mongo/a-server.ts';
import {
  answering,
  cursor,
  isCount,
  isListing,
  isLocal,
  isOperations,
  isOwn,
  noDate,
  row,
  runOn,
  someone,
} from './hostile-run.ts';
import { anOperation, uidOf, type Listed } from './scripted-deployment.ts';

const id = new UUID();
const uid = uidOf(someone);

const status = (authInfo: unknown): Listed => ({ changes: { connectionStatus: { authInfo } } });
const me = [{ user: 'reaper', db: 'admin' }];
const all = [{ resource: { cluster: true }, actions: everyAction }];
const setOf = (config: Document): Listed => ({
  changes: {
    hello: (_command, address) => ({ setName: 'rs', hosts: [address], me: address }),
    connectionStatus: { authInfo: { authenticatedUsers: me, authenticatedUserPrivileges: all } },
    replSetGetConfig: config,
  },
});

/** What a server may answer, and the words of the error with which a run then stops. */
const refused: Record<string, readonly [Listed, RegExp]> = {
  'a row without an lsid': [row({ _id: null }), /lsid makes no sense/],
  'an id that is text': [row({ _id: { id: 'x', uid } }), /lsid makes no sense/],
  'an id that is too short': [
    row({ _id: { id: new Binary(Buffer.alloc(3), 4), uid } }),
    /lsid makes no sense/,
  ],
  'no uid': [row({ _id: { id } }), /lsid makes no sense/],
  'a uid that is too short': [row({ _id: { id, uid: new Binary(Buffer.alloc(3)) } }), /lsid makes no sense/],
  'an empty uid': [row({ _id: { id, uid: new Binary(Buffer.alloc(0)) } }), /lsid makes no sense/],
  'a last use that is text': [row({ lastUse: 'yesterday' }), /lastUse makes no sense/],
  'a last use that is a number': [row({ lastUse: 0 }), /lastUse makes no sense/],
  'no last use': [row({ lastUse: undefined }), /lastUse makes no sense/],
  'a name that is a number': [row({ user: { name: 5 } }), /user makes no sense/],
  'an operation whose lsid is text': [
    { operations: [anOperation(someone, { lsid: 'x' })] },
    /lsid makes no sense/,
  ],
  'a cursor that is gone at once': [
    answering(isListing, cursor({ id: Long.ONE, firstBatch: [] })),
    /refused a command: no such command: 'getMore'/,
  ],
  'a member that lists without a cursor': [answering(isLocal, { ok: 1 }), /no cursor with rows/],
  'a count of nobody': [answering(isCount, rows([{ _id: null, count: 1 }])), /count makes no sense/],
  'nothing of our own operation': [
    answering(isOwn, rows([])),
    /does not show its clients their own operations/,
  ],
  'our own operation without an lsid': [answering(isOwn, rows([{ lsid: 5 }])), /lsid makes no sense/],
  'an address with an option in it': [
    { changes: { hello: { me: 'evil.example:27017/?authMechanism=PLAIN&x=' } } },
    /a member whose address makes no sense/,
  ],
  'nobody logged in': [status({}), /not logged in/],
  'another user’s sessions as ours': [
    status({ authenticatedUsers: [{ user: 'someone', db: 'admin' }], authenticatedUserPrivileges: all }),
    /do not have the uid of that name/,
  ],
  'a member with an option in its address': [
    setOf({ config: { members: [{ host: 'evil.example:1/?tls=false&authMechanism=PLAIN&x=' }] } }),
    /a member whose address makes no sense/,
  ],
  'an error without words': [{ changes: { connectionStatus: { ok: 0 } } }, /refused a command/],
  'an error whose words are none': [
    { changes: { connectionStatus: { ok: 0, code: 'x', errmsg: { a: 1 } } } },
    /refused a command/,
  ],
  'an ok that is none': [{ changes: { connectionStatus: { ok: 'yes' } } }, /refused a command/],
  'no primary at every listing': [
    { changes: { aggregate: { ok: 0, code: 10_107, errmsg: 'not primary' } } },
    /not primary/,
  ],
  'a last use before time began': [row({ lastUse: noDate(-(2n ** 62n)) }), /lastUse makes no sense/],
  'a last use after its end': [row({ lastUse: noDate(2n ** 62n) }), /lastUse makes no sense/],
  'a negative count': [
    answering(isCount, rows([{ _id: { uid, user: someone }, count: -5 }])),
    /count makes no sense/,
  ],
  'a count that is none': [
    answering(isCount, rows([{ _id: { uid }, count: Number.NaN }])),
    /count makes no sense/,
  ],
  'a huge count': [answering(isCount, rows([{ _id: { uid }, count: 1e308 }])), /count makes no sense/],
  'half a session': [answering(isCount, rows([{ _id: { uid }, count: 1.5 }])), /count makes no sense/],
  'a clock beyond all dates': [
    { changes: { hello: { localTime: noDate(2n ** 62n) } } },
    /hello makes no sense: localTime/,
  ],
  'a timeout that is text': [
    { changes: { hello: { logicalSessionTimeoutMinutes: 'x' } } },
    /hello makes no sense: logicalSessionTimeoutMinutes/,
  ],
  'a timeout below nothing': [
    { changes: { hello: { logicalSessionTimeoutMinutes: -5 } } },
    /hello makes no sense: logicalSessionTimeoutMinutes/,
  ],
  'members without end': [
    setOf({
      config: { members: Array.from({ length: 5000 }, (_, at) => ({ host: `127.0.0.1:${at + 1}` })) },
    }),
    /replSetGetConfig makes no sense/,
  ],
  'ok without a cursor': [answering(isListing, { ok: 1 }), /no cursor with rows/],
  'no cursor but null': [answering(isListing, { cursor: null }), /no cursor with rows/],
  'a cursor without rows': [answering(isListing, cursor({})), /no cursor with rows/],
  'rows that are text': [answering(isListing, cursor({ firstBatch: 'x' })), /no cursor with rows/],
  'rows of text': [answering(isListing, cursor({ firstBatch: ['x', 5, null] })), /no cursor with rows/],
  'a cursor without a number': [
    answering(isListing, cursor({ id: 'x', firstBatch: [] })),
    /no cursor with rows/,
  ],
  'a cursor without a name': [
    answering(isListing, cursor({ id: Long.ONE, ns: 5, firstBatch: [] })),
    /no cursor with rows/,
  ],
  'operations without a cursor': [answering(isOperations, { ok: 1 }), /no cursor with rows/],
  'operations that are text': [answering(isOperations, cursor({ firstBatch: ['x'] })), /no cursor with rows/],
  'a count under half a uid': [
    answering(isCount, rows([{ _id: { uid: new Binary(Buffer.alloc(16)) }, count: 1 }])),
    /count makes no sense/,
  ],
  'no clock': [{ changes: { hello: { localTime: null } } }, /hello makes no sense: localTime/],
  'a clock that is text': [{ changes: { hello: { localTime: 'noon' } } }, /hello makes no sense: localTime/],
  'users that are text': [status({ authenticatedUsers: 'x' }), /connectionStatus makes no sense/],
  'users that are null': [status({ authenticatedUsers: [null] }), /connectionStatus makes no sense/],
  'users with names that are none': [
    status({ authenticatedUsers: [{ user: { a: 1 }, db: 5 }] }),
    /connectionStatus makes no sense/,
  ],
  'privileges that are text': [
    status({ authenticatedUsers: me, authenticatedUserPrivileges: 'x' }),
    /connectionStatus makes no sense/,
  ],
  'privileges that are null': [
    status({ authenticatedUsers: me, authenticatedUserPrivileges: [null] }),
    /connectionStatus makes no sense/,
  ],
  'actions that are text': [
    status({
      authenticatedUsers: me,
      authenticatedUserPrivileges: [{ resource: { cluster: true }, actions: 'x' }],
    }),
    /connectionStatus makes no sense/,
  ],
  'a set without a configuration': [setOf({}), /replSetGetConfig makes no sense/],
  'members that are text': [setOf({ config: { members: 'x' } }), /replSetGetConfig makes no sense/],
  'members that are null': [setOf({ config: { members: [null] } }), /replSetGetConfig makes no sense/],
};

describe.each(Object.entries(refused))('%s', (_name, [listed, words]) => {
  test('is an error with a reason, and nothing is ended', async () => {
    const { code, stderr, stdout, ending, log } = await runOn(listed);
    expect([code, ending]).toEqual([code, []]);
    expect(code).not.toBe(0);
    expect(`${stderr}${stdout}`).toMatch(words);
    expect(stderr).not.toMatch(/unexpected error|\n\s+at /);
    expect(log).not.toContain('"event.action":"attempt"');
  });
});
