import { ReaperError } from '../../errors.ts';

/** A checklist that somebody keeps, as it is in its file: with its byte order mark and its line ends. */
export interface ChecklistFile {
  readonly file: string;
  readonly text: string;
}

/** Takes a file’s bytes and returns its text; throws `usage` if it is not UTF-8. */
export function checklistFile(file: string, bytes: Uint8Array): ChecklistFile {
  try {
    return { file, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    throw new ReaperError('usage', `${file} is not written in UTF-8`, { remedy: 'save it as UTF-8' });
  }
}

/** Says what is wrong with a checklist, at the place if it is known: an offset, or line and column from 1. */
export function refused(
  { file, text }: ChecklistFile,
  problem: {
    readonly at?: number | undefined;
    readonly message: string;
    readonly remedy: string;
    readonly cause?: unknown;
  },
): ReaperError {
  const { at, message, remedy, cause } = problem;
  return new ReaperError('usage', `${file}${at === undefined ? '' : placeIn(text, at)}: ${message}`, {
    remedy,
    cause,
  });
}

function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

/** What stands in a checklist from `start` to before `end` (offsets), and what is to stand there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Takes a text and edits that do not overlap; returns it with these alone changed. */
export function edited(text: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((one, other) => one.start - other.start);
  let at = 0;
  const parts: string[] = [];
  for (const edit of inOrder) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...parts, text.slice(at)].join('');
}
