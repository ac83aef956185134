import { genesis, headOf, openLine, type Head, type Line } from './chain.ts';
import type { ChainState } from './evidence.ts';
import { auditLogFiles, linesOf, type RawLine } from './log-files.ts';
import { tornOf } from './log-end.ts';
import { readHead } from './log-head.ts';

/** What is known of the log from elsewhere, as the log of the host. */
export interface Anchors {
  /** A head that a run printed: the log must have it. */
  readonly head?: string | undefined;
  /** The hash of the last line before the first one here, where older files were archived. */
  readonly after?: string | undefined;
}

type Fault = ChainState['faults'][number];

/** More than these tell nobody more. */
const mostFaults = 20;

interface Place {
  readonly file: string;
  readonly line: number;
}

interface Progress {
  /** Undefined until the first line. */
  head: Head | undefined;
  lines: number;
  torn: number;
  /** A line without sense, which only the next line's word can make a torn one. */
  doubtful: { readonly raw: RawLine; readonly place: Place; readonly problem: string } | undefined;
  readonly faults: Fault[];
  anchored: boolean;
}

/**
 * Reads the whole log, the oldest file first, checks every line and its place in the chain, and hands each line
 * that makes sense to `onLine`. Keeps one line in memory. Throws if a file cannot be read.
 */
export async function verifyLog(
  dir: string,
  { head, after }: Anchors = {},
  onLine: (line: Line) => void = () => undefined,
): Promise<ChainState> {
  const files = await auditLogFiles(dir);
  const progress: Progress = {
    head: undefined,
    lines: 0,
    torn: 0,
    doubtful: undefined,
    faults: [],
    anchored: head === undefined,
  };
  for (const file of files) {
    for await (const raw of linesOf(file)) {
      progress.lines += 1;
      const line = checked(raw, { file, line: raw.number }, progress, after);
      if (line === undefined) continue;
      if (line.chain.hash === head) progress.anchored = true;
      onLine(line);
    }
  }
  settle(progress);
  const last = files.at(-1);
  if (last !== undefined) await compareEnd(dir, last, progress);
  if (!progress.anchored && head !== undefined) {
    const at = { file: last ?? dir, line: 0 };
    progress.faults.push({ ...at, problem: `no line has the hash ${head}: the log was cut or replaced` });
  }
  const { faults, torn, lines } = progress;
  return {
    intact: faults.length === 0,
    faults: faults.slice(0, mostFaults),
    torn,
    lines,
    files,
    head: progress.head,
  };
}

/** Checks one line against what came before it; returns it if it makes sense. */
function checked(
  raw: RawLine,
  place: Place,
  progress: Progress,
  after: string | undefined,
): Line | undefined {
  const opened = openLine(raw.bytes);
  if ('problem' in opened || !raw.whole) {
    const problem = 'problem' in opened ? opened.problem : 'has lost its line end';
    if (progress.doubtful !== undefined) report(progress, progress.doubtful);
    progress.doubtful = { raw, place, problem };
    return undefined;
  }
  const { line } = opened;
  for (const problem of misplaced(line, progress, after)) report(progress, { place, problem });
  progress.head = headOf(line);
  return line;
}

/** What is wrong with a line's place; spends the doubtful line before it. */
function misplaced(line: Line, progress: Progress, after: string | undefined): string[] {
  const { head: before = after === undefined ? genesis : undefined, doubtful } = progress;
  const { torn, prev } = line.chain;
  progress.doubtful = undefined;
  const problems: string[] = [];
  if (torn !== undefined) {
    const found = doubtful && tornOf(doubtful.raw);
    if (found?.sha256 === torn.sha256 && found.bytes === torn.bytes) progress.torn += 1;
    else problems.push('vouches for a torn line before it, and that is not what stands there');
  } else if (doubtful !== undefined) report(progress, doubtful);
  if (before === undefined) {
    if (prev !== after) problems.push(`begins after ${prev}, not after ${after}`);
  } else if (prev !== before.hash) problems.push(whyUnchained(line, before, doubtful !== undefined));
  else if (line['event.sequence'] !== before.sequence + 1) {
    problems.push(`is number ${line['event.sequence']} after number ${before.sequence}`);
  }
  return problems;
}

function whyUnchained(line: Line, before: Head, afterDamage: boolean): string {
  const [is, expected] = [line['event.sequence'], before.sequence + 1];
  if (afterDamage && is === expected + 1) return 'does not follow what stands before it';
  if (is > expected) return `is number ${is}: ${expected} to ${is - 1} are missing before it`;
  if (is < expected) return `is number ${is}, which was there before or belongs further up`;
  return 'does not follow the line before it: one of the two was replaced';
}

/** At the end of the log a crash leaves the beginning of a line; anything else was damaged. */
function settle(progress: Progress): void {
  const { doubtful } = progress;
  if (doubtful === undefined) return;
  const { raw } = doubtful;
  if (raw.whole) report(progress, doubtful);
  else if ('line' in openLine(raw.bytes.subarray(0, -1)))
    report(progress, { ...doubtful, problem: 'has another character than its line end' });
  else progress.torn += 1;
}

/** The note of how far the log had come finds a log that was cut at its end. */
async function compareEnd(dir: string, file: string, { head, faults, lines }: Progress): Promise<void> {
  const known = await readHead(dir);
  if (known === undefined || (head?.sequence ?? 0) > known.sequence) return;
  if (head === undefined || head.sequence < known.sequence) {
    const ends = head === undefined ? 'has no line' : `ends with number ${head.sequence}`;
    faults.push({
      file,
      line: lines,
      problem: `the log ${ends}, and had come to ${known.sequence}: it was cut`,
    });
  } else if (head.hash !== known.hash) {
    faults.push({
      file,
      line: lines,
      problem: 'the last line is not the one that reaper wrote: it was replaced',
    });
  }
}

function report({ faults }: Progress, { place, problem }: { place: Place; problem: string }): void {
  if (faults.length <= mostFaults) faults.push({ ...place, problem });
}
