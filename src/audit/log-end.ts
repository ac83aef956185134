import { open, type FileHandle } from 'node:fs/promises';
import { ReaperError } from '../errors.ts';
import { genesis, headOf, openLine, type Head, type Line, type Torn } from './chain.ts';
import { auditLogFile, auditLogFiles, linesFromEnd, logFromEnd } from './log-files.ts';
import { readHead } from './log-head.ts';
import { collectTorn, isSame, isTorn } from './torn.ts';

/** Where the next line goes. */
export interface EndOfLog {
  /** Of the last line; undefined in a log without any. */
  readonly head: Head | undefined;
  /** What crashes left after it. */
  readonly torn: Torn | undefined;
  /** Whether a crash took nothing but the end of the last line. */
  readonly unended: boolean;
  /** Of the file that is being written, in bytes. */
  readonly size: number;
}

/** When a log is full, so that a new file is begun: bytes, and ms since its first line. */
export interface RotateAt {
  readonly size: number;
  readonly age: number;
}

/**
 * Finds the end of the log that is open here. Throws `log-damaged` if what stands there is neither a line that reaper
 * wrote nor what crashes leave, or if the log is not the one that had come as far as is noted, or as this process has
 * `seen`: somebody cut or replaced it.
 */
export async function endOfLog(dir: string, handle: FileHandle, seen?: Head): Promise<EndOfLog> {
  const file = auditLogFile(dir);
  const { size } = await handle.stat();
  const { head: own, torn, unended } = await lastOf(file, handle);
  const head = own ?? (await headOfRotated(dir));
  await refuseOther(dir, head, later(await readHead(dir), seen));
  if (unended === undefined) return { head, torn, unended: false, size };
  if (!follows(unended, head, torn))
    throw damaged(file, 'has a last line that does not follow the one before');
  return { head: headOf(unended), torn: undefined, unended: true, size };
}

/** Throws `log-damaged` unless the log that ends with this head has the line that is known of it. */
async function refuseOther(dir: string, head: Head | undefined, known: Head | undefined): Promise<void> {
  if (known === undefined) return;
  const { sequence, hash } = known;
  const file = auditLogFile(dir);
  if (head === undefined || head.sequence < sequence) {
    const found = head === undefined ? 'it is empty' : `it ends with ${head.sequence}`;
    throw damaged(file, `had come to line ${sequence} of the log, and now ${found}`);
  }
  const found = head.sequence === sequence ? head : await headAt(dir, sequence);
  if (found !== undefined && found.hash !== hash)
    throw damaged(file, `has another line ${sequence} of the log than reaper wrote`);
}

/** The line of this number as a head, sought from the end; undefined where it is not found. */
async function headAt(dir: string, sequence: number): Promise<Head | undefined> {
  for await (const { bytes } of logFromEnd(dir)) {
    const opened = openLine(bytes);
    const head = 'line' in opened ? headOf(opened.line) : undefined;
    if (head !== undefined && head.sequence <= sequence) return head.sequence === sequence ? head : undefined;
  }
  return undefined;
}

function later(a: Head | undefined, b: Head | undefined): Head | undefined {
  return (a?.sequence ?? 0) > (b?.sequence ?? 0) ? a : b;
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

/** What stands at the end of one file, from its last whole line on. */
interface LastOf {
  readonly head: Head | undefined;
  readonly torn: Torn | undefined;
  /** A line that lacks its end alone. */
  readonly unended: Line | undefined;
}

async function lastOf(file: string, handle: FileHandle): Promise<LastOf> {
  let head: Head | undefined;
  let unended: Line | undefined;
  let next: Buffer | undefined;
  const left: Buffer[] = [];
  for await (const raw of linesFromEnd(handle)) {
    const opened = openLine(raw.bytes);
    if ('line' in opened && raw.whole) {
      head = headOf(opened.line);
      break;
    }
    if ('line' in opened) unended = opened.line;
    else if (isTorn(raw, next)) left.unshift(raw.bytes);
    else throw damaged(file, `has a last line that ${opened.problem}`);
    next = raw.bytes;
  }
  if (left[0]?.length === 0) throw damaged(file, 'has a last line that is empty');
  return { head, torn: left.length === 0 ? undefined : tornOf(left), unended };
}

async function headOfRotated(dir: string): Promise<Head | undefined> {
  const current = auditLogFile(dir);
  const file = (await auditLogFiles(dir)).findLast((each) => each !== current);
  if (file === undefined) return undefined;
  await using handle = await open(file, 'r');
  return (await lastOf(file, handle)).head;
}

function tornOf(left: readonly Buffer[]): Torn {
  const collected = collectTorn();
  for (const bytes of left) collected.add(bytes);
  return collected.torn();
}

/** Whether a line is the next after this head, and vouches for just what was torn in between. */
function follows({ chain, ...line }: Line, before: Head = genesis, torn?: Torn): boolean {
  const isNext = chain.prev === before.hash && line['event.sequence'] === before.sequence + 1;
  return isNext && isSame(chain.torn, torn);
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
