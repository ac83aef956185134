/** A place in the log at which the clock of the host went back; times in ms since the epoch. */
export interface SetBack {
  /** The number of the line before it. */
  readonly after: number;
  readonly from: number;
  readonly to: number;
}

/** Lines of two processes may come a few seconds out of order, and a clock that drifts is set right by as much. */
export const clockTolerance = 5 * 60_000;

/** Reads the clock by the lines of a log, in their order: a run that was added later must not fill a gap. */
export function watchClock() {
  const found: SetBack[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  let last = 0;
  const isBack = (at: number): boolean => at < latest - clockTolerance;
  return {
    /** Takes a line’s number and its time. */
    see(line: number, at: number): void {
      if (isBack(at)) {
        found.push({ after: last, from: latest, to: at });
        latest = at;
      }
      latest = Math.max(latest, at);
      last = line;
    },
    /** Takes the time that it is now, which must not lie before the log’s either. */
    setBacks: (now: number): SetBack[] =>
      isBack(now) ? [...found, { after: last, from: latest, to: now }] : found,
  };
}
