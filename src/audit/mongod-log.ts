import { ReaperError } from '../errors.ts';
import type { ServerConfirmation } from './evidence.ts';
import { killCommandOf } from './mongod-log/kill-command.ts';
import { logEntryOf, logId, type LogEntry } from './mongod-log/log-entry.ts';
import { logLines } from './mongod-log/log-lines.ts';
import type { SentKill } from './mongod-log/sent-kills.ts';
import { whichMember } from './mongod-log/which-member.ts';
import { whoseKill } from './mongod-log/whose-kill.ts';

/** Whoever kills by hand every minute would fill the memory, and no report shows more. */
const mostForeign = 1000;

/** In ms. A kill this near to an end of the log may be in the file before or after, as the clocks differ. */
const clockDifference = 5 * 60_000;

/**
 * Holds a mongod's own log (JSON lines, MongoDB 4.4 and later, plain or `.gz`) against the kills in the audit log.
 *
 * The server logs a kill after it was carried out (T13), with its comment, by which it is recognised; one that was
 * cut, beyond some 65 sessions, by its sessions. `security.redactClientLogData` leaves this entry as it is: the
 * server writes the command there without its redaction.
 *
 * `missing` are kills that the member that wrote the log confirmed, and did not log; if the log does not tell which
 * member that is, only such as every member confirmed. A cursor counts if it was closed before a kill of ours and
 * after any other: the server does not say for which. Throws a ReaperError if the file cannot be read, or is no such log.
 */
export async function readServerLog(file: string, kills: readonly SentKill[]): Promise<ServerConfirmation> {
  const whose = whoseKill(kills);
  const which = whichMember(new Set(kills.flatMap(({ members }) => members)));
  const confirmed = new Set<SentKill>();
  const foreign: ServerConfirmation['foreign'][number][] = [];
  let moreForeign = 0;
  let closing = 0;
  let cursorsClosed = 0;

  const killed = (entry: LogEntry): void => {
    const closed = closing;
    closing = 0;
    const kill = killCommandOf(entry);
    if (kill.isHarmless) return;
    const found = whose(kill);
    if ('sent' in found) {
      confirmed.add(found.sent);
      cursorsClosed += closed;
    } else if (foreign.length < mostForeign) {
      foreign.push({ at: kill.at, by: kill.by, command: kill.text, because: found.because });
    } else moreForeign += 1;
  };

  let first: string | undefined;
  let last: string | undefined;
  let unreadable = 0;
  // The last line of a log that is being written, or was copied, may be half a line.
  let doubtful = 0;
  for await (const lines of logLines(file)) {
    for (const padded of lines) {
      const line = padded.trim();
      if (line === '') continue;
      unreadable += doubtful;
      const entry = logEntryOf(line);
      doubtful = entry === undefined ? 1 : 0;
      if (entry === undefined) continue;
      first ??= entry.date;
      last = entry.date;
      which.add(entry);
      if (entry.id === logId.killed) killed(entry);
      // Not those that a refresh of the session cache closes, for sessions that expired or were ended (T17).
      if (entry.id === logId.cursorClosed && entry.ctx === 'SessionKiller') closing += 1;
    }
  }
  if (first === undefined && unreadable + doubtful > 0) throw noServerLog(file);

  const from = first === undefined ? undefined : Date.parse(first);
  const to = last === undefined ? undefined : Date.parse(last);
  const member = which.member();
  return {
    file,
    confirmed: confirmed.size,
    missing: kills
      .filter((kill) => !confirmed.has(kill) && wasDoneBy(kill, member) && isWithin(kill.at, from, to))
      .map(({ runId, at, user }) => ({ runId, at, user })),
    foreign,
    moreForeign,
    cursorsClosed,
    member,
    from,
    to,
    unreadable,
  };
}

function wasDoneBy({ members, doneBy }: SentKill, member: string | undefined): boolean {
  if (member !== undefined) return doneBy.has(member);
  return members.length > 0 && members.every((each) => doneBy.has(each));
}

function isWithin(at: number, from = Infinity, to = -Infinity): boolean {
  return at > from + clockDifference && at < to - clockDifference;
}

function noServerLog(file: string): ReaperError {
  return new ReaperError('usage', `${file}: no line of it is one of a mongod’s log`, {
    remedy: 'name the file that systemLog.path of mongod.conf names; MongoDB before 4.4 wrote no JSON',
  });
}
