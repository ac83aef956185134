import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import { genesis, openLine, seal, type Head } from '../../src/audit/chain.ts';
import { entryOf } from '../../src/audit/event.ts';
import { auditLogFile } from '../../src/audit/log-files.ts';
import { verifyLog } from '../../src/audit/verify.ts';

const at = new Date('2026-07-01T12:00:00Z');
const names = ['alice@admin', 'dot.ted@db@x', 'é\u2028\ufffd', '\u001b[31m', '"\\/'];

let dir: string;
let log: Buffer;
let note: Buffer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-verify-'));
  await using writer = await openAuditLog(dir, () => at);
  for (let number = 0; number < 200; number++) {
    const user = names[number % names.length];
    await writer.append([{ action: 'outcome', outcome: 'success', reaper: { number, user } }]);
  }
});
beforeEach(async () => {
  log ??= await readFile(auditLogFile(dir));
  note ??= await readFile(noteFile());
  await writeFile(auditLogFile(dir), log);
  await writeFile(noteFile(), note);
});
afterAll(() => rm(dir, { recursive: true }));

const noteFile = () => join(dir, 'audit-head.json');
const linesOfLog = (): string[] => log.toString().trimEnd().split('\n');
const rewrite = (lines: readonly string[]): Promise<void> =>
  writeFile(auditLogFile(dir), lines.map((line) => `${line}\n`).join(''));

describe('a log as reaper wrote it', () => {
  test('is intact, and its head is known', async () => {
    const last = JSON.parse(linesOfLog().at(-1) ?? '') as { chain: { hash: string } };
    const head = { sequence: 200, hash: last.chain.hash };
    const state = await verifyLog(dir, { head: head.hash });
    expect(state).toMatchObject({ intact: true, faults: [], torn: 0, lines: 200, head });
    expect(state).toMatchObject({ first: { sequence: 1, at: at.getTime() }, after: undefined });
  });

  test('of no lines is intact', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'reaper-verify-'));
    expect(await verifyLog(empty)).toMatchObject({
      intact: true,
      lines: 0,
      first: undefined,
      head: undefined,
    });
    expect(await verifyLog(join(empty, 'none'))).toMatchObject({ intact: true, lines: 0 });
  });
});

describe('one byte', () => {
  test('changed in any place makes its line a bad one', () => {
    const found = [0x01, 0x20, 0xff].flatMap((mask) =>
      linesOfLog().flatMap((line, number) => {
        const bytes = Buffer.from(line);
        return [...bytes.keys()].filter((place) => {
          const changed = Buffer.from(bytes);
          changed[place] = (changed[place] ?? 0) ^ mask;
          return number % 20 < names.length && 'line' in openLine(changed);
        });
      }),
    );
    expect(found).toEqual([]);
  });

  test('that ends a line, changed in any place, is found', async () => {
    const ends = [...log.keys()].filter((place) => log[place] === 0x0a);
    expect(ends).toHaveLength(200);
    for (const [number, place] of ends.entries()) {
      const changed = Buffer.from(log);
      changed[place] = 0x0b;
      await writeFile(auditLogFile(dir), changed);
      const state = await verifyLog(dir);
      expect(state.faults[0], `line ${number + 1}`).toMatchObject({ line: number + 1 });
    }
  });

  test('changed, added or taken away anywhere is found, and the line is named', async () => {
    const change = fc.record({
      place: fc.nat(log.length - 1),
      byte: fc.integer({ min: 0, max: 255 }),
      how: fc.constantFrom('change', 'add', 'take'),
    });
    const property = fc.asyncProperty(change, async ({ place, byte, how }) => {
      const added = how === 'take' ? [] : [byte];
      const changed = Buffer.concat([
        log.subarray(0, place),
        Buffer.from(added),
        log.subarray(how === 'add' ? place : place + 1),
      ]);
      fc.pre(!changed.equals(log));
      await writeFile(auditLogFile(dir), changed);
      const { faults } = await verifyLog(dir);
      const line = log.subarray(0, place).filter((each) => each === 0x0a).length + 1;
      expect(faults[0]?.line).toBeGreaterThanOrEqual(line);
      expect(faults[0]?.line).toBeLessThanOrEqual(line + 1);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

describe('a line', () => {
  const without = (...numbers: number[]) => linesOfLog().filter((_, index) => !numbers.includes(index + 1));

  test.each([
    { name: 'cut out', lines: () => without(17), line: 17, problem: /17 to 17 are missing/ },
    { name: 'cut off at the front', lines: () => without(1, 2), line: 1, problem: /1 to 2 are missing/ },
    { name: 'cut off at the end', lines: () => without(199, 200), line: 198, problem: /had come to 200/ },
    {
      name: 'repeated',
      lines: () => linesOfLog().toSpliced(10, 0, linesOfLog()[3] ?? ''),
      line: 11,
      problem: /is number 4, which was there before/,
    },
    {
      name: 'moved',
      lines: () => without(5).toSpliced(20, 0, linesOfLog()[4] ?? ''),
      line: 5,
      problem: /5 to 5 are missing/,
    },
    {
      name: 'of nonsense',
      lines: () => linesOfLog().toSpliced(9, 0, 'nonsense'),
      line: 10,
      problem: /no JSON/,
    },
    { name: 'that is empty', lines: () => linesOfLog().toSpliced(9, 0, ''), line: 10, problem: /no JSON/ },
  ])('$name is found', async ({ lines, line, problem }) => {
    await rewrite(lines());
    const state = await verifyLog(dir);
    expect(state.intact).toBe(false);
    expect(state.faults[0]).toMatchObject({ line, problem: expect.stringMatching(problem) });
  });

  test('edited and hashed anew is found at the next one', async () => {
    const lines = linesOfLog();
    const { chain, ...entry } = JSON.parse(lines[49] ?? '');
    const before: Head = { sequence: 49, hash: chain.prev };
    lines[49] = seal({ ...entry, reaper: { number: 49, user: 'mallory@admin' } }, before).line;
    await rewrite(lines);
    const { faults } = await verifyLog(dir);
    expect(faults).toMatchObject([
      { line: 51, problem: expect.stringContaining('one of the two was replaced') },
    ]);
  });
});

test('a log may be ahead of its note, which is made when a run ends', async () => {
  await using writer = await openAuditLog(dir, () => at);
  await writer.append([{ action: 'audit', outcome: 'success', reaper: {} }]);
  expect(await verifyLog(dir)).toMatchObject({ faults: [], lines: 201 });
  await using other = await openAuditLog(dir, () => at);
  expect(other.head()).toMatchObject({ sequence: 201 });
});

describe('a log that was replaced as a whole', () => {
  const forge = async (count: number): Promise<void> => {
    let head = genesis;
    const lines: string[] = [];
    for (let number = 0; number < count; number++) {
      const sealed = seal(
        entryOf({ action: 'audit', outcome: 'success', reaper: { number } }, at, number + 1),
        head,
      );
      ({ head } = sealed);
      lines.push(sealed.line);
    }
    await rewrite(lines);
  };

  test('is found by the note of its end', async () => {
    await forge(200);
    expect((await verifyLog(dir)).faults).toMatchObject([
      { line: 200, problem: expect.stringContaining('replaced') },
    ]);
  });

  test('and made longer is found by the note too', async () => {
    await forge(300);
    expect((await verifyLog(dir)).faults).toMatchObject([
      { line: 200, problem: expect.stringContaining('replaced') },
    ]);
  });

  test.each([200, 201, 300])(
    'by one of %i lines is not gone on with, which would make the note anew',
    async (count) => {
      await forge(count);
      await expect(openAuditLog(dir, () => at)).rejects.toMatchObject({
        code: 'log-damaged',
        message: expect.stringContaining('line 200'),
      });
      expect(await readFile(noteFile())).toEqual(note);
      expect((await verifyLog(dir)).intact).toBe(false);
    },
  );

  test('by nothing is found by the note', async () => {
    await rm(auditLogFile(dir));
    const state = await verifyLog(dir);
    expect(state).toMatchObject({ intact: false, lines: 0, files: [], head: undefined });
    expect(state.faults).toMatchObject([
      { file: auditLogFile(dir), line: 0, problem: expect.stringMatching(/no line, and had come to 200/) },
    ]);
  });

  test('together with its note is found by a head that a run printed', async () => {
    const { chain } = JSON.parse(linesOfLog()[99] ?? '');
    expect((await verifyLog(dir, { head: chain.hash })).intact).toBe(true);
    await forge(300);
    await rm(noteFile());
    expect((await verifyLog(dir)).intact).toBe(true);
    expect((await verifyLog(dir, { head: chain.hash })).faults).toMatchObject([
      { problem: expect.stringContaining(chain.hash) },
    ]);
  });
});

test('a log whose older files were archived is whole after their last hash', async () => {
  const [, , third] = linesOfLog();
  await rewrite(linesOfLog().slice(2));
  const { prev } = JSON.parse(third ?? '').chain;
  const first = { sequence: 3, at: at.getTime() };
  expect(await verifyLog(dir, { after: prev })).toMatchObject({
    intact: true,
    lines: 198,
    first,
    after: prev,
  });
  expect(await verifyLog(dir, { after: genesis.hash })).toMatchObject({ intact: false, first });
  expect(await verifyLog(dir)).toMatchObject({ intact: false, first, after: undefined });
});
