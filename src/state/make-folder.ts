import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, as far as they are not there. Not with `recursive`: where nobody can make a
 * folder, as in /proc, Node tries for ever.
 */
export async function makeFolder(dir: string, mode: number): Promise<void> {
  try {
    await makeOne(dir, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || dirname(dir) === dir) throw error;
    await makeFolder(dirname(dir), mode);
    await makeOne(dir, mode);
  }
}

/** Another process may make it at the same time. */
async function makeOne(dir: string, mode: number): Promise<void> {
  try {
    await mkdir(dir, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
