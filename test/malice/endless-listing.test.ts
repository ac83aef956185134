import { Long, type Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { cursor, hour, isListing, row, runOn, someone } from './hostile-run.ts';
import { anOperation, aRow, type Listed } from './scripted-deployment.ts';

test('a member without a version is a member that does not answer: nothing is sent to it', async () => {
  const { code, stdout, ending } = await runOn({ changes: { buildInfo: { version: { a: 1 } } } });
  expect([code, ending]).toEqual([4, []]);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('buildInfo makes no sense: version');
});

test('operations of users that are none count for nothing', async () => {
  const operations = [anOperation(someone, { effectiveUsers: [null, 5, { user: { a: 1 }, db: [] }] })];
  expect(await runOn({ operations })).toMatchObject({ code: 0, ending: [{}] });
});

describe('rows without end', () => {
  /** A listing that begins and goes on with these rows for ever. */
  const endless = (rows: readonly Document[]): Listed => ({
    changes: {
      aggregate: (command) => (isListing(command) ? cursor({ id: Long.ONE, firstBatch: rows }) : undefined),
      getMore: { cursor: { id: Long.ONE, ns: 'config.system.sessions', nextBatch: rows } },
    },
  });

  test.each([[[]], [['--all']]])('and without rows: an error (%j)', async (argv) => {
    const { code, stderr, ending } = await runOn(endless([]), argv);
    expect([code, ending]).toEqual([1, []]);
    expect(stderr).toContain('has no end and no rows');
  });

  test('and each with a megabyte of name: an error, as soon as the first comes', async () => {
    const rows = Array.from({ length: 12 }, () => aRow(`${'x'.repeat(1_000_000)}@admin`, hour));
    const { code, stderr, ending } = await runOn(endless(rows), ['--all']);
    expect([code, ending]).toEqual([1, []]);
    expect(stderr).toContain('user makes no sense');
    expect(stderr.length).toBeLessThan(2_000);
  });
});

test('a name longer than a server’s sessions have changes nothing', async () => {
  const name = `${'x'.repeat(60_000)}@admin`;
  expect(await runOn(row({ user: { name } }))).toMatchObject({ code: 0, ending: [{}] });
});
