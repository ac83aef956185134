import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readServerLog } from '../../src/audit/mongod-log.ts';
import { idOf, now } from '../support/builders.ts';
import {
  aSentKill,
  closingLine,
  comment,
  killLine,
  logLine,
  lsidPatterns,
  readLines as read,
  selfLine,
  serverLogFile,
  uidPattern,
} from './server-log-lines.ts';

const minute = 60_000;
const ofWholeUser = { by: 'user' };
const early = logLine(now - 30 * minute);
const late = logLine(now + 30 * minute);

describe('a kill of ours', () => {
  test.each([
    {
      name: 'by its sessions',
      kill: aSentKill(),
      logged: killLine({ command: { killAllSessionsByPattern: lsidPatterns([1, 2]), comment } }),
    },
    {
      name: 'by its user',
      kill: aSentKill(ofWholeUser),
      logged: killLine({ command: { killAllSessionsByPattern: uidPattern(), comment } }),
    },
    {
      name: 'by its run, whatever the clocks say',
      kill: aSentKill(),
      logged: killLine({
        at: now + 9 * minute,
        command: { killAllSessionsByPattern: lsidPatterns([1, 2]), comment },
      }),
    },
    {
      name: 'in a part of it',
      kill: aSentKill({ sessionIds: [idOf(1), idOf(2), idOf(3)] }),
      logged: killLine({ command: { killAllSessionsByPattern: lsidPatterns([2, 3]), comment } }),
    },
    {
      name: 'by its sessions, where it was cut within one',
      kill: aSentKill({ sessionIds: [idOf(1), idOf(2), idOf(3)] }),
      logged: killLine({
        command: {
          killAllSessionsByPattern: [...lsidPatterns([1, 2]), { lsid: { id: { $uuid: idOf(3) } } }],
        },
        truncated: {
          command: { killAllSessionsByPattern: { 2: { lsid: { uid: { type: 'binData', size: 37 } } } } },
        },
      }),
    },
    {
      name: 'by its sessions, where it was cut after them',
      kill: aSentKill(),
      logged: killLine({
        command: { killAllSessionsByPattern: lsidPatterns([1, 2]), comment: {} },
        truncated: { command: { comment: { omitted: 3 } } },
      }),
    },
    {
      name: 'of which no outcome was recorded',
      kill: aSentKill({ doneBy: new Set() }),
      logged: killLine({ command: { killAllSessionsByPattern: lsidPatterns([1, 2]), comment } }),
    },
  ])('is recognised $name', async ({ kill, logged }) => {
    const found = await read([early, logged, late], [kill]);
    expect(found).toMatchObject({ confirmed: 1, missing: [], foreign: [], unreadable: 0 });
  });

  test('is counted once, however often it was logged', async () => {
    const logged = killLine({ command: { killAllSessionsByPattern: lsidPatterns([1]), comment } });
    expect(await read([logged, logged], [aSentKill()])).toMatchObject({ confirmed: 1, foreign: [] });
  });

  test('that was cut is the nearest one, where several were of the same sessions', async () => {
    const logged = killLine({
      at: now + 1000,
      command: { killAllSessionsByPattern: lsidPatterns([1, 2]) },
      truncated: { command: {} },
    });
    const kills = [-60, 0, 60].map((minutes) =>
      aSentKill({ runId: `at ${minutes}`, at: now + minutes * minute }),
    );
    const { confirmed, missing } = await read(
      [logLine(now - 90 * minute), logged, logLine(now + 90 * minute)],
      kills,
    );
    expect(confirmed).toBe(1);
    expect(missing.map(({ runId }) => runId)).toEqual(['at -60', 'at 60']);
  });
});

describe('a kill that is not in the log', () => {
  const self = selfLine('db1:27017');

  test.each([
    { name: 'is missing', kill: {}, lines: [self], missing: 1 },
    {
      name: 'was done by another member alone',
      kill: { doneBy: new Set(['db2:27017']) },
      lines: [self],
      missing: 0,
    },
    { name: 'has no outcome', kill: { doneBy: new Set<string>() }, lines: [self], missing: 0 },
    { name: 'came before the log begins', kill: { at: now - 40 * minute }, lines: [self], missing: 0 },
    { name: 'came after the log ends', kill: { at: now + 40 * minute }, lines: [self], missing: 0 },
    {
      name: 'came with its first lines, by another clock',
      kill: { at: now - 27 * minute },
      lines: [self],
      missing: 0,
    },
    { name: 'came with its last lines', kill: { at: now + 27 * minute }, lines: [self], missing: 0 },
    { name: 'was done by all, whichever this is', kill: {}, lines: [], missing: 1 },
    {
      name: 'was done by some, this one perhaps',
      kill: { doneBy: new Set(['db1:27017']) },
      lines: [],
      missing: 0,
    },
    {
      name: 'went to members that this one is none of',
      kill: {},
      lines: [selfLine('other:27017')],
      missing: 0,
    },
  ])('$name', async ({ kill, lines, missing }) => {
    const found = await read([early, ...lines, late], [aSentKill(kill)]);
    expect(found.missing).toHaveLength(missing);
    expect(found.confirmed).toBe(0);
  });

  test('is named by run, time and user', async () => {
    const { missing } = await read([early, self, late], [aSentKill()]);
    expect(missing).toEqual([{ runId: 'run-1', at: now, user: 'alice@admin' }]);
  });
});

describe('cursors', () => {
  const ours = killLine({ command: { killAllSessionsByPattern: lsidPatterns([1, 2]), comment } });
  const others = killLine({ command: { killAllSessions: [] } });

  test.each([
    { name: 'closed before a kill of ours count', lines: [closingLine(), closingLine(), ours], count: 2 },
    { name: 'closed for another kill do not', lines: [closingLine(), others, closingLine(), ours], count: 1 },
    {
      name: 'closed by a refresh do not',
      lines: [closingLine('LogicalSessionCacheRefresh'), ours],
      count: 0,
    },
    { name: 'closed after the last kill do not', lines: [ours, closingLine()], count: 0 },
  ])('$name', async ({ lines, count }) => {
    expect((await read(lines, [aSentKill()])).cursorsClosed).toBe(count);
  });
});

describe('the file', () => {
  const ours = killLine({ command: { killAllSessionsByPattern: lsidPatterns([1, 2]), comment } });

  test('tells its span and its member', async () => {
    const local =
      '{"t":{"$date":"2026-11-22T07:00:00.000+01:00"},"s":"I","c":"-","id":1,"ctx":"x","msg":"x"}';
    const found = await read([local, late, selfLine('db1:27017', now + 31 * minute)], []);
    expect(found).toMatchObject({
      file: expect.stringMatching(/mongod\.log$/),
      from: Date.UTC(2026, 10, 22, 6),
      to: now + 31 * minute,
      member: 'db1:27017',
    });
  });

  test('may be packed', async () => {
    const file = await serverLogFile(gzipSync(`${early}\n${ours}\n`), 'mongod.log.1.gz');
    expect((await readServerLog(file, [aSentKill()])).confirmed).toBe(1);
  });

  test('may hold lines that are none, which are counted, empty ones, and a last one that is cut', async () => {
    const lines = ['plain text', '', early, '{"t":1}', '{"half', `${ours}\r`, '[]', early.slice(0, 30)];
    const found = await readServerLog(await serverLogFile(lines.join('\n')), [aSentKill()]);
    expect(found).toMatchObject({ unreadable: 4, confirmed: 1 });
  });

  test('may be larger than what is read at once', async () => {
    const filler = Array.from({ length: 6000 }, (_, at) =>
      logLine(now - at, { attr: { pad: 'ü'.repeat(50) } }),
    );
    const found = await read([...filler, ours, ...filler], [aSentKill()]);
    expect(found).toMatchObject({ confirmed: 1, unreadable: 0 });
  });

  test('may have a line that is too long to be one', async () => {
    const content = Buffer.concat([Buffer.alloc(34 << 20), Buffer.from(`\n${ours}\n`)]);
    const found = await readServerLog(await serverLogFile(content), [aSentKill()]);
    expect(found).toMatchObject({ confirmed: 1, unreadable: 1 });
  });

  test('may be empty', async () => {
    expect(await read([], [aSentKill()])).toMatchObject({ confirmed: 0, missing: [], from: undefined });
  });

  const half = gzipSync(`${early}\n`).subarray(0, 40);
  test.each([
    { name: 'no such file', file: async () => `${await serverLogFile('')}.1`, why: 'there is no such file' },
    { name: 'a folder', file: async () => dirname(await serverLogFile('')), why: 'this is a folder' },
    {
      name: 'another kind of file',
      file: () => serverLogFile('a\nb\n'),
      why: 'no line of it is one of a mongod',
    },
    { name: 'no gzip', file: () => serverLogFile('plain', 'a.gz'), why: 'it is no gzip, or damaged' },
    { name: 'half a gzip', file: () => serverLogFile(half, 'a.gz'), why: 'the compressed file is cut' },
  ])('is refused: $name', async ({ file, why }) => {
    await expect(readServerLog(await file(), [])).rejects.toMatchObject({
      name: 'ReaperError',
      message: expect.stringContaining(why),
      remedy: expect.any(String),
    });
  });
});
