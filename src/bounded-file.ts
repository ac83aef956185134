import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The content of a file, and what the system says of it. */
export interface BoundedFile {
  /** At most one byte more than was asked for: then the file is larger than that. */
  readonly bytes: Uint8Array;
  readonly stat: Stats;
}

/** A pipe may wait for somebody who types a passphrase, and not for ever. In ms. */
const usualPatience = 60_000;
const pause = 20;

/**
 * Reads a file, a pipe or a device, and no more of it than `most` bytes and one, since the size that a pipe states
 * says nothing. Throws what the file system says, `EISDIR` for a folder, and `ETIMEDOUT` when nothing comes.
 */
export async function readBounded(
  file: string,
  most: number,
  patience = usualPatience,
): Promise<BoundedFile> {
  // Without O_NONBLOCK a pipe that nobody writes to would hold up the program before any deadline.
  await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = await handle.stat();
  const chunks: Uint8Array[] = [];
  let left = most + 1;
  for (let waited = 0; left > 0;) {
    const chunk = await readSome(handle, left);
    if (chunk === 'nothing yet') {
      if (waited >= patience) throw Object.assign(new Error('nothing came'), { code: 'ETIMEDOUT' });
      await sleep(pause);
      waited += pause;
    } else if (chunk.length === 0) break;
    else {
      chunks.push(chunk);
      left -= chunk.length;
    }
  }
  return { bytes: Buffer.concat(chunks), stat };
}

async function readSome(handle: FileHandle, most: number): Promise<Uint8Array | 'nothing yet'> {
  const buffer = Buffer.alloc(Math.min(most, 65_536));
  try {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 'nothing yet';
    throw error;
  }
}
