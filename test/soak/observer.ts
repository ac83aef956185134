import type { History, Span, Thing, WatchedRun, WatchedSession } from './history.ts';
import { namedBy, type Named } from './named.ts';
import { momentsOf, overlap, settledAfter } from './seen.ts';

/** Something that must not be, and everything that is needed to find out why. */
export interface Violation {
  readonly kind: 'wrongly ended' | 'not ended' | 'not recorded' | 'claimed ended' | 'beyond a limit';
  readonly words: string;
  readonly session?: WatchedSession | undefined;
  readonly runs: readonly WatchedRun[];
}

/** What an independent observer makes of a history. */
export interface Judgement {
  readonly violations: readonly Violation[];
  /** What clients lost: by a run that may end it, by `endSessions` after they came back, by an election. */
  readonly lost: { readonly ended: number; readonly window: number; readonly election: number };
  /** Sessions that a run had to end, and that were gone after it. */
  readonly hadToEnd: number;
  /** Other errors that clients saw, by name. */
  readonly otherErrors: ReadonlyMap<string, number>;
}

/** The names of what a client sees when its session was killed; an election has names of its own. */
const killed = ['CursorNotFound', 'NoSuchTransaction', 'Interrupted', 'CursorKilled'];

/** Holds what the clients did and saw against what the runs may and must have ended. */
export function judge(history: History): Judgement {
  const { sessions, runs, faults } = history;
  const named = new Map(runs.map((run): [WatchedRun, Named] => [run, namedBy(run, history)]));
  const mayEnd = (run: WatchedRun, session: WatchedSession): boolean =>
    named.get(run)?.mayEnd(session) ?? false;
  const violations: Violation[] = [];
  const lost = { ended: 0, window: 0, election: 0 };
  const otherErrors = new Map<string, number>();
  const onlyBy = new Map<WatchedRun, Set<WatchedSession>>();

  const judgeLoss = (session: WatchedSession, thing: Thing, when: Span): void => {
    const hit = runs.filter((run) => overlap(killOf(run, faults), when));
    const may = hit.filter((run) => mayEnd(run, session));
    const by = may.find(
      (run) => run.attempted.has(session.id) || named.get(run)?.seen.isNewcomer(session) === true,
    );
    if (by !== undefined) {
      lost.ended += 1;
      if (may.length === 1) onlyBy.set(by, (onlyBy.get(by) ?? new Set()).add(session));
    } else if (
      runs.some(
        (run) =>
          cameBack(thing, run) && overlap(windowOf(run, session, faults), when) && mayEnd(run, session),
      )
    )
      lost.window += 1;
    else if (thing.kind !== 'cursor' && isElection(thing, when, faults)) lost.election += 1;
    else if (may.length > 0) {
      const words = `a ${thing.kind} died and no run has recorded that it ended its session`;
      violations.push({ kind: 'not recorded', words, session, runs: may });
    } else {
      const words = `a ${thing.kind} died (${thing.lost?.error}) that no run may end`;
      violations.push({ kind: 'wrongly ended', words, session, runs: hit });
    }
  };

  for (const session of sessions) {
    for (const thing of session.things) {
      if (thing.lost === undefined) continue;
      const { error, span } = thing.lost;
      if (killed.includes(error))
        judgeLoss(session, thing, { from: thing.uses.at(-1)?.from ?? span.from, to: span.to });
      else otherErrors.set(error, (otherErrors.get(error) ?? 0) + 1);
    }
  }

  let hadToEnd = 0;
  for (const run of runs) {
    const { list, look, verify } = momentsOf(run);
    for (const session of sessions) {
      const before = session.things.filter(({ uses: [opened] }) => (opened?.to ?? Infinity) < list);
      const lives = before.some(({ uses }) => uses.some(({ from }) => from > run.called.to));
      if (lives && named.get(run)?.mustEnd(session) === true) {
        const words = 'it was to end and lives on after a complete run';
        violations.push({ kind: 'not ended', words, session, runs: [run] });
      } else if (isDying(before, run) && named.get(run)?.mustEnd(session) === true) hadToEnd += 1;
      const claim = run.outcomes.get(session.id) ?? '';
      const since = claim === 'already_ended' ? list : look;
      const survives = session.things.some(
        ({ uses }) => (uses[0]?.to ?? Infinity) < since && uses.some(({ from }) => from > verify),
      );
      if (survives && ['ended', 'killed', 'already_ended'].includes(claim)) {
        const words = `said to be ${claim}, and what it held before goes on`;
        violations.push({ kind: 'claimed ended', words, session, runs: [run] });
      }
    }
  }
  violations.push(...beyondLimits(onlyBy, named));
  return { violations, lost, hadToEnd, otherErrors };
}

/** When a run's kills can have had their effect; a member that stands still obeys when it goes on. */
function killOf(run: WatchedRun, faults: History['faults']): Span {
  const from = run.stages['kill'] ?? Infinity;
  const verify = run.stages['verify'] ?? run.called.to;
  const stops = faults.filter((fault) => fault.kind === 'stop' && overlap(fault, { from, to: verify }));
  return { from, to: Math.max(verify, ...stops.map(({ to }) => to + afterStop)) };
}

/** What a member that goes on may take to do what it missed, in ms. */
const afterStop = 1_000;

/** What is opened in a session after `endSessions` was sent for it dies at the next refresh: the documented window. */
function windowOf(run: WatchedRun, session: WatchedSession, faults: History['faults']): Span {
  const sent = run.outcomes.get(session.id) === 'ended' ? run.stages['end'] : undefined;
  return { from: sent ?? Infinity, to: settledAfter(run.called.to, faults) };
}

/** Whether it was opened too late for the last look before the kill. */
function cameBack({ uses: [opened] }: Thing, run: WatchedRun): boolean {
  return (opened?.to ?? Infinity) > momentsOf(run).look;
}

function isElection(thing: Thing, when: Span, faults: History['faults']): boolean {
  const life = { from: thing.uses[0]?.from ?? when.from, to: when.to };
  return faults.some((fault) => fault.kind === 'election' && overlap(fault, life));
}

/** Whether a client found something gone that was there before the run and not used with success since. */
function isDying(things: readonly Thing[], run: WatchedRun): boolean {
  return things.some(
    ({ uses, lost }) =>
      lost !== undefined &&
      killed.includes(lost.error) &&
      lost.span.to > run.called.from &&
      (uses.at(-1)?.from ?? Infinity) < run.called.from,
  );
}

function beyondLimits(
  onlyBy: ReadonlyMap<WatchedRun, ReadonlySet<WatchedSession>>,
  named: ReadonlyMap<WatchedRun, Named>,
): Violation[] {
  return [...onlyBy].flatMap(([run, victims]): Violation[] => {
    const planned = [...victims].filter((session) => named.get(run)?.seen.isNewcomer(session) === false);
    const users = new Set(planned.map(({ user }) => user)).size;
    const { users: mostUsers = Infinity, sessions: mostSessions = Infinity } = run.policy.limits;
    if (users <= mostUsers && planned.length <= mostSessions) return [];
    const words = `${planned.length} sessions of ${users} users died`;
    return [{ kind: 'beyond a limit', words, runs: [run] }];
  });
}
