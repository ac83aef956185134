import { isMap, isScalar, isSeq, parseDocument, type Document, type ErrorCode, type YAMLMap } from 'yaml';
import { visible } from '../visible.ts';
import { refused, type ChecklistFile } from './checklist-file.ts';

const byteOrderMark = '\ufeff';

/** A text, number, boolean or null of a JSON file, and from where to where it stands there. */
export interface PlacedValue {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** A JSON file whose values know their places. */
export interface JsonPlaces {
  /** The objects in the list under a key of the document; none if there is no such list. */
  list(key: string): YAMLMap[];
  /** Undefined without such a key, or if a list or an object stands there. */
  valueAt(object: YAMLMap, key: string): PlacedValue | undefined;
  /** Where an object begins. */
  startOf(object: YAMLMap): number | undefined;
}

/**
 * Parses a JSON file. Throws `usage` for what is no JSON, and for a key that is twice in one object, since readers
 * do not agree which of the two counts.
 */
export function jsonPlaces(checklist: ChecklistFile, remedy: string): JsonPlaces {
  const skipped = checklist.text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  const document = parse(checklist, { skipped, remedy });
  return {
    list: (key) => objectsIn(document.get(key)),
    valueAt(object, key) {
      const node = object.get(key, true);
      if (!isScalar(node) || !node.range) return undefined;
      const [start, end] = node.range;
      return { value: node.value, start: start + skipped, end: end + skipped };
    },
    startOf: ({ range }) => (range ? range[0] + skipped : undefined),
  };
}

/** The objects in a list; none of what is no list. */
export function objectsIn(list: unknown): YAMLMap[] {
  return isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
}

/** What else YAML could have against JSON. */
const words: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'a key that is twice in one object; keep one',
  RESOURCE_EXHAUSTION: 'nested too deeply',
};

function parse(checklist: ChecklistFile, { skipped, remedy }: { skipped: number; remedy: string }): Document {
  const text = checklist.text.slice(skipped);
  // The parser of YAML, of which JSON is a part, knows places. That nothing else of YAML is used, JSON’s own says.
  try {
    JSON.parse(text);
    const document = parseDocument(text, { schema: 'json', prettyErrors: false });
    const [error] = document.errors;
    if (error === undefined) return document;
    throw refused(checklist, {
      at: error.pos[0] + skipped,
      message: words[error.code] ?? visible(error.message),
      remedy,
    });
  } catch (error) {
    // Nesting that is too deep for the parser ends in a RangeError.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const at = /at position (\d+)/.exec(error.message)?.[1];
    throw refused(checklist, {
      at: at === undefined ? undefined : Number(at) + skipped,
      message: `it is no JSON that can be read: ${visible(error.message)}`,
      remedy,
      cause: error,
    });
  }
}
