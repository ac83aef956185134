import { appendFile, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import { auditLogFile } from '../../src/audit/log-files.ts';
import { verifyLog } from '../../src/audit/verify.ts';

let dir: string;
let file: string;
let note: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-torn-'));
  file = auditLogFile(dir);
  note = join(dir, 'audit-head.json');
});
afterEach(() => rm(dir, { recursive: true }));

const clock = () => new Date('2026-07-01T12:00:00Z');

async function write(mark: string): Promise<void> {
  await using log = await openAuditLog(dir, clock);
  await log.append([{ action: 'outcome', outcome: 'success', reaper: { mark } }]);
}

/** Does a write that a crash cuts off after so many bytes; with a negative number, so many before its end. */
async function tear(mark: string, bytes: number): Promise<void> {
  const [before, noted] = await Promise.all([readFile(file), readFile(note)]);
  await write(mark);
  const written = (await readFile(file)).subarray(before.length);
  await truncate(file, before.length + written.subarray(0, bytes).length);
  await writeFile(note, noted);
}

describe('the audit log goes on', () => {
  test('after two crashes in a row, wherever they cut the lines off', async () => {
    await write('whole');
    const start = await Promise.all([readFile(file), readFile(note)]);
    const tears = fc.tuple(fc.integer({ min: 1, max: 290 }), fc.integer({ min: 2, max: 290 }));
    const property = fc.asyncProperty(tears, async ([first, second]) => {
      await Promise.all([writeFile(file, start[0]), writeFile(note, start[1])]);
      await tear('a', first);
      await tear('b', second);
      expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 2 });
      await write('c');
      await write('d');
      expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 2, head: { sequence: 3 } });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('after a crash that left nothing of a line but the end of the torn one before', async () => {
    await write('whole');
    await tear('a', 200);
    await tear('b', 1);
    expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 1 });
    await tear('c', 30);
    await write('d');
    expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 3, head: { sequence: 2 } });
  });

  test('after a line that lacks its end alone, which counts, and is given it', async () => {
    await write('whole');
    await tear('a', -1);
    expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 0, lines: 2, head: { sequence: 2 } });
    await tear('b', 40);
    await tear('c', -1);
    await write('d');
    expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 1, lines: 5, head: { sequence: 4 } });
  });

  test('after a full disk, which keeps no part of a line', async () => {
    await write('whole');
    const before = await readFile(file, 'utf8');
    await using handle = await open(file);
    const append = vi.spyOn(Object.getPrototypeOf(handle), 'appendFile');
    append.mockImplementation(async function half(this: typeof handle, text) {
      await this.write(String(text).slice(0, 100));
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    await expect(write('a')).rejects.toMatchObject({ code: 'record-impossible' });
    append.mockRestore();
    expect(await readFile(file, 'utf8')).toBe(before);
    await write('b');
    expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 0, head: { sequence: 2 } });
  });
});

test.each([
  { name: 'edited', end: (line: string) => `${line.replace('"mark":"b"', '"mark":"B"')}\n` },
  { name: 'edited, and has lost its end', end: (line: string) => line.replace('"b"', '"B"') },
  { name: 'made nonsense', end: (line: string) => `${line.replace('"mark"', "'mark'")}\n` },
  { name: 'followed by an empty one', end: (line: string) => `${line}\n\n` },
  { name: 'ended by something else', end: (line: string) => `${line}\r` },
  { name: 'chained to another, and has lost its end', end: (line: string) => line, isCut: true },
])('nothing is recorded after a line that was $name, note or not', async ({ end, isCut = false }) => {
  for (const mark of ['0', 'a', 'b']) await write(mark);
  const [zero, a, b = ''] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, `${[zero, ...(isCut ? [] : [a])].join('\n')}\n${end(b)}`);
  await rm(note);
  expect(await verifyLog(dir)).toMatchObject({ intact: false });
  await expect(openAuditLog(dir, clock)).rejects.toMatchObject({ code: 'log-damaged' });
});

describe('one byte of the last line', () => {
  let start: Buffer;
  let last: Buffer;
  beforeEach(async () => {
    await write('a');
    start = await readFile(file);
    await write('b');
    last = (await readFile(file)).subarray(start.length);
    // The note would find it too.
    await rm(note);
  });

  const isIntact = async (place: number, bytes: readonly number[]): Promise<boolean> => {
    await writeFile(
      file,
      Buffer.concat([start, last.subarray(0, place), Buffer.from(bytes), last.subarray(place + 1)]),
    );
    return (await verifyLog(dir)).intact;
  };

  test.each([
    { how: 'changed', bytes: (byte: number) => [byte ^ 0x01] },
    { how: 'made a line end', bytes: () => [0x0a] },
    { how: 'put after a brace', bytes: (byte: number) => [0x7d, byte] },
    { how: 'put on a new line', bytes: (byte: number) => [0x0a, byte] },
  ])('$how is found, wherever it is', async ({ bytes }) => {
    for (const [place, byte] of last.entries())
      if (bytes(byte)[0] !== byte) expect(await isIntact(place, bytes(byte)), `byte ${place}`).toBe(false);
  });

  test('taken away is found, unless it is the line end, which a crash may take', async () => {
    for (const place of last.subarray(0, -1).keys())
      expect(await isIntact(place, []), `byte ${place}`).toBe(false);
    expect(await isIntact(last.length - 1, [])).toBe(true);
  });
});

test('a line without its end is found where the note knows that it had one', async () => {
  await write('a');
  await truncate(file, (await readFile(file)).length - 1);
  expect((await verifyLog(dir)).faults).toMatchObject([{ line: 1, problem: 'has lost its line end' }]);
  await expect(openAuditLog(dir, clock)).rejects.toMatchObject({ code: 'log-damaged' });
});

test('one byte of what a line vouches for is found when it is changed', async () => {
  await write('a');
  await appendFile(file, '{"@timest\n{"@time\n\n{"');
  await write('b');
  expect(await verifyLog(dir)).toMatchObject({ faults: [], torn: 4 });
  const log = await readFile(file);
  for (const place of log.keys()) {
    const changed = Buffer.from(log);
    changed[place] = (changed[place] ?? 0) ^ 0x01;
    await writeFile(file, changed);
    expect((await verifyLog(dir)).intact, `byte ${place}`).toBe(false);
  }
});
