import { createHash } from 'node:crypto';
import { openLine, type Torn } from './chain.ts';
import type { RawLine } from './log-files.ts';

/**
 * Whether crashes explain what stands at the end of a log and is no line: writes that tore, each after the first
 * with the line end that closes the one before. A line that was whole is none, not even with one byte changed, added
 * or taken away. `next` is what stands on the line after it.
 */
export function isTorn({ bytes, whole }: RawLine, next: Uint8Array | undefined): boolean {
  // The beginning of an object is never JSON.
  if (isJson(bytes)) return false;
  if (next !== undefined && next.length > 0) return true;
  const cut = bytes.subarray(0, -1);
  if (!whole) return !isLine(cut);
  // Its line end is all that came of the next write, which hardly ever happens: so much the stricter.
  const mended = [cut, Buffer.concat([cut, closing]), Buffer.concat([bytes, closing])];
  return bytes.at(-1) !== closing[0] && !mended.some(isLine);
}

/** What every line ends with. */
const closing = Buffer.from('}');

/** Collects what crashes left, line by line, and puts it in words that the next line vouches for. */
export function collectTorn(): { add: (line: Uint8Array) => void; torn: () => Torn } {
  const digest = createHash('sha256');
  let bytes = 0;
  const take = (part: Uint8Array): void => {
    digest.update(part);
    bytes += part.length;
  };
  let isFirst = true;
  return {
    add(line) {
      if (!isFirst) take(lineEnd);
      isFirst = false;
      take(line);
    },
    torn: () => ({ bytes, sha256: `sha256:${digest.digest('hex')}` }),
  };
}

const lineEnd = Buffer.from('\n');

/** Whether a line vouches for exactly this. */
export function isSame(a: Torn | undefined, b: Torn | undefined): boolean {
  return a?.bytes === b?.bytes && a?.sha256 === b?.sha256;
}

function isLine(bytes: Uint8Array): boolean {
  return 'line' in openLine(bytes);
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
