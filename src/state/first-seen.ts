import { join } from 'node:path';
import { z } from 'zod';
import { keyOf } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import { readJson, writeJson } from './write-file.ts';

const fileSchema = z.record(z.string(), z.number());

/** When each session was first seen: ms since the epoch by `keyOf(lsid)`. */
export type FirstSeen = ReadonlyMap<string, number>;

/**
 * Reads what earlier runs remember, which before the first is nothing: every session is then first seen now. Undefined
 * if it cannot be read: then `older_than` cannot be decided.
 */
export async function readFirstSeen(dir: string): Promise<FirstSeen | undefined> {
  try {
    return new Map(Object.entries(fileSchema.parse((await readJson(fileOf(dir))) ?? {})));
  } catch {
    return undefined;
  }
}

/** Remembers the sessions of this snapshot, and forgets those that are not listed any more. */
export async function writeFirstSeen(dir: string, snapshot: Snapshot, known: FirstSeen): Promise<void> {
  const rows = snapshot.sessions.map(({ lsid }): [string, number] => {
    const key = keyOf(lsid);
    return [key, known.get(key) ?? snapshot.serverTime];
  });
  await writeJson(fileOf(dir), Object.fromEntries(rows));
}

function fileOf(dir: string): string {
  return join(dir, 'first-seen.json');
}
