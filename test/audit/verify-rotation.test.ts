import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import { openLine } from '../../src/audit/chain.ts';
import { auditLogFile, logFromEnd, rotatedFile } from '../../src/audit/log-files.ts';
import { verifyLog } from '../../src/audit/verify.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-verify-rotation-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Each line fills a file, so that the next writer sets it aside. */
const rotateAt = { size: 1, age: 1e12 };

async function writeOne(): Promise<void> {
  await using log = await openAuditLog(dir, () => new Date(), { rotateAt });
  await log.append([{ action: 'audit', outcome: 'success', reaper: {} }]);
}

describe('a file that is set aside between the listing of the files and the reading of this one', () => {
  let third: Buffer;
  beforeEach(async () => {
    for (let line = 0; line < 3; line++) await writeOne();
    // Back to before the last rotation: two files, a line in each.
    third = readFileSync(auditLogFile(dir));
    await rename(rotatedFile(dir, 2), auditLogFile(dir));
    await rm(join(dir, 'audit-head.json'));
  });

  test.each([
    { name: 'and another one begun', goOn: () => writeFileSync(auditLogFile(dir), third) },
    { name: 'and none begun yet', goOn: () => undefined },
  ])('$name, is read all the same', async ({ goOn }) => {
    let rotated = false;
    const state = await verifyLog(dir, {}, () => {
      // The first file is being read, and all were listed.
      if (rotated) return;
      rotated = true;
      renameSync(auditLogFile(dir), rotatedFile(dir, 2));
      goOn();
    });
    expect(rotated).toBe(true);
    expect(state).toMatchObject({ intact: true, faults: [], lines: 2, head: { sequence: 2 } });
  });
});

test('whoever reads while others rotate sees a whole log, from either end', async () => {
  const rotations = 250;
  let done = false;
  const writing = (async () => {
    for (let line = 0; line < rotations; line++) await writeOne();
  })().finally(() => (done = true));
  try {
    while (!done) {
      expect((await verifyLog(dir)).faults).toEqual([]);
      const numbers: number[] = [];
      for await (const { bytes, whole } of logFromEnd(dir)) {
        const opened = openLine(bytes);
        if ('line' in opened && whole) numbers.push(opened.line['event.sequence']);
      }
      // Down to the first, none left out.
      expect(numbers).toEqual(Array.from(numbers, (_, at) => numbers.length - at));
    }
  } finally {
    await writing;
  }
  expect(await verifyLog(dir)).toMatchObject({ intact: true, lines: rotations });
});
