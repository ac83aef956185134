import { join } from 'node:path';
import { z } from 'zod';
import { ReaperError } from '../errors.ts';
import { fileTrouble } from '../file-trouble.ts';
import { readJson, writeJson } from './write-file.ts';

const lock = z.lazy(() =>
  z.object({
    user: z.string().min(1),
    /** Until when, ms since the epoch by the clock of this host. */
    until: z.number(),
    reason: z.string(),
    made_at: z.number(),
    override_exemptions: z.boolean(),
  }),
);

/** An incident: this user's sessions end at every run until the deadline (P8). */
export type Lock = z.output<typeof lock>;

/** Reads the locks of this state directory, expired ones too. Throws if they cannot be read: none may be forgotten. */
export async function readLocks(dir: string): Promise<Lock[]> {
  try {
    return z.array(lock).parse((await readJson(fileOf(dir))) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) {
      const why = fileTrouble(error, 'read');
      throw new ReaperError('state-damaged', `${fileOf(dir)}: the locks cannot be read: ${why}`, {
        remedy:
          'name the state directory of the runs with --state-dir DIR, and call it as a user who may read it',
        cause: error,
      });
    }
    throw new ReaperError(
      'state-damaged',
      `${fileOf(dir)}: the locks cannot be read: reaper did not write this`,
      {
        remedy:
          'mend or remove the file, and lock the users again: reaper lock USER --for TIME --reason TEXT',
        cause: error,
      },
    );
  }
}

/**
 * The locks that hold at this time. Where `warn` is given, locks that cannot be read count as none, and it is
 * told: for commands that end nothing.
 */
export async function activeLocks(
  dir: string,
  now: Date,
  warn: ((words: string) => void) | undefined,
): Promise<readonly Lock[]> {
  try {
    return (await readLocks(dir)).filter(({ until }) => until > now.getTime());
  } catch (error) {
    if (warn === undefined) throw error;
    warn(`${(error as Error).message}; none is counted`);
    return [];
  }
}

/** Replaces the locks of this state directory. */
export async function writeLocks(dir: string, locks: readonly Lock[]): Promise<void> {
  await writeJson(fileOf(dir), locks);
}

function fileOf(dir: string): string {
  return join(dir, 'locks.json');
}
