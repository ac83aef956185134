import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  constants,
  lstat,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
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
 * Writes a file that may be there and somebody’s work: whole or not at all, since a full disk must not cost it. It
 * stays where a link leads, and keeps its mode and, where that goes, its owner. What is no file, as /dev/stdout, is
 * written to. Throws what the file system says.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const there = await statIfThere(file);
  if (there !== undefined && !there.isFile()) return writeFile(file, text);
  const target = there === undefined ? file : await realpath(file);
  const fresh = `${target}.${randomUUID()}`;
  try {
    {
      await using handle = await open(fresh, 'wx', there === undefined ? 0o666 : 0o600);
      await handle.writeFile(text);
      if (there !== undefined) {
        await handle.chown(there.uid, there.gid).catch(() => undefined);
        await handle.chmod(there.mode & 0o777);
      }
      await handle.sync();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What is at a path, links followed; undefined if nothing is. */
export async function statIfThere(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
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
