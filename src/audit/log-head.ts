import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '../state/write-file.ts';
import type { Head } from './chain.ts';

const fileSchema = z.lazy(() => z.object({ sequence: z.int().min(1), hash: z.string() }));

/** As the log’s: who may read that may hold it against this. */
const usualMode = 0o640;

/**
 * Notes how far the log has come, so that a log that was cut afterwards shows. It is a help and no proof, since
 * who can cut the log can write this file too: the proof is the head in the log of the host. It never goes back:
 * another process may have come further.
 */
export async function writeHead(dir: string, { sequence, hash }: Head): Promise<void> {
  if (sequence <= ((await readHead(dir))?.sequence ?? 0)) return;
  // The lines themselves are on disk; a note that cannot be written takes nothing from them.
  const file = fileOf(dir);
  const mode = await stat(file).then(
    (found) => found.mode & 0o777,
    () => usualMode,
  );
  await writeJson(file, { sequence, hash }, mode).catch(() => undefined);
}

/** Reads it; undefined if there is none, or none that makes sense. */
export async function readHead(dir: string): Promise<Head | undefined> {
  return fileSchema.safeParse(await readJson(fileOf(dir)).catch(() => undefined)).data;
}

function fileOf(dir: string): string {
  return join(dir, 'audit-head.json');
}
