import { isMap, isNode, isScalar, type Document, type LineCounter } from 'yaml';
import type { Place } from '../errors.ts';

/** A parsed policy file: what is needed to find the line and column of a path. */
export interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  /** The document as plain data. */
  readonly value: unknown;
}

/** The place of the value at a path, or of its key; if there is neither, of what is around it. */
export function placeOf(path: readonly PropertyKey[], source: Source, blame: 'key' | 'value'): Place {
  for (let length = path.length; length >= 0; length--) {
    const offset = offsetOf(path.slice(0, length), source.document, length === path.length ? blame : 'key');
    if (offset !== undefined) return placeAt(offset, source);
  }
  return placeAt(0, source);
}

/** The place of a character, counted from the start of the file. */
export function placeAt(offset: number, { file, lines }: Pick<Source, 'file' | 'lines'>): Place {
  const { line, col } = lines.linePos(offset);
  return { file, line, column: col };
}

function offsetOf(
  path: readonly PropertyKey[],
  document: Document,
  blame: 'key' | 'value',
): number | undefined {
  const node = document.getIn(path, true);
  const value = isNode(node) ? node.range?.[0] : undefined;
  if (blame === 'value' && isScalar(node) && node.value !== null) return value;
  const parent = path.length === 0 ? undefined : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))
    : undefined;
  return isScalar(pair?.key) ? pair.key.range?.[0] : value;
}
