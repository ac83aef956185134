import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ReaperError } from '../../errors.ts';
import { fileTrouble } from '../../file-trouble.ts';

const newline = 0x0a;

/** In bytes. A server may be told to cut no line, and 70,000 patterns take 11 MB; zeros that a copied log begins with have no end. */
const longestLine = 32 << 20;

/**
 * The lines of a log, those of one read at a time, and no more than that in memory; a file that ends in `.gz` is
 * unpacked on the way. Of a line that is too long only beginning and end are given. Throws a ReaperError if it cannot be read.
 */
export async function* logLines(file: string): AsyncGenerator<readonly string[]> {
  let parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of chunksOf(file)) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        lines.push(textOf([...parts, chunk.subarray(start, end)]));
        parts = [];
        length = 0;
        start = end + 1;
      }
      length += chunk.length - start;
      parts = length > longestLine ? parts.slice(0, 1) : [...parts, chunk.subarray(start)];
      yield lines;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (length > 0) yield [textOf(parts)];
}

function chunksOf(file: string): AsyncIterable<Buffer> {
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  // What goes wrong in the source is thrown where the chunks are read.
  return file.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source;
}

function textOf(parts: readonly Buffer[]): string {
  const [only] = parts;
  return (parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)).toString('utf8');
}

const otherFile = 'name the file that systemLog.path of mongod.conf names, or a rotated one beside it';
const reasons: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  ENOENT: ['there is no such file', otherFile],
  EISDIR: ['this is a folder', otherFile],
  EACCES: [
    'this user may not read it',
    'run the audit as a user of the file’s group, or give it a copy of the log',
  ],
  Z_DATA_ERROR: ['it is no gzip, or damaged', 'unpack it with a tool that mends it, and give the result'],
  Z_BUF_ERROR: ['the compressed file is cut', 'wait until it is written whole, or copy it again'],
};

function unreadable(file: string, error: unknown): ReaperError {
  const { code = '' } = error as NodeJS.ErrnoException;
  const [why, remedy] = reasons[code] ?? [fileTrouble(error, 'read'), otherFile];
  return new ReaperError('usage', `${file}: the server’s log cannot be read: ${why}`, {
    remedy,
    cause: error,
  });
}
