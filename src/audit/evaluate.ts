import type { LoadedPolicy } from '../policy/load.ts';
import { isPlaceholder } from '../policy/placeholder.ts';
import { clockTolerance, type SetBack } from './clock.ts';
import type { BookedRun, RunBook } from './run-book.ts';
import type {
  ChainState,
  Evidence,
  FindingStatus,
  FoundSchedule,
  Gap,
  ServerConfirmation,
  Step,
} from './evidence.ts';
import type { Stig } from './stig.ts';
import { definitionStep } from './steps/definition.ts';
import { determinationStep } from './steps/determination.ts';
import { listingStep } from './steps/listing.ts';
import { scheduleStep } from './steps/schedule.ts';
import { terminationStep } from './steps/termination.ts';

/** Everything that the evidence is made from; times in ms since the epoch. */
export interface Seen {
  readonly stig: Stig;
  readonly at: number;
  readonly since: number;
  readonly version: string;
  readonly host: string;
  readonly auditLog: string;
  readonly loaded: LoadedPolicy;
  readonly book: RunBook;
  readonly chain: ChainState;
  readonly schedules: readonly FoundSchedule[];
  /** Where a schedule may be, and could not be looked for. */
  readonly notLooked: readonly string[];
  readonly attestation: string | undefined;
  readonly confirmation: ServerConfirmation | undefined;
}

/** What the steps need besides. */
export interface Known extends Seen {
  /** Runs of the window, and the last of all that asked the policy’s rules, one of the schedule if there is one. */
  readonly runs: readonly BookedRun[];
  readonly lastRun: BookedRun | undefined;
  readonly gaps: readonly Gap[];
  readonly longestGap: number | undefined;
  /** Such as can have put a run into the window that was not made then, or taken one out. */
  readonly setBacks: readonly SetBack[];
}

/**
 * A day, and what a daily start may be late by. The check text asks for a run at least daily; a timer is allowed
 * its seconds of accuracy, and a run its length.
 */
const longestAllowed = 24.5 * 3_600_000;

/** Takes what was seen and returns what an assessor is told. It never says `not_a_finding` of what was not seen. */
export function evaluate(seen: Seen): Evidence {
  const { book, since, at } = seen;
  const all = book.runs();
  const whole = all.filter((run) => !run.only && run.finishedAt !== undefined);
  // A run by hand shows as well what the policy does; but it may fail for a reason of its own.
  const lastRun = whole.findLast((run) => !run.byHand) ?? whole.at(-1);
  const successes = successesOf(all, seen);
  const between = gapsOf(successes, seen);
  const known: Known = {
    ...seen,
    runs: all.filter((run) => (run.finishedAt ?? run.startedAt) >= since),
    lastRun,
    gaps: between.filter(({ from, to }) => to - from > longestAllowed),
    longestGap: successes.length === 0 ? undefined : longestOf(between),
    setBacks: book
      .setBacks(at)
      .filter(({ from, to }) => [from, to].some((time) => time >= since && time <= at)),
  };
  const notRequired = notRequiredBy(seen);
  const steps = [
    definitionStep(known),
    ...[listingStep, determinationStep, terminationStep, scheduleStep].map((step) => step(known)),
  ];
  const { status, reasons } = statusOf(known, steps, notRequired);
  return {
    ...seen,
    status,
    reasons,
    deployment: lastRun?.deployment ?? all.at(-1)?.deployment,
    steps,
    runs: known.runs,
    gaps: known.gaps,
    longestGap: known.longestGap,
    ended: [...book.ended.values()],
    openEnds: book.openEnds(),
    policy: { name: seen.loaded.policy.name, file: seen.loaded.file, sha256: seen.loaded.sha256 },
  };
}

/** The documented way out: only with the document that says so. */
function notRequiredBy({ loaded: { policy } }: Seen): string | undefined {
  const { document, notRequired } = policy.authority ?? {};
  return document === undefined || [document, notRequired].some(isPlaceholder) ? undefined : notRequired;
}

function statusOf(
  { stig, chain, attestation }: Known,
  steps: readonly Step[],
  notRequired: string | undefined,
): { status: FindingStatus; reasons: string[] } {
  const because = (state: Step['state']): string[] => [
    ...new Set(steps.filter((step) => step.state === state).flatMap(({ because: [first] }) => first ?? [])),
  ];
  if (notRequired !== undefined) {
    return {
      status: 'not_a_finding',
      reasons: [`The documentation states that termination is not required: ${notRequired}`],
    };
  }
  if (!stig.asksForScript) return older(stig, attestation);
  const broken = chain.intact ? [] : ['The audit log was changed, so it proves nothing; see its faults.'];
  const contradicted = because('contradicted');
  if (contradicted.length > 0) return { status: 'open', reasons: [...contradicted, ...broken] };
  const unseen = [...broken, ...because('unseen')];
  if (unseen.length > 0) return { status: 'not_reviewed', reasons: unseen };
  return { status: 'not_a_finding', reasons: ['Every step of the check text was seen to hold.'] };
}

/** Its check text asks whether the owner requires more, which no program can know. */
function older(
  { product }: Stig,
  attestation: string | undefined,
): { status: FindingStatus; reasons: string[] } {
  if (attestation !== undefined) return { status: 'not_a_finding', reasons: [`Attested: ${attestation}`] };
  return {
    status: 'not_reviewed',
    reasons: [
      `The check text of the ${product}.x STIG asks for the owner’s word and for no script: attest it with --attest. The steps below are what reaper can show.`,
    ],
  };
}

/** When runs of the schedule succeeded, in the whole log, the oldest first. */
function successesOf(all: readonly BookedRun[], { at }: Seen): number[] {
  return all
    .filter((run) => run.state === 'succeeded' && !run.byHand)
    .map((run) => run.finishedAt ?? run.startedAt)
    .filter((time) => time <= at + clockTolerance)
    .sort((a, b) => a - b);
}

/** The times without a successful run of the schedule, within the window, up to the moment of the audit. */
function gapsOf(successes: readonly number[], { since, at, book }: Seen): Gap[] {
  if (book.firstLine === undefined) return [];
  // A run before the window, or the first line of a younger log, is where the first gap begins.
  const before = successes.findLast((time) => time < since) ?? Math.max(since, book.firstLine);
  const moments = [before, ...successes.filter((time) => time >= since), at];
  return moments.slice(1).map((to, index) => ({ from: moments[index] ?? to, to }));
}

/** In whole seconds, so that every report says the same. */
function longestOf(gaps: readonly Gap[]): number | undefined {
  if (gaps.length === 0) return undefined;
  const longest = Math.max(...gaps.map(({ from, to }) => to - from));
  return Math.max(1000, Math.round(longest / 1000) * 1000);
}
