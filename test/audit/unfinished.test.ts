import { describe, expect, test } from 'vitest';
import { readUnfinished } from '../../src/audit/unfinished.ts';
import { idOf, uidOf } from '../support/builders.ts';
import { aLog } from './a-log.ts';

const at = Date.UTC(2026, 9, 20, 20);
const sessions = { 5: 'planned', 6: 'attempted', 7: 'ended', 8: 'failed' } as const;
const alice = uidOf('alice@admin');

describe('the run before', () => {
  test('came to its end, or there was none', async () => {
    expect(await readUnfinished(await aLog([]))).toBeUndefined();
    expect(await readUnfinished(await aLog([{ at, sessions }]))).toBeUndefined();
    expect(await readUnfinished(await aLog([{ at, exitCode: 69, brokeOff: true }]))).toBeUndefined();
  });

  test('was cut off: what it ended is looked for, what is in doubt is judged afresh', async () => {
    const dir = await aLog([
      { at: at - 60_000, sessions: { 1: 'ended' } },
      { at, sessions, cutAfter: 'outcome' },
    ]);
    const unfinished = await readUnfinished(dir);
    expect(unfinished?.earlier).toMatchObject([
      { lsid: { id: idOf(7), uid: alice }, at, outcome: 'ended', user: 'alice@admin' },
      { lsid: { id: idOf(6), uid: alice }, outcome: 'in_doubt' },
    ]);
    expect(unfinished?.openEnds.map(({ sessionId, state }) => [sessionId, state])).toEqual([
      [idOf(5), 'not_attempted'],
      [idOf(6), 'in_doubt'],
    ]);
  });

  test('was cut off before it planned anything', async () => {
    const dir = await aLog([{ at, cutAfter: 'run-started' }]);
    expect(await readUnfinished(dir)).toMatchObject({ earlier: [], openEnds: [] });
  });
});
