import { Long, type Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { alice, hour, noDate, row, runOn, someone } from './hostile-run.ts';
import { anOperation, aRow, uidOf, type Listed } from './scripted-deployment.ts';

const uid = uidOf(someone);

/** What a server may answer that says nothing against Alice’s session: it ends, and no other. */
const believed: Record<string, Listed> = {
  'nothing odd': {},
  'the same lsid again and again': { sessions: [alice, alice, alice] },
  'the same id for another user': {
    sessions: [alice, aRow(someone, hour, { _id: { id: alice['_id'].id, uid } })],
  },
  'a session under a name that is not its uid’s': row({ user: { name: 'alice@admin' } }),
  'a name that is a list': row({ user: ['alice@admin'] }),
  'a name of what every object has': row({ user: { name: '__proto__' } }),
  'more fields than there are': row({ more: { lsid: alice['_id'] } }),
  'a cursor that is text': { operations: [anOperation(someone, { cursor: 'x' })] },
  'a cursor of no known age': {
    operations: [
      anOperation(someone, {
        type: 'idleCursor',
        cursor: { cursorId: Long.MAX_VALUE, createdDate: 'x', lastAccessDate: noDate(2n ** 62n) },
      }),
    ],
  },
  'a transaction open for less than nothing': {
    operations: [
      anOperation(someone, {
        transaction: { parameters: { txnNumber: 'x', autocommit: false }, timeOpenMicros: -1e300 },
      }),
    ],
  },
  'a refresh of less than nothing': { changes: { getParameter: { logicalSessionRefreshMillis: -1e9 } } },
  'a refresh without end': { changes: { getParameter: { logicalSessionRefreshMillis: Infinity } } },
};

describe.each(Object.entries(believed))('%s', (_name, listed) => {
  test.each([[[]], [['--all']]])('changes nothing: Alice’s session ends, and no other (%j)', async (argv) => {
    const { code, ending, stderr } = await runOn(listed, argv);
    expect([code, stderr.includes('unexpected error')]).toEqual([0, false]);
    expect(ending.length).toBeGreaterThan(0);
    for (const command of ending) {
      const killed: Document[] = command['killAllSessionsByPattern'] ?? [];
      const ended: Document[] = command['endSessions'] ?? [];
      expect(plain([...killed.map(({ lsid }) => lsid as Document), ...ended])).toEqual(plain([alice['_id']]));
    }
  });
});

function plain(lsids: readonly Document[]): string[] {
  return lsids.map(({ id: one, uid: other }) => `${one.toString('hex')} ${other.toString('base64')}`);
}

test('a clock before all uses ends nothing', async () => {
  expect(await runOn({ changes: { hello: { localTime: new Date(0) } } })).toMatchObject({
    code: 0,
    ending: [],
  });
});

test('an owner that lies about being alice is nobody’s session', async () => {
  const sessions = [aRow('bob@admin', hour, { user: { name: 'alice@admin' } })];
  expect(await runOn({ sessions })).toMatchObject({ code: 0, ending: [] });
});
