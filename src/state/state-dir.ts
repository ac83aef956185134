import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ReaperError } from '../errors.ts';
import { closing, exposureOf, exposureWords, type Exposure } from '../exposure.ts';
import { fileTrouble } from '../file-trouble.ts';
import { makeFolder } from './make-folder.ts';

/** Where state and audit log live: the option, else systemd's directory, else the XDG state folder. */
export function stateDirOf(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (option !== undefined) return option;
  const [fromSystemd] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (fromSystemd) return fromSystemd;
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'reaper');
}

/**
 * Makes the folder if need be; returns its exposure if its group may write there. Throws `record-impossible` if it
 * cannot, or if everyone may write there: then anyone could forge the record, or lock a user and so end that
 * user’s sessions.
 */
export async function makeStateDir(dir: string): Promise<Exposure | undefined> {
  let exposed: Exposure | undefined;
  let toGroup: Exposure | undefined;
  try {
    await makeFolder(dir, 0o750);
    exposed = await openToEveryone(dir);
    toGroup = exposureOf(dir, await stat(dir));
  } catch (error) {
    throw cannotRecord(dir, error);
  }
  if (exposed === undefined) return toGroup;
  throw new ReaperError('record-impossible', exposureWords(exposed, 'forge what is recorded and locked'), {
    remedy: `look whether the record is still yours, then: ${closing(exposed)}; or name a folder that reaper may make: --state-dir ${join(dir, 'reaper')}`,
  });
}

async function openToEveryone(dir: string): Promise<Exposure | undefined> {
  const names = await readdir(dir);
  for (const path of [dir, ...names.map((name) => join(dir, name))]) {
    // Locks and unfinished files of other processes come and go.
    const found = await stat(path).catch(() => undefined);
    const exposure = found === undefined ? undefined : exposureOf(path, found);
    if (exposure?.to === 'everyone') return exposure;
  }
  return undefined;
}

/** The error for everything that cannot be written where it must be: then nothing is ended. */
export function cannotRecord(path: string, cause: unknown): ReaperError {
  const why = fileTrouble(cause, 'write');
  return new ReaperError('record-impossible', `${path}: what this run does cannot be recorded: ${why}`, {
    remedy:
      'nothing more was ended; name a folder where this user may write with --state-dir, or let it write there',
    cause,
  });
}
