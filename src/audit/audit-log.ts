import { randomUUID } from 'node:crypto';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReaperError } from '../errors.ts';
import { takeRunLock } from '../state/run-lock.ts';
import { cannotRecord } from '../state/state-dir.ts';
import { giveToOwner, statIfThere } from '../state/write-file.ts';
import { genesis, seal, type Head } from './chain.ts';
import { entryOf, type AuditEvent } from './event.ts';
import { auditLogFile, rotatedFile } from './log-files.ts';
import { endOfLog, isFull, type EndOfLog, type RotateAt } from './log-end.ts';
import { writeHead } from './log-head.ts';

/** Where a run says what it does. */
export interface AuditLog extends AsyncDisposable {
  /** Adds a line for each event and returns once they are on disk. Throws `record-impossible`, or `log-damaged`. */
  append(events: readonly AuditEvent[]): Promise<void>;
  /** The last line that this process has seen; undefined before the first. */
  head(): Head | undefined;
}

export interface AuditLogOptions {
  readonly rotateAt?: RotateAt;
  /** Called with each line once it is on disk. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** A file that an editor still opens, and a month of which an assessor may ask. */
const usualRotation: RotateAt = { size: 64 << 20, age: 31 * 24 * 3_600_000 };

/**
 * Opens the audit log of a state directory for appending; makes it if need be, and begins a new file if the last
 * one is full. Throws `record-impossible` if it cannot be written, and `log-damaged` if its end is not what
 * reaper wrote: what cannot be chained to what was cannot be recorded.
 */
export async function openAuditLog(
  dir: string,
  clock: () => Date,
  { rotateAt = usualRotation, onLine }: AuditLogOptions = {},
): Promise<AuditLog> {
  const file = auditLogFile(dir);
  const opened = await openEnd(dir, clock, rotateAt);

  let { handle, end } = opened;

  // After a write that failed the last line may be torn: nothing may follow it.
  let failure: unknown;
  const write = async (events: readonly AuditEvent[], now: Date): Promise<void> => {
    if (failure !== undefined) throw failure;
    try {
      await using _turn = await takeTurn(dir, clock);
      const { size, isSetAside } = await statusOf(handle, file);
      if (isSetAside) {
        await handle.close();
        handle = await openFile(dir);
      }
      // A lock or an audit may have added its line meanwhile.
      if (isSetAside || size !== end.size) end = await findEnd(dir, handle, end.head);
      const { text, lines, head } = chained(events, now, end);
      await addTo(handle, text, end.size);
      end = { head, torn: undefined, unended: false, size: end.size + Buffer.byteLength(text) };
      for (const line of lines) onLine?.(line);
    } catch (error) {
      failure = error instanceof ReaperError ? error : cannotRecord(file, error);
      throw failure;
    }
  };

  // One write at a time: lines of two chunks must not mix.
  let last: Promise<unknown> = Promise.resolve();
  return {
    append(events) {
      const now = clock();
      const written = last.then(() => (events.length === 0 ? undefined : write(events, now)));
      last = written.catch(() => undefined);
      return written;
    },
    head: () => end.head,
    async [Symbol.asyncDispose]() {
      await last;
      if (end.head !== undefined) await writeHead(dir, end.head);
      await handle.close();
    },
  };
}

/** Opens the file that lines go to, a new one if the last is full, and finds where the next line goes. */
async function openEnd(
  dir: string,
  clock: () => Date,
  rotateAt: RotateAt,
): Promise<{ handle: FileHandle; end: EndOfLog }> {
  const file = auditLogFile(dir);
  let handle: FileHandle | undefined;
  try {
    await using _turn = await takeTurn(dir, clock);
    handle = await openFile(dir);
    let end = await findEnd(dir, handle);
    const firstSequence = await isFull(handle, end, clock(), rotateAt);
    if (firstSequence !== undefined) {
      await rename(file, rotatedFile(dir, firstSequence));
      await handle.close();
      handle = await openFile(dir);
      end = { ...end, size: 0 };
    }
    return { handle, end };
  } catch (error) {
    await handle?.close();
    throw error instanceof ReaperError ? error : cannotRecord(file, error);
  }
}

/** Opens the file that lines go to, and makes it if there is none. */
async function openFile(dir: string): Promise<FileHandle> {
  const file = auditLogFile(dir);
  const handle = (await makeFile(file)) ?? (await open(file, 'a+', 0o640));
  await giveToOwner(handle, file);
  await syncFolder(dir);
  return handle;
}

/** Undefined if it is there: then its mode is as somebody wants it. */
async function makeFile(file: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(file, 'ax+', 0o640);
    // Whatever the umask: an assessor may read it as one of its group.
    await handle.chmod(0o640).catch(() => undefined);
    return handle;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

/** How large it is, and whether its name leads elsewhere by now, as another process found it full. */
async function statusOf(handle: FileHandle, file: string): Promise<{ size: number; isSetAside: boolean }> {
  const { size, dev, ino } = await handle.stat();
  const named = await statIfThere(file);
  return { size, isSetAside: named?.dev !== dev || named.ino !== ino };
}

/** Finds where the next line goes, and gives the last one the end that a crash took from it. */
async function findEnd(dir: string, handle: FileHandle, seen?: Head): Promise<EndOfLog> {
  const end = await endOfLog(dir, handle, seen);
  if (!end.unended) return end;
  await addTo(handle, '\n', end.size);
  return { ...end, unended: false, size: end.size + 1 };
}

/** Adds to the file, on disk when this returns. A part of it, as on a full disk, is taken back where that goes. */
async function addTo(handle: FileHandle, text: string, size: number): Promise<void> {
  try {
    await handle.appendFile(text, 'utf8');
    await handle.datasync();
  } catch (error) {
    await handle.truncate(size).catch(() => undefined);
    throw error;
  }
}

/** For runs that end nothing and leave no trace. */
export const noAuditLog: AuditLog = {
  append: () => Promise.resolve(),
  head: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** Lines for the events, each chained to the one before; what crashes left is closed first. */
function chained(
  events: readonly AuditEvent[],
  now: Date,
  { head = genesis, torn }: EndOfLog,
): { text: string; lines: string[]; head: Head } {
  let before = head;
  const lines = events.map((event, at) => {
    const sealed = seal(entryOf(event, now, before.sequence + 1), before, at === 0 ? torn : undefined);
    before = sealed.head;
    return sealed.line;
  });
  const text = lines.map((line) => `${line}\n`).join('');
  return { text: torn === undefined ? text : `\n${text}`, lines, head: before };
}

/** In ms: another process adds a few lines, or a plan of many; then it is done. */
const turnPatience = 10_000;
const turnPause = 20;

/** One process at a time: a line must be chained to the very last. Throws `record-impossible` if none gets a turn. */
async function takeTurn(dir: string, clock: () => Date): Promise<AsyncDisposable> {
  const id = randomUUID();
  for (let waited = 0; ; waited += turnPause) {
    try {
      return await takeRunLock(dir, id, clock(), 'audit');
    } catch (error) {
      if (!(error instanceof ReaperError) || error.code !== 'run-in-progress') throw error;
      if (waited >= turnPatience) throw cannotRecord(auditLogFile(dir), error);
      await sleep(turnPause);
    }
  }
}

/** A new file is on disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
