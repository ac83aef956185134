import type { Uid } from '../../src/session.ts';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { jsonPieces } from '../../src/report/json-pieces.ts';
import { listJson, listToJson, listToText } from '../../src/report/list.ts';
import { styleFor } from '../../src/report/style.ts';
import type { Session } from '../../src/session.ts';
import type { Snapshot } from '../../src/snapshot.ts';
import { aSession, idOf, minute, now } from '../support/builders.ts';
import { oddNames } from './a-run-result.ts';

const plain = styleFor({}, {});
const snapshotOf = (sessions: Session[]): Snapshot => ({
  serverTime: now,
  sessions,
  silentMembers: ['m2:27017'],
});

const odd = oddNames.map((owner, id) => ({
  ...aSession({ id, owner, flushedAgo: id * minute, operations: 2, cursors: 1 }),
  clients: ['10.0.0.1:50000', '10.0.0.2:50000'],
  apps: [owner],
}));

const nobody: ReadonlySet<Uid> = new Set();

describe('reaper list', () => {
  test('has the shape that it promises, unused longest first', () => {
    const json: unknown = JSON.parse([...jsonPieces(listToJson(snapshotOf(odd)))].join(''));
    expect(listJson.parse(json)).toEqual(json);
    expect([...listToJson(snapshotOf(odd)).sessions].map(({ lsid }) => lsid.id)).toEqual(
      [5, 4, 3, 2, 1, 0].map(idOf),
    );
  });

  test('says what a session holds', () => {
    expect([...listToJson(snapshotOf(odd.slice(0, 1))).sessions][0]).toMatchObject({
      idle_seconds: 0,
      holds: { operations: 2, cursors: 1, transactions: 0 },
      apps: [oddNames[0]],
    });
    expect(listToText(snapshotOf([aSession({ operations: 2, cursors: 1 })]), nobody, plain)[1]).toMatch(
      / 2 operations/,
    );
  });

  test('is no wider than 80 and obeys no name', () => {
    const lines = listToText(snapshotOf(odd), nobody, plain);
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test('ends with the counts', () => {
    const sessions = [
      aSession({ id: 1 }),
      aSession({ id: 2, named: false }),
      aSession({ id: 3, owner: 'bob@admin' }),
    ];
    expect(listToText(snapshotOf(sessions), nobody, plain).at(-1)).toMatch(/^3 listed · 2 users/);
    expect(listToText(snapshotOf([]), nobody, plain)).toHaveLength(1);
  });

  test('counts reaper’s own sessions without showing them', () => {
    const own = aSession({ owner: 'reaper@admin' });
    const lines = listToText(snapshotOf([own, aSession({ id: 2 })]), new Set([own.lsid.uid]), plain);
    expect(lines.join('\n')).not.toContain('reaper@admin');
    expect(lines.at(-1)).toBe('2 listed · 1 user · 1 of reaper’s own not shown · m2:27017 did not answer');
  });
});
