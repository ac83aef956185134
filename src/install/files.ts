import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { ReaperError } from '../errors.ts';
import { fileTrouble } from '../file-trouble.ts';
import { makeFolder } from '../state/make-folder.ts';
import { ownerOf } from './marker.ts';

/** What is at a path: nothing, or a file and whose it is. */
export type Found =
  { readonly owner: 'nobody' } | { readonly owner: ReturnType<typeof ownerOf>; readonly text: string };

/** The files of a host, by their paths on it. Each throws a ReaperError if the file system refuses. */
export interface Files {
  readonly lookAt: (path: string) => Promise<Found>;
  /** Writes a file whole or not at all, readable for all: there is no secret in it. */
  readonly write: (path: string, text: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

/** The files below a folder that stands for `/`. Throws a ReaperError if it is not named in full. */
export function filesBelow(root: string): Files {
  if (!isAbsolute(root)) {
    throw new ReaperError('usage', `--root is ${JSON.stringify(root)}, which names no folder in full`, {
      remedy: 'write its whole path, as --root /srv/image',
    });
  }
  return {
    lookAt: (path) => lookAt(join(root, path)),
    write: (path, text) => write(join(root, path), text),
    remove: (path) => remove(join(root, path)),
  };
}

async function lookAt(path: string): Promise<Found> {
  try {
    const text = await readFile(path, 'utf8');
    return { owner: ownerOf(text), text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { owner: 'nobody' };
    throw unusable(path, 'read', error);
  }
}

async function write(path: string, text: string): Promise<void> {
  // cron and systemd pass over names that begin with a dot.
  const fresh = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await makeFolder(dirname(path), 0o755);
    await using handle = await open(fresh, 'wx');
    await handle.writeFile(text);
    // Whatever the umask: a unit that only root may read is reported as such at every start.
    await handle.chmod(0o644);
    await handle.sync();
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw unusable(path, 'written', error);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path);
  } catch (error) {
    throw unusable(path, 'removed', error);
  }
}

function unusable(path: string, what: string, cause: unknown): ReaperError {
  const why = fileTrouble(cause, what === 'read' ? 'read' : 'write');
  return new ReaperError('usage', `${path} cannot be ${what}: ${why}`, {
    remedy: 'mend that, then call it again: what is done already is found done',
    cause,
  });
}
