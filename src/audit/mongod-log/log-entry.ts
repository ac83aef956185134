/** One entry of a server's log, as far as it is told here; `attr` and `truncated` are as the server wrote them. */
export interface LogEntry {
  /** ISO 8601 with an offset: mongod writes local time by default. */
  readonly date: string;
  readonly id: number;
  /** The thread, as `conn8` or `SessionKiller`. */
  readonly ctx: string | undefined;
  readonly attr: Readonly<Record<string, unknown>>;
  /** Which attributes were cut, because they were longer than `maxLogSizeKB`. */
  readonly truncated: Readonly<Record<string, unknown>>;
}

/** The log ids that tell something here. Ids are stable: a message’s words change, its id does not. */
export const logId = {
  /** `Success: kill session`, after killSessions, killAllSessions and killAllSessionsByPattern (T13). */
  killed: 558701,
  /** `Killing cursor as part of killing session(s)`. */
  cursorClosed: 20528,
  /** `Found self in config`. */
  self: 21393,
  /** `MongoDB starting`, and `Process Details` at the head of a rotated log. */
  starting: 4615611,
  process: 20721,
} as const;

const told: ReadonlySet<number> = new Set(Object.values(logId));

/** How mongod begins each line. */
const head =
  /^\{"t":\{"\$date":"([\d-]{10}T[\d:.]+(?:Z|[+-]\d\d:\d\d))"\},"s":"\w+",\s*"c":"[^"]*",\s*"id":(\d+),/;

/**
 * Takes a line of a log, without its end, and returns its entry; undefined if it is none. One of another id is not
 * looked into, and comes without attributes: they are nearly all of a log that may have many GB.
 */
export function logEntryOf(line: string): LogEntry | undefined {
  const [, begun, number] = head.exec(line) ?? [];
  if (begun !== undefined && line.endsWith('}') && !told.has(Number(number))) {
    return { date: begun, id: Number(number), ctx: undefined, attr: {}, truncated: {} };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { t, id, ctx, attr, truncated } = record(parsed);
  const date = record(t)['$date'];
  if (typeof id !== 'number' || typeof date !== 'string' || Number.isNaN(Date.parse(date))) return undefined;
  return {
    date,
    id,
    ctx: typeof ctx === 'string' ? ctx : undefined,
    attr: record(attr),
    truncated: record(truncated),
  };
}

/** The value itself if it is an object, else an empty one. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
