import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyOf } from '../../src/session.ts';
import { readFirstSeen, writeFirstSeen } from '../../src/state/first-seen.ts';
import { aSession, now } from '../support/builders.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-first-seen-'));
});
afterEach(() => rm(dir, { recursive: true }));

const [one, two] = [aSession({ id: 1 }), aSession({ id: 2 })];
const snapshot = (...sessions: (typeof one)[]) => ({ serverTime: now, sessions, silentMembers: [] });

test('before the first run nothing is remembered, and every session is first seen now', async () => {
  expect(await readFirstSeen(dir)).toEqual(new Map());
});

test('what was seen before keeps its time, and what is not listed is forgotten', async () => {
  const earlier = new Map([
    [keyOf(one.lsid), now - 5],
    ['gone', 1],
  ]);
  await writeFirstSeen(dir, snapshot(one, two), earlier);
  expect(await readFirstSeen(dir)).toEqual(
    new Map([
      [keyOf(one.lsid), now - 5],
      [keyOf(two.lsid), now],
    ]),
  );
});

test('what makes no sense is no memory, which is not the same as none', async () => {
  await writeFile(join(dir, 'first-seen.json'), '{');
  expect(await readFirstSeen(dir)).toBeUndefined();
});
