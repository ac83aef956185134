import { genesis, headOf, openLine, type Head, type Line } from './chain.ts';
import type { ChainState } from './evidence.ts';
import { auditLogFile, linesOf, openLog, type RawLine } from './log-files.ts';
import { readHead } from './log-head.ts';
import { collectTorn, isSame, isTorn } from './torn.ts';

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

const lostEnd = 'has lost its line end';

interface Place {
  readonly file: string;
  readonly line: number;
}

interface Problem {
  readonly place: Place;
  readonly problem: string;
}

/** Lines without sense, one after another, which only the next line's word can make torn ones. */
interface Doubtful {
  readonly collected: ReturnType<typeof collectTorn>;
  /** The first of them. */
  readonly problems: Problem[];
  count: number;
  last: RawLine;
  /** Whether crashes explain all of them but the last. */
  explained: boolean;
}

interface Progress {
  /** How far the log had come, by reaper’s note. */
  readonly known: Head | undefined;
  /** Both undefined until the first line. */
  first: ChainState['first'];
  head: Head | undefined;
  lines: number;
  torn: number;
  doubtful: Doubtful | undefined;
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
  // The log may only grow after this.
  const known = await readHead(dir);
  await using log = await openLog(dir);
  const { files } = log;
  const progress: Progress = {
    known,
    first: undefined,
    head: undefined,
    lines: 0,
    torn: 0,
    doubtful: undefined,
    faults: [],
    anchored: head === undefined,
  };
  for (const file of files) {
    for await (const raw of linesOf(await log.open(file))) {
      progress.lines += 1;
      // A crash may take nothing but the end of the last line of all.
      const isEnded = raw.whole || file === files.at(-1);
      const line = checked(raw, { file, line: raw.number, isEnded }, progress, after);
      if (line === undefined) continue;
      if (line.chain.hash === head) progress.anchored = true;
      onLine(line);
    }
  }
  settle(progress);
  const last = files.at(-1) ?? auditLogFile(dir);
  compareEnd(last, progress);
  if (!progress.anchored && head !== undefined) {
    const at = { file: last, line: 0 };
    progress.faults.push({ ...at, problem: `no line has the hash ${head}: the log was cut or replaced` });
  }
  const { faults, torn, lines, first } = progress;
  return {
    intact: faults.length === 0,
    faults: faults.slice(0, mostFaults),
    torn,
    lines,
    files,
    first,
    after,
    head: progress.head,
  };
}

/** Checks one line against what came before it; returns it if it makes sense. */
function checked(
  raw: RawLine,
  { isEnded, ...place }: Place & { readonly isEnded: boolean },
  progress: Progress,
  after: string | undefined,
): Line | undefined {
  const opened = openLine(raw.bytes);
  if ('problem' in opened || !isEnded) {
    const problem = 'problem' in opened ? opened.problem : lostEnd;
    doubt(progress, raw, { place, problem });
    return undefined;
  }
  const { line } = opened;
  for (const problem of misplaced(line, progress, after)) report(progress, { place, problem });
  for (const problem of unlikeNote(line, raw, progress)) report(progress, { place, problem });
  progress.head = headOf(line);
  progress.first ??= { sequence: line['event.sequence'], at: Date.parse(line['@timestamp']) };
  return line;
}

function doubt(progress: Progress, raw: RawLine, problem: Problem): void {
  const { doubtful } = progress;
  const next = doubtful ?? {
    collected: collectTorn(),
    problems: [],
    count: 0,
    last: raw,
    explained: raw.bytes.length > 0,
  };
  if (doubtful !== undefined) next.explained &&= isTorn(doubtful.last, raw.bytes);
  next.collected.add(raw.bytes);
  next.count += 1;
  next.last = raw;
  if (next.problems.length <= mostFaults) next.problems.push(problem);
  progress.doubtful = next;
}

/** What is wrong with a line's place; spends the doubtful lines before it. */
function misplaced(line: Line, progress: Progress, after: string | undefined): string[] {
  const { head: before = after === undefined ? genesis : undefined, doubtful } = progress;
  const { torn, prev } = line.chain;
  progress.doubtful = undefined;
  const problems: string[] = [];
  if (torn !== undefined) {
    if (isSame(torn, doubtful?.collected.torn())) progress.torn += doubtful?.count ?? 0;
    else problems.push('vouches for a torn line before it, and that is not what stands there');
  } else if (doubtful !== undefined) reportAll(progress, doubtful);
  if (before === undefined) {
    if (prev !== after) problems.push(`begins after ${prev}, not after ${after}`);
  } else if (prev !== before.hash) problems.push(whyUnchained(line, before, doubtful?.count ?? 0));
  else if (line['event.sequence'] !== before.sequence + 1) {
    problems.push(`is number ${line['event.sequence']} after number ${before.sequence}`);
  }
  return problems;
}

function whyUnchained(line: Line, before: Head, doubtful: number): string {
  const [is, expected] = [line['event.sequence'], before.sequence + 1];
  if (doubtful > 0 && is === expected + doubtful) return 'does not follow what stands before it';
  if (is > expected) return `is number ${is}: ${expected} to ${is - 1} are missing before it`;
  if (is < expected) return `is number ${is}, which was there before or belongs further up`;
  return 'does not follow the line before it: one of the two was replaced';
}

/** At the end of the log crashes leave beginnings of lines; anything else was damaged. */
function settle(progress: Progress): void {
  const { doubtful } = progress;
  if (doubtful === undefined) return;
  if (doubtful.explained && isTorn(doubtful.last, undefined)) progress.torn += doubtful.count;
  else reportAll(progress, doubtful);
}

/** What is wrong with a line by the note of how far the log had come, which is made once a line is whole. */
function unlikeNote(line: Line, { whole }: RawLine, { known }: Progress): string[] {
  const { sequence, hash } = headOf(line);
  if (known === undefined || sequence > known.sequence) return [];
  return [
    ...(whole ? [] : [lostEnd]),
    ...(sequence === known.sequence && hash !== known.hash
      ? ['is not the line that reaper wrote: it was replaced']
      : []),
  ];
}

/** The note finds a log that was cut at its end, or is gone. */
function compareEnd(file: string, { head, known, faults, lines }: Progress): void {
  if (known === undefined || (head?.sequence ?? 0) >= known.sequence) return;
  const ends = head === undefined ? 'has no line' : `ends with number ${head.sequence}`;
  faults.push({
    file,
    line: lines,
    problem: `the log ${ends}, and had come to ${known.sequence}: it was cut`,
  });
}

function reportAll(progress: Progress, { problems }: Doubtful): void {
  for (const problem of problems) report(progress, problem);
}

function report({ faults }: Progress, { place, problem }: Problem): void {
  if (faults.length <= mostFaults) faults.push({ ...place, problem });
}
