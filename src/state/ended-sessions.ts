import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseSessionId, parseUid } from '../session.ts';
import type { EndedSession } from '../plan/already-ended.ts';
import { writeJson } from './write-file.ts';

const fileSchema = z.lazy(() =>
  z.array(
    z.object({
      id: z.string().transform(parseSessionId),
      uid: z.string().transform(parseUid),
      user: z.string().optional(),
      at: z.number(),
      outcome: z.enum(['ended', 'killed', 'in_doubt']),
      run_id: z.string(),
    }),
  ),
);

/**
 * Reads which sessions earlier runs ended and have not yet seen leave the listing. `damaged` if the file makes
 * no sense: then it counts as empty, and those sessions are ended once more.
 */
export async function readEndedSessions(dir: string): Promise<{ ended: EndedSession[]; damaged: boolean }> {
  try {
    const rows = fileSchema.parse(JSON.parse(await readFile(fileOf(dir), 'utf8')));
    const ended = rows.map(({ id, uid, run_id: runId, user, ...rest }) => ({
      lsid: { id, uid },
      user,
      runId,
      ...rest,
    }));
    return { ended, damaged: false };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { ended: [], damaged: code !== 'ENOENT' };
  }
}

/** Replaces the file in one step, so that a crash leaves the old or the new one. */
export async function writeEndedSessions(dir: string, ended: readonly EndedSession[]): Promise<void> {
  const rows = ended.map(({ lsid, runId, ...rest }) => ({ ...lsid, ...rest, run_id: runId }));
  await writeJson(fileOf(dir), rows);
}

function fileOf(dir: string): string {
  return join(dir, 'ended-sessions.json');
}
