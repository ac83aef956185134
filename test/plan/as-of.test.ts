import { expect, test } from 'vitest';
import { asOf } from '../../src/plan/as-of.ts';
import { aSession, minute, now } from '../support/builders.ts';

const open = { kind: 'cursor', idle: 2 * minute, open: 3 * minute } as const;

const timesOf = (operations: number, at: number): number[] => {
  const sessions = [aSession({ operations, resources: [open] })];
  const [resource] = asOf({ serverTime: now, sessions, silentMembers: [] }, at).sessions[0]?.resources ?? [];
  return [(resource?.idle ?? NaN) / minute, (resource?.open ?? NaN) / minute];
};

test('a cursor is idle and open for longer', () => {
  expect(timesOf(0, now + 5 * minute)).toEqual([7, 8]);
});

test('where an operation runs, it goes on, and the cursor is not idle for longer', () => {
  expect(timesOf(1, now + 5 * minute)).toEqual([2, 8]);
});

test('before it was opened it is neither', () => {
  expect(timesOf(0, now - 2.5 * minute)).toEqual([0, 0.5]);
});

test('uses stay as they are', () => {
  const snapshot = { serverTime: now, sessions: [aSession()], silentMembers: ['m1'] };
  expect(asOf(snapshot, now + minute)).toEqual(snapshot);
});
