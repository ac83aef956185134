import { ExitCode } from './exit-code.ts';
import type { Verdict } from './decide/verdict.ts';
import type { Deployment } from './mongo/deployment.ts';
import type { Exceeded } from './plan/limits.ts';
import type { ReadonlyLsidMap } from './lsid-map.ts';
import type { Outcome, OutcomeName } from './terminate/outcome.ts';

/** Sessions that were counted and not read, since no rule can match them. */
export interface Unread {
  readonly retain: number;
  /** With the built-in ones. */
  readonly exempt: number;
  readonly builtIn: number;
}

/** All that a run has to tell; every report is made from this. */
export interface RunResult {
  readonly runId: string;
  readonly mode: 'enforce' | 'dry-run' | 'report';
  /** The documented reason why nothing is to be ended (P10). */
  readonly notRequired: string | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly policy: { readonly name: string; readonly sha256: string };
  readonly deployment: Deployment;
  /** Members that did not answer, and their words. */
  readonly memberErrors: ReadonlyMap<string, string>;
  /** The primary's clock when listed, ms since the epoch. */
  readonly serverTime: number;
  /** One for each session that was read, in the order listed. */
  readonly verdicts: readonly Verdict[];
  readonly unread?: Unread | undefined;
  /** For verdicts that stand for more than one session: for how many, as the server counted them. */
  readonly standsFor?: ReadonlyLsidMap<number> | undefined;
  /** Empty unless the run enforces. */
  readonly outcomes: ReadonlyLsidMap<Outcome>;
  readonly exceeded: readonly Exceeded[];
}

/** How many sessions of each verdict and outcome. */
export type Counts = Record<'listed' | Verdict['verdict'] | OutcomeName, number>;

/** Beyond so many sessions nobody reads a line for each: those of one user then share one. */
export const mostEach = 100;

/** For how many sessions a verdict stands. */
export function sessionsOf({ session }: Verdict, standsFor: RunResult['standsFor']): number {
  return standsFor?.get(session.lsid) ?? 1;
}

/** Counts everything listed. */
export function countsOf({
  verdicts,
  outcomes,
  unread = { retain: 0, exempt: 0, builtIn: 0 },
  standsFor,
}: Pick<RunResult, 'verdicts' | 'outcomes' | 'unread' | 'standsFor'>): Counts {
  const counts: Counts = {
    listed: unread.retain + unread.exempt,
    terminate: 0,
    retain: unread.retain,
    exempt: unread.exempt,
    indeterminate: 0,
    ended: 0,
    killed: 0,
    already_ended: 0,
    spared: 0,
    failed: 0,
    in_doubt: 0,
  };
  for (const verdict of verdicts) {
    const sessions = sessionsOf(verdict, standsFor);
    counts.listed += sessions;
    counts[verdict.verdict] += sessions;
  }
  for (const { outcome } of outcomes.values()) counts[outcome] += 1;
  return counts;
}

/** The exit status that a result deserves: 0, 3, 4 or 5. */
export function exitCodeOf(
  result: Pick<RunResult, 'verdicts' | 'outcomes' | 'exceeded' | 'memberErrors'>,
): number {
  if (result.exceeded.length > 0) return ExitCode.limitReached;
  const { failed, in_doubt: inDoubt, already_ended: alreadyEnded } = countsOf(result);
  if (failed > 0 && failed === result.outcomes.size - alreadyEnded) return ExitCode.allFailed;
  return failed > 0 || inDoubt > 0 || result.memberErrors.size > 0 ? ExitCode.incomplete : ExitCode.done;
}
