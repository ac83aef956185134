import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { auditLogFile, rotatedFile } from '../../src/audit/log-files.ts';
import { readUnfinished } from '../../src/audit/unfinished.ts';
import { idOf, uidOf } from '../support/builders.ts';
import { aLog, type LoggedRun } from './a-log.ts';

const at = Date.UTC(2026, 9, 20, 20);
const sessions = { 5: 'planned', 6: 'attempted', 7: 'ended', 8: 'failed' } as const;
const alice = uidOf('alice@admin');
const unreachable: LoggedRun = { at, exitCode: 69, brokeOff: true };

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

  test('was cut off, and its lines were set aside before anyone looked', async () => {
    const dir = await aLog([
      { at: at - 60_000, sessions: { 1: 'ended' } },
      { at, sessions, cutAfter: 'outcome' },
    ]);
    const before = await readUnfinished(dir);
    const lines = (await readFile(auditLogFile(dir), 'utf8')).trimEnd().split('\n');
    const write = (file: string, some: readonly string[]) =>
      writeFile(file, some.map((line) => `${line}\n`).join(''));
    await write(rotatedFile(dir, 1), lines.slice(0, -4));
    await write(rotatedFile(dir, 100), lines.slice(-4));
    await write(auditLogFile(dir), []);
    expect(await readUnfinished(dir)).toEqual(before);
    await rm(auditLogFile(dir));
    expect(await readUnfinished(dir)).toEqual(before);
  });

  test('was cut off before the end of its last line was on disk', async () => {
    const dir = await aLog([{ at, sessions, cutAfter: 'outcome' }]);
    const before = await readUnfinished(dir);
    const text = await readFile(auditLogFile(dir), 'utf8');
    await writeFile(auditLogFile(dir), text.slice(0, -1));
    expect(await readUnfinished(dir)).toEqual(before);
  });

  test.each<[string, LoggedRun[]]>([
    ['could not begin', [unreachable]],
    ['could not begin, twice', [unreachable, unreachable]],
    ['sent nothing', [{ at, exitCode: 3, brokeOffLate: true, attempts: false }]],
  ])('was cut off, and the one after it %s', async (_what, later) => {
    const cutOff: LoggedRun = { at, sessions, cutAfter: 'outcome' };
    const before = await readUnfinished(await aLog([cutOff]));
    const found = await readUnfinished(await aLog([cutOff, ...later]));
    expect(before?.earlier).toHaveLength(2);
    expect(found?.earlier.map(({ lsid }) => lsid)).toEqual(before?.earlier.map(({ lsid }) => lsid));
    expect(found?.openEnds.map(({ state }) => state)).toEqual(before?.openEnds.map(({ state }) => state));
  });

  test('broke off after it had sent something', async () => {
    const dir = await aLog([
      { at: at - 60_000, sessions: { 1: 'attempted' }, cutAfter: 'attempt' },
      { at, sessions, exitCode: 73, brokeOffLate: true },
    ]);
    const found = await readUnfinished(dir);
    expect(found?.earlier).toMatchObject([
      { lsid: { id: idOf(7) }, outcome: 'ended' },
      { lsid: { id: idOf(6) }, outcome: 'in_doubt' },
    ]);
  });

  test('came to its end, though one before it was cut off', async () => {
    const dir = await aLog([
      { at: at - 60_000, sessions, cutAfter: 'outcome' },
      { at, sessions: { 9: 'failed' }, exitCode: 4 },
      { at, exitCode: 69, brokeOff: true },
    ]);
    expect(await readUnfinished(dir)).toBeUndefined();
  });

  test('was cut off before it planned anything', async () => {
    const dir = await aLog([{ at, cutAfter: 'run-started' }]);
    expect(await readUnfinished(dir)).toMatchObject({ earlier: [], openEnds: [] });
  });
});
