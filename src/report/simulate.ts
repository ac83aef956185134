import { z } from 'zod';
import type { TerminateVerdict, Verdict } from '../decide/verdict.ts';
import { countSteps, differenceOf, type At, type Simulated, type Steps } from '../plan/simulate.ts';
import type { Policy } from '../policy/policy.ts';
import type { Session } from '../session.ts';
import type { Saved } from '../snapshot-file/schema.ts';
import { runJson } from './run-schema.ts';
import { assumptionsOf, warningsOf } from './simulate-notes.ts';

const time = z.iso.datetime();
const count = z.int().min(0);
const whose = runJson.shape.sessions.element.pick({ lsid: true, user: true });
const decided = whose.extend({ at: time, rule: z.string().nullable(), because: z.string() });
const policyJson = runJson.shape.policy.extend({ mode: z.enum(['enforce', 'report']) });

/** The shape of `reaper simulate --json`. */
export const simulateJson = z.strictObject({
  snapshot: z.strictObject({ file: z.string(), server_time: time, anonymised: z.boolean() }),
  policy: policyJson,
  from: time,
  to: time,
  every_seconds: z.number(),
  instants: count,
  assumptions: z.array(z.string()).describe('What the simulation takes for granted.'),
  warnings: z.array(z.string()).describe('Why this result may not be what it seems.'),
  counts: z.strictObject({
    listed: count,
    ended: count,
    left_listing: count,
    alive: count,
    indeterminate: count.describe('Of those not ended: could not be decided at least once.'),
  }),
  ended: z.array(decided).describe('In the order of time, each at the first instant that ends it.'),
  indeterminate: z
    .array(decided)
    .describe('Never ended; the first instant at which it could not be decided.'),
  left_listing: z.array(whose.extend({ at: time })),
  stopped: z
    .array(z.strictObject({ from: time, to: time, because: z.string() }))
    .describe('A plan beyond a limit: at these instants nothing ends.'),
  against: z
    .strictObject({
      policy: policyJson,
      newly_ended: z.array(decided).describe('`policy` ends it, this one does not.'),
      no_longer_ended: z.array(decided).describe('This one ends it, `policy` does not.'),
      at_other_times: z.array(decided.extend({ against_at: time })),
    })
    .optional(),
});

export type SimulateJson = z.output<typeof simulateJson>;

/** A policy, and what it would do to the snapshot. */
interface Side {
  readonly policy: Policy;
  readonly sha256: string;
  readonly result: Simulated;
}

export interface SimulateReport extends Side {
  readonly file: string;
  readonly saved: Saved;
  readonly steps: Steps;
  /** Whether unused sessions were kept listed. */
  readonly keepListed: boolean;
  readonly against: Side | undefined;
}

/** Takes what was simulated and returns the report. */
export function simulateToJson(report: SimulateReport): SimulateJson {
  const { file, saved, steps, result, against } = report;
  const difference = against && differenceOf(result, against.result);
  return {
    snapshot: { file, server_time: iso(saved.snapshot.serverTime), anonymised: saved.anonymised },
    policy: policyOf(report),
    from: iso(steps.from),
    to: iso(steps.to),
    every_seconds: steps.every / 1000,
    instants: countSteps(steps),
    assumptions: assumptionsOf(report),
    warnings: warningsOf(report),
    counts: {
      listed: saved.snapshot.sessions.length,
      ended: result.ended.length,
      left_listing: result.left.length,
      alive: result.alive.length,
      indeterminate: result.indeterminate.length,
    },
    ended: result.ended.map(decidedJson),
    indeterminate: result.indeterminate.map(decidedJson),
    left_listing: result.left.map(({ at, session }) => ({ ...whoseJson(session), at: iso(at) })),
    stopped: result.stopped.map(({ from, to, because }) => ({ from: iso(from), to: iso(to), because })),
    ...(against &&
      difference && {
        against: {
          policy: policyOf(against),
          newly_ended: difference.newlyEnded.map(decidedJson),
          no_longer_ended: difference.noLongerEnded.map(decidedJson),
          at_other_times: difference.atOtherTimes.map(({ here, there }) => ({
            ...decidedJson(here),
            against_at: iso(there),
          })),
        },
      }),
  };
}

function policyOf({ policy, sha256 }: Side): SimulateJson['policy'] {
  return { name: policy.name, sha256, mode: policy.mode };
}

function whoseJson({ lsid, user }: Session): z.output<typeof whose> {
  return { lsid: { ...lsid }, user: user ?? null };
}

function decidedJson({ at, verdict }: At<TerminateVerdict | Verdict>): z.output<typeof decided> {
  const { session, rule, because } = verdict;
  return { ...whoseJson(session), at: iso(at), rule: rule ?? null, because };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
