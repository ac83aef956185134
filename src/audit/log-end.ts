import { open, type FileHandle } from 'node:fs/promises';
import { ReaperError } from '../errors.ts';
import { hashOf, headOf, openLine, type Head, type Torn } from './chain.ts';
import { auditLogFile, auditLogFiles, linesFromEnd, type RawLine } from './log-files.ts';
import { readHead } from './log-head.ts';

/** Where the next line goes. */
export interface EndOfLog {
  /** Of the last whole line; undefined in a log without any. */
  readonly head: Head | undefined;
  /** What a crash left after it. */
  readonly torn: Torn | undefined;
  /** Of the file that is being written, in bytes. */
  readonly size: number;
}

/** When a log is full, so that a new file is begun: bytes, and ms since its first line. */
export interface RotateAt {
  readonly size: number;
  readonly age: number;
}

/**
 * Finds the end of the log that is open here. Throws `log-damaged` if the last whole line is not one that reaper
 * wrote, or if the log had come further than it goes now: somebody cut it.
 */
export async function endOfLog(dir: string, handle: FileHandle): Promise<EndOfLog> {
  const { size } = await handle.stat();
  const own = await lastOf(auditLogFile(dir), handle);
  const head = own.head ?? (await headOfRotated(dir));
  const known = await readHead(dir);
  if (known !== undefined && (head?.sequence ?? 0) < known.sequence) {
    const found = head === undefined ? 'it is empty' : `it ends with ${head.sequence}`;
    throw damaged(auditLogFile(dir), `had come to line ${known.sequence} of the log, and now ${found}`);
  }
  return { head, torn: own.torn, size };
}

/** The number of the file's first line if it is full and can be set aside; else undefined. */
export async function isFull(
  handle: FileHandle,
  { head, torn, size }: EndOfLog,
  now: Date,
  { size: mostSize, age }: RotateAt,
): Promise<number | undefined> {
  if (head === undefined || torn !== undefined || size === 0) return undefined;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(firstLooked), 0, firstLooked, 0);
  const text = buffer.toString('utf8', 0, bytesRead);
  // Canonical JSON has its keys in order: the time is the first of all.
  const since = Date.parse(/^\{"@timestamp":"([^"]+)"/.exec(text)?.[1] ?? '');
  const sequence = Number(/"event\.sequence":(\d+)/.exec(text)?.[1]);
  if (Number.isNaN(since) || Number.isNaN(sequence)) return undefined;
  return size >= mostSize || now.getTime() - since >= age ? sequence : undefined;
}

/** A file begins with a run that started, a lock or an audit: short lines. */
const firstLooked = 4096;

async function lastOf(file: string, handle: FileHandle): Promise<Pick<EndOfLog, 'head' | 'torn'>> {
  let torn: Torn | undefined;
  for await (const line of linesFromEnd(handle)) {
    if (!line.whole) torn = tornOf(line);
    else return { head: headIn(file, line), torn };
  }
  return { head: undefined, torn };
}

async function headOfRotated(dir: string): Promise<Head | undefined> {
  const current = auditLogFile(dir);
  const file = (await auditLogFiles(dir)).findLast((each) => each !== current);
  if (file === undefined) return undefined;
  await using handle = await open(file, 'r');
  return (await lastOf(file, handle)).head;
}

function headIn(file: string, { bytes }: RawLine): Head {
  const opened = openLine(bytes);
  if ('problem' in opened) throw damaged(file, `has a last line that ${opened.problem}`);
  return headOf(opened.line);
}

/** What a crash leaves behind, in words that the next line vouches for. */
export function tornOf({ bytes }: RawLine): Torn {
  return { bytes: bytes.length, sha256: hashOf(bytes) };
}

function damaged(file: string, what: string): ReaperError {
  return new ReaperError(
    'log-damaged',
    `${file} ${what}: nothing can be recorded after it, so nothing is ended`,
    {
      remedy:
        'see reaper audit verify; keep the state directory as evidence under another name, and begin with a new one',
    },
  );
}
