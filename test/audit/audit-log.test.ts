import { appendFile, chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import { auditLogFile } from '../../src/audit/log-files.ts';
import { verifyLog } from '../../src/audit/verify.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-audit-'));
});

afterEach(() => rm(dir, { recursive: true }));

const clock = () => new Date('2026-07-01T12:00:00Z');
const text = () => readFile(auditLogFile(dir), 'utf8');
const marksOf = async () => {
  const lines = (await text()).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { reaper: { mark: string } }).reaper.mark);
};

function anEvent(mark: string, rest: AuditEvent['reaper'] = {}): AuditEvent {
  return { action: 'outcome', outcome: 'success', reaper: { mark, ...rest } };
}

async function writeOne(mark: string): Promise<void> {
  await using log = await openAuditLog(dir, clock);
  await log.append([anEvent(mark)]);
}

describe('the audit log', () => {
  test('is only ever added to, one line an event', async () => {
    {
      await using log = await openAuditLog(dir, clock);
      await log.append([anEvent('a'), anEvent('b')]);
      await log.append([]);
    }
    const before = await text();
    {
      await using log = await openAuditLog(dir, clock);
      await log.append([anEvent('c\nd')]);
    }
    expect((await text()).startsWith(before)).toBe(true);
    expect(await marksOf()).toEqual(['a', 'b', 'c\nd']);
  });

  test('has everything on disk once append returns', async () => {
    await using log = await openAuditLog(dir, clock);
    await log.append([anEvent('a')]);
    expect(await marksOf()).toEqual(['a']);
  });

  describe('with its note', () => {
    const modesOf = () =>
      Promise.all(
        [auditLogFile(dir), join(dir, 'audit-head.json')].map(
          async (path) => (await stat(path)).mode & 0o777,
        ),
      );
    let before: number;
    afterEach(() => process.umask(before));

    test.each(['000', '022', '077'])(
      'is for its owner to write and its group to read, umask %s',
      async (umask) => {
        before = process.umask(umask);
        await writeOne('a');
        expect(await modesOf()).toEqual([0o640, 0o640]);
      },
    );

    test('keeps the modes that somebody gave them', async () => {
      before = process.umask(0o022);
      await writeOne('a');
      await chmod(auditLogFile(dir), 0o600);
      await chmod(join(dir, 'audit-head.json'), 0o660);
      await writeOne('b');
      expect(await modesOf()).toEqual([0o600, 0o660]);
    });
  });

  test('closes a last line that a crash tore, keeps it, and vouches for it', async () => {
    await writeOne('whole');
    await appendFile(auditLogFile(dir), '{"torn":');
    await writeOne('a');
    const [whole, torn, next, end, ...rest] = (await text()).split('\n');
    expect([torn, end, rest]).toEqual(['{"torn":', '', []]);
    expect(JSON.parse(whole ?? '')).toMatchObject({ reaper: { mark: 'whole' } });
    expect(JSON.parse(next ?? '')).toMatchObject({
      reaper: { mark: 'a' },
      'event.sequence': 2,
      chain: { torn: { bytes: 8 } },
    });
    expect(await verifyLog(dir)).toMatchObject({ intact: true, torn: 1, lines: 3 });
  });

  test('adds nothing to a file whose last line is whole', async () => {
    await writeOne('a');
    const before = await text();
    {
      await using _log = await openAuditLog(dir, clock);
    }
    expect(await text()).toBe(before);
  });

  test.each([
    { name: 'edited', damage: (lines: string) => lines.replace('"mark":"b"', '"mark":"B"') },
    { name: 'cut', damage: (lines: string) => lines.slice(0, lines.indexOf('\n') + 1) },
    { name: 'emptied', damage: () => '' },
  ])('records nothing after an end that was $name', async ({ damage }) => {
    await writeOne('a');
    await writeOne('b');
    await writeFile(auditLogFile(dir), damage(await text()));
    await expect(openAuditLog(dir, clock)).rejects.toMatchObject({ code: 'log-damaged', exitCode: 73 });
  });

  test('stays one chain with two writers, as a lock during a run', async () => {
    await using run = await openAuditLog(dir, clock);
    await using lock = await openAuditLog(dir, clock);
    await run.append([anEvent('a')]);
    await lock.append([anEvent('b')]);
    await Promise.all([run.append([anEvent('c')]), lock.append([anEvent('d')])]);
    expect((await marksOf()).slice(0, 2)).toEqual(['a', 'b']);
    expect(await verifyLog(dir)).toMatchObject({ intact: true, lines: 4 });
  });

  test('tells each line once it is on disk', async () => {
    const told: string[] = [];
    await using log = await openAuditLog(dir, clock, { onLine: (line) => told.push(line) });
    await log.append([anEvent('a'), anEvent('b')]);
    expect(`${told.join('\n')}\n`).toBe(await text());
  });

  test('does not mix the lines of appends at the same time', async () => {
    const padding = 'x'.repeat(700_000);
    {
      await using log = await openAuditLog(dir, clock);
      const appends = Array.from({ length: 12 }, (_, at) =>
        log.append([anEvent(`${at} first`, at % 2 ? { padding } : {}), anEvent(`${at} second`)]),
      );
      await Promise.all(appends);
    }
    expect(await marksOf()).toEqual(
      Array.from({ length: 12 }, (_, at) => [`${at} first`, `${at} second`]).flat(),
    );
  });

  test('waits for what is under way before it is closed', async () => {
    const log = await openAuditLog(dir, clock);
    const appended = log.append([anEvent('a', { padding: 'x'.repeat(700_000) })]);
    await log[Symbol.asyncDispose]();
    await appended;
    expect(await marksOf()).toEqual(['a']);
  });

  test('that cannot be opened is told', async () => {
    await writeFile(join(dir, 'no-folder'), '');
    await expect(openAuditLog(join(dir, 'no-folder'), clock)).rejects.toMatchObject({
      code: 'record-impossible',
      exitCode: 73,
    });
  });

  test.runIf(process.platform === 'linux')('that cannot be written is told', async () => {
    await symlink('/dev/full', auditLogFile(dir));
    await using log = await openAuditLog(dir, clock);
    await expect(log.append([anEvent('a')])).rejects.toMatchObject({
      code: 'record-impossible',
      message: expect.stringContaining('the disk is full'),
    });
  });
});
