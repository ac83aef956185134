import { constants, lstat, open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotRecord } from './state-dir.ts';

/** Never through a link: who owns the folder could point it at a file of root’s. */
const afresh = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/**
 * Replaces a JSON file in one step, on disk when this returns: a crash leaves the old or the new one. `mode` holds
 * whatever the umask.
 */
export async function writeJson(file: string, value: unknown, mode?: number): Promise<void> {
  try {
    {
      await using handle = await open(`${file}.new`, afresh, 0o640);
      await giveToOwner(handle, `${file}.new`);
      if (mode !== undefined) await handle.chmod(mode);
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    }
    await rename(`${file}.new`, file);
  } catch (error) {
    throw cannotRecord(file, error);
  }
}

/**
 * Gives a new file to the owner of its folder where root made it: else `sudo reaper lock` would leave files that
 * the user of the scheduled runs can neither read nor write.
 */
export async function giveToOwner(handle: FileHandle, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const [opened, named] = [await handle.stat(), await lstat(file)];
  // Not what a link leads to, nor a file that has another name elsewhere.
  if (!named.isFile() || named.ino !== opened.ino || opened.nlink > 1) return;
  const { uid, gid } = await stat(dirname(file));
  await handle.chown(uid, gid);
}

/** Reads a JSON file; undefined if there is none. Throws if it cannot be read or is no JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
