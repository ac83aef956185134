import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ReaperError } from '../errors.ts';
import type { Uid } from '../session.ts';
import { fileTrouble } from '../file-trouble.ts';
import { fromFile, toFile } from './convert.ts';
import { plainIssue } from './plain-issue.ts';
import { snapshotSchema, type Saved, type SnapshotFile } from './schema.ts';

/** Writes a snapshot file, mode 0600, in one step: whoever reads it finds the whole of it or the one before. */
export async function saveSnapshot(file: string, saved: Saved): Promise<void> {
  const half = `${file}.${randomBytes(4).toString('hex')}.new`;
  try {
    {
      await using handle = await open(half, 'wx', 0o600);
      await writeFile(handle, linesOf(toFile(saved)));
      await handle.sync();
    }
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined);
    const { code = '' } = error as NodeJS.ErrnoException;
    const [why = fileTrouble(error, 'write'), remedy = 'name another file'] = writeReasons[code] ?? [];
    throw new ReaperError('snapshot-unwritable', `${file}: the snapshot cannot be written: ${why}`, {
      remedy,
      cause: error,
    });
  }
}

/** One session a line: it can be read, searched and cut before it is given away, and a long one needs no long text. */
function* linesOf({ sessions, ...head }: SnapshotFile): Generator<string> {
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "sessions": [`;
  for (const [at, session] of sessions.entries())
    yield `${at === 0 ? '' : ','}\n    ${JSON.stringify(session)}`;
  yield '\n  ]\n}\n';
}

/** Reads a snapshot file. Throws a ReaperError with the place of what is wrong in it. */
export async function loadSnapshot(file: string, uidOf: (name: string) => Uid): Promise<Saved> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const [why = fileTrouble(error, 'read'), remedy = again] = readReasons[code] ?? [];
    throw new ReaperError('snapshot-unreadable', `${file}: ${why}`, { remedy, cause: error });
  }
  return parseSnapshot(text, file, uidOf);
}

/** Takes the text of a snapshot file and its name for messages; throws a ReaperError. */
export function parseSnapshot(text: string, file: string, uidOf: (name: string) => Uid): Saved {
  const parsed = snapshotSchema.safeParse(jsonOf(text, file), { error: plainIssue });
  if (!parsed.success) {
    // Of another kind of file nothing else is worth a word.
    const [first] = parsed.error.issues;
    if (first?.path[0] === 'format' || first?.path.length === 0) throw invalid(file, [notOurs]);
    const shown = parsed.error.issues.slice(0, mostShown).map((issue) => `${placeOf(issue)}${issue.message}`);
    const more = parsed.error.issues.length - shown.length;
    throw invalid(file, [...shown, ...(more > 0 ? [`and ${more} more`] : [])]);
  }
  const strangers = parsed.data.sessions.flatMap(({ user, lsid }, at) =>
    user === null || uidOf(user) === lsid.uid
      ? []
      : [`sessions[${at}].user: ${JSON.stringify(user)} does not have the uid of this session`],
  );
  if (strangers.length > 0) throw invalid(file, strangers.slice(0, mostShown));
  return fromFile(parsed.data, uidOf);
}

const notOurs = 'this is not a snapshot that reaper saved';
const mostShown = 5;

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    // The runtime tells the position of some errors, and quotes the text at others.
    const position = /at position (\d+)/.exec(message)?.[1];
    const before = text.slice(0, Number(position ?? 0)).split('\n');
    const place =
      position === undefined ? file : `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new ReaperError(
      'snapshot-invalid',
      `${place}: this is not all of a JSON document, so no snapshot that reaper saved`,
      {
        remedy: again,
        cause: error,
      },
    );
  }
}

function placeOf({ path }: { readonly path: readonly PropertyKey[] }): string {
  const words = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return words === '' ? '' : `${words.replace(/^\./, '')}: `;
}

function invalid(file: string, lines: readonly string[]): ReaperError {
  return new ReaperError('snapshot-invalid', lines.map((line) => `${file}: ${line}`).join('\n'), {
    remedy: again,
  });
}

const again = 'make a new one: reaper list --save FILE';

type Reasons = Record<string, readonly [why: string, remedy: string]>;

const readReasons: Reasons = {
  ENOENT: ['there is no such file', again],
  EISDIR: ['this is a folder', 'name the snapshot file in it'],
  EACCES: ['this user may not read it', 'run as its owner; snapshots are for their owner only (mode 0600)'],
};

const writeReasons: Reasons = {
  ENOENT: ['there is no such folder', 'make the folder, or name another file'],
  ENOTDIR: ['there is no such folder', 'make the folder, or name another file'],
  EISDIR: ['this is a folder', 'name a file in it'],
  EACCES: ['this user may not write there', 'name a file in a folder of your own'],
  EROFS: ['this file system is read-only', 'name a file elsewhere'],
  ENOSPC: ['the disk is full', 'make room, or name a file elsewhere'],
};
