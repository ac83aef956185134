import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EndedSession } from '../../src/plan/already-ended.ts';
import { readEndedSessions, writeEndedSessions } from '../../src/state/ended-sessions.ts';
import { lsidOf, now } from '../support/builders.ts';

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-state-'));
  file = join(dir, 'ended-sessions.json');
});

afterEach(() => rm(dir, { recursive: true }));

const alice: EndedSession = {
  lsid: lsidOf(1),
  user: 'CN=ü,O=x@y@$external',
  at: now,
  outcome: 'ended',
  runId: 'one',
};
const ended: EndedSession[] = [
  alice,
  { lsid: lsidOf(2), user: undefined, at: now - 1, outcome: 'killed', runId: 'two' },
];

describe('what earlier runs ended', () => {
  test('comes back as it was written', async () => {
    await writeEndedSessions(dir, ended);
    expect(await readEndedSessions(dir)).toEqual({ ended, damaged: false });
  });

  test('takes little more than the ids where a run ended many of one user', async () => {
    const many = Array.from({ length: 1000 }, (_, at) => ({ ...alice, lsid: lsidOf(at) }));
    await writeEndedSessions(dir, many);
    expect(await readEndedSessions(dir)).toEqual({ ended: many, damaged: false });
    expect((await stat(file)).size).toBeLessThan(1000 * 40);
  });

  test('is replaced, not added to', async () => {
    await writeEndedSessions(dir, ended);
    await writeEndedSessions(dir, []);
    expect(await readEndedSessions(dir)).toEqual({ ended: [], damaged: false });
    expect(await readdir(dir)).toEqual(['ended-sessions.json']);
  });

  test('is not for everybody to read', async () => {
    await writeEndedSessions(dir, ended);
    expect((await stat(file)).mode & 0o137).toBe(0);
  });

  test('is nothing at the first run', async () => {
    expect(await readEndedSessions(dir)).toEqual({ ended: [], damaged: false });
  });

  const { id, uid } = lsidOf(1);
  const row = { uid, ids: [id], user: 'a@b', at: now, outcome: 'ended', run_id: 'one' };
  test.each([
    ['half a file', JSON.stringify([row]).slice(0, -9)],
    ['nothing', ''],
    ['no list', '{}'],
    ['a session without a uid', JSON.stringify([{ ...row, uid: undefined }])],
    ['a uid that is none', JSON.stringify([{ ...row, uid: 'AAAA' }])],
    ['an id that is none', JSON.stringify([{ ...row, ids: [id, '1'] }])],
    ['nobody’s sessions', JSON.stringify([{ ...row, ids: [] }])],
    ['an outcome that proves nothing', JSON.stringify([{ ...row, outcome: 'spared' }])],
  ])('is damaged and counts as nothing: %s', async (_name, text) => {
    await writeFile(file, text);
    expect(await readEndedSessions(dir)).toEqual({ ended: [], damaged: true });
  });

  test('a half-written successor does no harm', async () => {
    await writeEndedSessions(dir, ended);
    await writeFile(`${file}.new`, '[{');
    expect(await readEndedSessions(dir)).toEqual({ ended, damaged: false });
    await writeEndedSessions(dir, []);
    expect(await readEndedSessions(dir)).toEqual({ ended: [], damaged: false });
  });

  test('that cannot be written is told', async () => {
    await mkdir(join(file, 'in-the-way'), { recursive: true });
    await expect(writeEndedSessions(dir, ended)).rejects.toMatchObject({
      code: 'record-impossible',
      exitCode: 73,
    });
  });
});
