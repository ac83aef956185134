import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { groupsOf } from '../groups.ts';
import { parseSessionId, parseUid } from '../session.ts';
import type { EndedSession } from '../plan/already-ended.ts';
import { writeJson } from './write-file.ts';

/** Sessions of one user that the same look saw end alike share an entry: they are many where they are any. */
const fileSchema = z.lazy(() =>
  z.array(
    z.object({
      uid: z.string().transform(parseUid),
      user: z.string().optional(),
      at: z.number(),
      outcome: z.enum(['ended', 'killed', 'in_doubt']),
      run_id: z.string(),
      ids: z.array(z.string().transform(parseSessionId)).min(1),
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
    const ended = rows.flatMap(({ ids, uid, user, at, outcome, run_id: runId }) =>
      ids.map((id): EndedSession => ({ lsid: { id, uid }, user, at, outcome, runId })),
    );
    return { ended, damaged: false };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { ended: [], damaged: code !== 'ENOENT' };
  }
}

/** Replaces the file in one step, so that a crash leaves the old or the new one. */
export async function writeEndedSessions(dir: string, ended: readonly EndedSession[]): Promise<void> {
  const traits = ({ lsid: { uid }, user, at, outcome, runId }: EndedSession): unknown[] => [
    uid,
    user,
    at,
    outcome,
    runId,
  ];
  const rows = groupsOf(ended, traits).map((alike) => {
    const [{ lsid, user, at, outcome, runId }] = alike;
    return { uid: lsid.uid, user, at, outcome, run_id: runId, ids: alike.map((each) => each.lsid.id) };
  });
  await writeJson(fileOf(dir), rows);
}

function fileOf(dir: string): string {
  return join(dir, 'ended-sessions.json');
}
