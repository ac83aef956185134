import type { History, Span, Thing, WatchedRun, WatchedSession } from './history.ts';

/**
 * How long a use may take to be stamped: the set's refresh is half a second, a flush stamps its own time, and
 * the machine may be busy. In ms.
 */
const flushLag = 3_000;

/** How long a command may be on its way on a busy machine before it runs. In ms. */
const arrivalLag = 1_500;

/** The times of one run that matter to what it could see, in ms since the epoch. */
interface Moments {
  readonly list: number;
  /** Before and after the last look before the kill. */
  readonly look: number;
  readonly looked: number;
  /** From here on what was to be killed is gone. */
  readonly verify: number;
}

/** What one run could see of sessions, reckoned from what their clients did. */
export function seenBy(run: WatchedRun, { faults }: Pick<History, 'faults'>) {
  const moments = momentsOf(run);
  const { list, look, looked, verify } = moments;
  const isFaulty = (span: Span): boolean => faults.some((fault) => overlap(fault, span));

  /** When at the latest something that was true at `at` has been written down. */
  const settled = (at: number): number => settledAfter(at, faults);
  /** The use before the last look that reaper cannot have missed: it may have been used later, never earlier. */
  const usedSince = (uses: readonly Span[]): number =>
    Math.max(uses[0]?.from ?? Infinity, ...uses.filter(({ to }) => to <= look).map(({ from }) => from));
  const lastAnswer = (uses: readonly Span[]): number =>
    Math.max(-Infinity, ...uses.filter(({ from }) => from < verify).map(({ to }) => to));

  return {
    ...moments,
    /** The least and the greatest that the session’s last use could be stamped with. */
    stamp: ({ uses }: WatchedSession): Span => ({ from: usedSince(uses), to: settled(lastAnswer(uses)) }),
    thingUse: ({ uses }: Thing): Span => ({ from: usedSince(uses), to: lastAnswer(uses) }),
    maybeListed: ({ uses, left }: WatchedSession): boolean =>
      (uses[0]?.from ?? Infinity) < looked && (left === undefined || settled(left.to) >= list),
    /** Whether it came so late that no look needs to have shown it. */
    isNewcomer: ({ uses }: WatchedSession): boolean => (uses[0]?.to ?? Infinity) > look,
    maybeRunning: ({ uses }: WatchedSession): boolean =>
      uses.some(({ from, to }) => from < looked && to > look),
    surelyRunning: ({ uses }: WatchedSession): boolean =>
      uses.some(
        ({ from, to }) =>
          from < look - arrivalLag && to > looked && !isFaulty({ from: from - arrivalLag, to: looked }),
      ),
    maybeOpen: ({ uses, lost, released }: Thing): boolean =>
      (uses[0]?.from ?? Infinity) < looked && ((lost?.span ?? released)?.to ?? Infinity) >= look,
    /** Open before the listing, and used with success after the run. */
    surelyOpen: ({ uses }: Thing): boolean =>
      (uses[0]?.to ?? Infinity) < list && uses.some(({ from }) => from > verify),
    /** Whether somebody who does not answer could leave things open. */
    complete: run.exitCode === 0 && run.allAnswered,
  };
}

export type Seen = ReturnType<typeof seenBy>;

/** A run that found nothing to end never looks again. */
export function momentsOf({ called, stages }: WatchedRun): Moments {
  const { list = called.from, look = called.to } = stages;
  return { list, look, looked: stages['attempt'] ?? called.to, verify: stages['verify'] ?? called.to };
}

/** When at the latest the servers have written down what was true at `at`; a fault holds them up. */
export function settledAfter(at: number, faults: readonly Span[]): number {
  let until = at + flushLag;
  for (const fault of [...faults].sort((a, b) => a.from - b.from)) {
    if (fault.from <= until && fault.to >= at) until = Math.max(until, fault.to + flushLag);
  }
  return until;
}

export function overlap(a: Span, b: Span): boolean {
  return a.from <= b.to && b.from <= a.to;
}
