import type { EndedSession } from '../plan/already-ended.ts';
import { parseSessionId, parseUid } from '../session.ts';
import { openLine, type Line } from './chain.ts';
import type { OpenEnd } from './evidence.ts';
import { logFromEnd } from './log-files.ts';
import { openRunBook } from './run-book.ts';
import { outcome } from './run-lines.ts';

/** What a run that was cut off, by `kill -9` or a loss of power, left behind in the audit log. */
export interface Unfinished {
  readonly runId: string;
  /** What it ended, and what may have died by it: the next run must look for them. */
  readonly earlier: readonly EndedSession[];
  readonly openEnds: readonly OpenEnd[];
}

/** Returns what the last run left open, or undefined if it came to its end or there was none. */
export async function readUnfinished(dir: string): Promise<Unfinished | undefined> {
  const lines = await linesOfLastRun(dir);
  const runId = lines[0]?.reaper['run_id'];
  if (typeof runId !== 'string') return undefined;
  const book = openRunBook(Number.POSITIVE_INFINITY);
  for (const line of lines) book.add(line);
  const openEnds = book.openEnds();
  const doubtful = openEnds.filter(({ state }) => state === 'in_doubt');
  return {
    runId,
    openEnds,
    earlier: [...lines.flatMap((line) => endedBy(line, runId)), ...doubtful.flatMap(inDoubt)],
  };
}

/**
 * Those of the last run that left something open: from its start on, which may have been set aside since. None if that
 * run came to its end. One that broke off remembered nothing: its own attempts count, and if it made none, what the
 * run before it left.
 */
async function linesOfLastRun(dir: string): Promise<Line[]> {
  let newestFirst: Line[] = [];
  let brokeOff: unknown;
  for await (const { bytes } of logFromEnd(dir)) {
    const opened = openLine(bytes);
    if ('problem' in opened) continue;
    const { line } = opened;
    const action = line['event.action'];
    if (action === 'run-completed') {
      if (line.reaper['error'] === undefined) return [];
      brokeOff = line.reaper['run_id'];
      newestFirst = [];
    }
    newestFirst.push(line);
    if (action !== 'run-started') continue;
    const wasCutOff = line.reaper['run_id'] !== brokeOff;
    if (wasCutOff || newestFirst.some((each) => each['event.action'] === 'attempt'))
      return newestFirst.reverse();
    newestFirst = [];
  }
  return [];
}

function endedBy({ reaper, ...line }: Line, runId: string): EndedSession[] {
  if (line['event.action'] !== 'outcome') return [];
  const found = outcome.safeParse(reaper).data;
  if (found === undefined || (found.outcome !== 'ended' && found.outcome !== 'killed')) return [];
  const at = Date.parse(found.looked_at ?? '');
  if (Number.isNaN(at) || found.used_again) return [];
  const ended = { user: found.user ?? undefined, at, outcome: found.outcome, runId };
  const uid = parseUid(found.uid);
  return found.sessions.map(({ id }) => ({ lsid: { id: parseSessionId(id), uid }, ...ended }));
}

function inDoubt({ sessionId, uid, user, runId }: OpenEnd): EndedSession[] {
  if (sessionId === undefined || uid === undefined) return [];
  const lsid = { id: parseSessionId(sessionId), uid: parseUid(uid) };
  return [{ lsid, user, at: 0, outcome: 'in_doubt', runId }];
}
