import { constants, type Stats } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exposureOf, type Exposure } from '../exposure.ts';

/**
 * Takes a file and its stat; returns who may change it besides its owner and root, or put another file in its
 * place. A pipe or a device is nobody’s to judge. Throws what the file system says.
 */
export async function exposureInPlace(path: string, of: Stats): Promise<Exposure | undefined> {
  if (!of.isFile()) return undefined;
  const own = exposureOf(path, of);
  if (own?.to === 'everyone') return own;
  for (const folder of new Set([dirname(path), dirname(await realpath(path))])) {
    const exposure = exposureOf(folder, await stat(folder));
    if (exposure?.to === 'everyone' && (await canBeReplaced(folder))) return exposure;
  }
  return own;
}

/** In a sticky folder, as /tmp, files can be added and not replaced; in one that is mounted read-only, neither. */
async function canBeReplaced(folder: string): Promise<boolean> {
  const sticky = 0o1000;
  if (((await stat(folder)).mode & sticky) !== 0) return false;
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EROFS';
  }
}
