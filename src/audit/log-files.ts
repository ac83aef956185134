import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** The log that is being written. */
export function auditLogFile(dir: string): string {
  return join(dir, 'audit.jsonl');
}

/** What a full log is renamed to: the number of its first line keeps them in order. */
export function rotatedFile(dir: string, firstSequence: number): string {
  return join(dir, `audit-${String(firstSequence).padStart(12, '0')}.jsonl`);
}

/** All files of the log, the oldest first; the one that is being written last, if it is there. */
export async function auditLogFiles(dir: string): Promise<string[]> {
  const names: string[] = await readdir(dir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const rotated = names.filter((name) => /^audit-\d{12}\.jsonl$/.test(name)).sort();
  const current = names.includes('audit.jsonl') ? ['audit.jsonl'] : [];
  return [...rotated, ...current].map((name) => join(dir, name));
}

/** The files of the log at one moment. The one that is being written is open, since it may get another name. */
interface OpenLog extends AsyncDisposable {
  /** As `auditLogFiles`. */
  readonly files: readonly string[];
  /** Opens one of them, each once: the last one is what was found by its name then. */
  readonly open: (file: string) => Promise<FileHandle>;
}

/**
 * Lists the files and opens the last one, such that none is left out or read for another: a run may set a full file
 * aside meanwhile, and whoever then opened the last by its name would find the next one there.
 */
export async function openLog(dir: string): Promise<OpenLog> {
  const current = auditLogFile(dir);
  const rotated = async (): Promise<string[]> =>
    (await auditLogFiles(dir)).filter((each) => each !== current);
  for (;;) {
    const before = await rotated();
    const last = await openIfThere(current);
    // No file was set aside in between: this one comes right after them, whatever its name is later.
    if ((await rotated()).length === before.length) return withLast(before, current, last);
    await last?.close();
  }
}

function withLast(rotated: readonly string[], current: string, last: FileHandle | undefined): OpenLog {
  return {
    files: last === undefined ? rotated : [...rotated, current],
    open: async (file) => (file === current && last !== undefined ? last : open(file, 'r')),
    async [Symbol.asyncDispose]() {
      await last?.close();
    },
  };
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  return open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

/** One line as it is in the file, without its end. */
export interface RawLine {
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
  /** Whether its line end is there. */
  readonly whole: boolean;
}

const newline = 0x0a;

/** The lines of a file in order, one in memory at a time; closes it. */
export async function* linesOf(file: FileHandle): AsyncGenerator<RawLine> {
  await using handle = file;
  let parts: Buffer[] = [];
  let number = 1;
  for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 1 << 18 })) {
    let rest = chunk as Buffer;
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      yield { bytes: Buffer.concat([...parts, rest.subarray(0, end)]), number, whole: true };
      parts = [];
      number += 1;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) parts.push(rest);
  }
  if (parts.length > 0) yield { bytes: Buffer.concat(parts), number, whole: false };
}

/** The lines of a file from its end; `whole` only if its line end is there. Numbers are not known, and 0. */
export async function* linesFromEnd(handle: FileHandle): AsyncGenerator<RawLine> {
  let { size: at } = await handle.stat();
  let parts: Buffer[] = [];
  let whole = false;
  while (at > 0) {
    const length = Math.min(at, 1 << 16);
    at -= length;
    let chunk = (await handle.read(Buffer.alloc(length), 0, length, at)).buffer;
    for (let end = chunk.lastIndexOf(newline); end !== -1; end = chunk.lastIndexOf(newline)) {
      const bytes = Buffer.concat([chunk.subarray(end + 1), ...parts]);
      if (whole || bytes.length > 0) yield { bytes, number: 0, whole };
      whole = true;
      parts = [];
      chunk = chunk.subarray(0, end);
    }
    parts = [chunk, ...parts];
  }
  const bytes = Buffer.concat(parts);
  if (whole || bytes.length > 0) yield { bytes, number: 0, whole };
}

/** The lines of the whole log from its end, back into the files that were set aside. */
export async function* logFromEnd(dir: string): AsyncGenerator<RawLine> {
  await using log = await openLog(dir);
  for (const file of log.files.toReversed()) {
    await using handle = await log.open(file);
    yield* linesFromEnd(handle);
  }
}
