import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAuditLog, type AuditLogOptions } from '../../src/audit/audit-log.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import { auditLogFile } from '../../src/audit/log-files.ts';
import { verifyLog } from '../../src/audit/verify.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-rotation-'));
});

afterEach(() => rm(dir, { recursive: true }));

const clock = () => new Date('2026-07-01T12:00:00Z');
const text = () => readFile(auditLogFile(dir), 'utf8');
const marksOf = async () => {
  const lines = (await text()).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { reaper: { mark: string } }).reaper.mark);
};

function anEvent(mark: string): AuditEvent {
  return { action: 'outcome', outcome: 'success', reaper: { mark } };
}

async function writeOne(mark: string, options: AuditLogOptions = {}): Promise<void> {
  await using log = await openAuditLog(dir, clock, options);
  await log.append([anEvent(mark)]);
}

describe('the audit log', () => {
  test('goes on in a new file once the old one is full, in one chain', async () => {
    const year = 365 * 24 * 3_600_000;
    for (const mark of ['a', 'b', 'c']) await writeOne(mark, { rotateAt: { size: 1, age: year } });
    expect((await readdir(dir)).filter((name) => name.endsWith('.jsonl'))).toEqual([
      'audit-000000000001.jsonl',
      'audit-000000000002.jsonl',
      'audit.jsonl',
    ]);
    expect(await verifyLog(dir)).toMatchObject({ intact: true, lines: 3, head: { sequence: 3 } });
  });

  test('goes on in a new file once the first line is old', async () => {
    await writeOne('a', { rotateAt: { size: 1e9, age: 60_000 } });
    const later = () => new Date(clock().getTime() + 60_000);
    await using log = await openAuditLog(dir, later, { rotateAt: { size: 1e9, age: 60_000 } });
    await log.append([anEvent('b')]);
    expect(await marksOf()).toEqual(['b']);
    expect(await verifyLog(dir)).toMatchObject({ intact: true, lines: 2 });
  });

  test('finds its end in the file before, when a crash came between the two', async () => {
    await writeOne('a');
    await rename(auditLogFile(dir), join(dir, 'audit-000000000001.jsonl'));
    await writeOne('b');
    expect(await verifyLog(dir)).toMatchObject({ intact: true, lines: 2 });
  });

  describe('of which a file is set aside while a run has it open', () => {
    const setAside = { rotateAt: { size: 1, age: 1e12 } };
    const filesOf = async () => (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));

    test.each([
      { name: 'with a line', events: [anEvent('b')], marks: ['b', 'c', 'd'] },
      { name: 'and no line yet', events: [], marks: ['c', 'd'] },
    ])('$name, goes on in the new one', async ({ events, marks }) => {
      await using run = await openAuditLog(dir, clock);
      await run.append([anEvent('a')]);
      {
        await using audit = await openAuditLog(dir, clock, setAside);
        await audit.append(events);
      }
      await run.append([anEvent('c')]);
      await writeOne('d');
      expect(await filesOf()).toEqual(['audit-000000000001.jsonl', 'audit.jsonl']);
      expect(await marksOf()).toEqual(marks);
      expect(await verifyLog(dir)).toMatchObject({ faults: [], lines: marks.length + 1 });
    });

    test('makes the new one, if a crash came before it', async () => {
      await using run = await openAuditLog(dir, clock);
      await run.append([anEvent('a')]);
      await rename(auditLogFile(dir), join(dir, 'audit-000000000001.jsonl'));
      await run.append([anEvent('b')]);
      expect(await marksOf()).toEqual(['b']);
      expect(await verifyLog(dir)).toMatchObject({ faults: [], lines: 2 });
    });
  });

  test.each([
    { name: 'deleted', change: () => rm(auditLogFile(dir)) },
    {
      name: 'replaced by an older one',
      change: async () => {
        const [first] = (await text()).split('\n');
        await rm(auditLogFile(dir));
        await writeFile(auditLogFile(dir), `${first}\n`);
      },
    },
    {
      name: 'cut',
      change: async () => {
        const [first] = (await text()).split('\n');
        await writeFile(auditLogFile(dir), `${first}\n`);
      },
    },
  ])('that was $name while it was open is not begun anew, now or later', async ({ change }) => {
    {
      await using log = await openAuditLog(dir, clock);
      await log.append([anEvent('a'), anEvent('b')]);
      await change();
      await expect(log.append([anEvent('c')])).rejects.toMatchObject({ code: 'log-damaged' });
    }
    await expect(openAuditLog(dir, clock)).rejects.toMatchObject({ code: 'log-damaged' });
    expect((await verifyLog(dir)).faults).toMatchObject([
      { problem: expect.stringMatching(/had come to 2/) },
    ]);
  });
});
