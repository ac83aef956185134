import { jsonText } from './visible.ts';

/** A report that tells of each session; with a million of them, neither they nor its text are ever whole in memory. */
export interface OfSessions<Row> {
  readonly sessions: Iterable<Row>;
}

/**
 * The JSON of such a report, piece by piece, with `sessions` at its end. V8 makes no text longer than 512 MB: a run
 * that ended a million sessions would fail when all that is left to do is to say so.
 */
export function* jsonPieces<Row>({ sessions, ...rest }: OfSessions<Row>): Generator<string> {
  yield jsonText({ ...rest, sessions: [] }).slice(0, -']\n}'.length);
  let rows = '';
  let separator = '\n';
  for (const row of sessions) {
    rows += `${separator}    ${jsonText(row).replaceAll('\n', '\n    ')}`;
    separator = ',\n';
    if (rows.length < pieceLength) continue;
    yield rows;
    rows = '';
  }
  yield rows;
  yield separator === '\n' ? ']\n}' : '\n  ]\n}';
}

/** As much as a pipe takes at once. */
const pieceLength = 64 * 1024;
