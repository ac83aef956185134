import { z } from 'zod';
import type { ChainState, Evidence, FoundSchedule, RecordedRun } from '../audit/evidence.ts';

const time = z.iso.datetime();
const count = z.int().min(0);
const text = z.array(z.string());

const chain = z.strictObject({
  intact: z.boolean(),
  faults: z.array(z.strictObject({ file: z.string(), line: count, problem: z.string() })),
  torn_lines: count.describe('Left by crashes, each vouched for by the line after it.'),
  lines: count,
  files: text,
  first: z
    .strictObject({ sequence: count, at: time })
    .optional()
    .describe('The first line that is there: what came before it, if it is not number 1, was not seen.'),
  after: z.string().optional().describe('What the first line follows, as --after says.'),
  head: z.strictObject({ sequence: count, hash: z.string() }).optional(),
});

/** The shape of `reaper audit verify --json`. */
export const verifyJson = chain;

/** The shape of `reaper audit --json`: a field may be added, and never changes its meaning within a major version. */
export const auditJson = z.strictObject({
  status: z.enum(['not_a_finding', 'open', 'not_reviewed']),
  reasons: text,
  stig: z.strictObject({
    title: z.string(),
    group_id: z.string(),
    rule_id: z.string(),
    severity: z.enum(['low', 'medium']),
  }),
  audited_at: time,
  since: time.describe('The first minute that is looked back at.'),
  reaper_version: z.string(),
  host: z.string(),
  deployment: z.string().optional(),
  policy: z.strictObject({ name: z.string(), file: z.string(), sha256: z.string() }).optional(),
  steps: z.array(
    z.strictObject({
      name: z.enum(['definition', 'listing', 'determination', 'termination', 'schedule']),
      title: z.string(),
      asked: z.string().describe('The check text’s own words.'),
      state: z.enum(['shown', 'contradicted', 'unseen']),
      because: text,
      facts: z.array(z.strictObject({ label: z.string(), values: text })),
    }),
  ),
  runs: z.array(
    z.strictObject({
      run_id: z.string(),
      mode: z.enum(['enforce', 'report']),
      by_hand: z.boolean(),
      started_at: time,
      finished_at: time.optional(),
      exit_code: z.int().optional(),
      state: z.enum(['succeeded', 'failed', 'unfinished', 'ended-nothing']),
      policy_sha256: z.string().optional(),
      counts: z.record(z.string(), z.number()).optional(),
    }),
  ),
  gaps: z.array(z.strictObject({ from: time, to: time, length_seconds: count })),
  longest_gap_seconds: count.optional(),
  ended: z.array(
    z.strictObject({
      rule: z.string(),
      user: z.string(),
      ended: count,
      killed: count,
      failed: count,
      in_doubt: count,
    }),
  ),
  open_ends: z.array(
    z.strictObject({
      run_id: z.string(),
      user: z.string().optional(),
      session_id: z.string().optional(),
      uid: z.string().optional(),
      state: z.enum(['in_doubt', 'not_attempted']),
    }),
  ),
  audit_log: chain.extend({ file: z.string() }),
  schedules: z.array(
    z.strictObject({
      kind: z.enum(['systemd', 'cron', 'note']),
      where: z.string(),
      says: z.string(),
      longest_gap_seconds: count.optional(),
      active: z.boolean().optional(),
      last_run: time.optional(),
      next_run: time.optional(),
      problems: text,
    }),
  ),
  attestation: z.string().optional(),
  server_log: z
    .strictObject({
      file: z.string(),
      confirmed: count,
      missing: z.array(z.strictObject({ run_id: z.string(), at: time, user: z.string().optional() })),
      foreign: z.array(
        z.strictObject({ at: time, by: z.string(), command: z.string(), because: z.string() }),
      ),
      more_foreign: count,
      member: z.string().optional(),
      cursors_closed: count,
      from: time.optional(),
      to: time.optional(),
      unreadable_lines: count,
    })
    .optional(),
});

type AuditJson = z.output<typeof auditJson>;

const iso = (at: number): string => new Date(at).toISOString();
const isoIf = (at: number | undefined): string | undefined => (at === undefined ? undefined : iso(at));
const seconds = (millis: number): number => Math.round(millis / 1000);
const secondsIf = (millis: number | undefined): number | undefined =>
  millis === undefined ? undefined : seconds(millis);

/** Takes the evidence and returns the document that `reaper audit --json` prints. */
export function auditToJson(evidence: Evidence): AuditJson {
  const { stig, gaps, openEnds, confirmation } = evidence;
  return {
    status: evidence.status,
    reasons: [...evidence.reasons],
    stig: { title: stig.title, group_id: stig.groupId, rule_id: stig.ruleId, severity: stig.severity },
    audited_at: iso(evidence.at),
    since: iso(evidence.since),
    reaper_version: evidence.version,
    host: evidence.host,
    deployment: evidence.deployment,
    policy: evidence.policy && { ...evidence.policy },
    steps: evidence.steps.map(({ because, facts, ...step }) => ({
      ...step,
      because: [...because],
      facts: facts.map(({ label, values }) => ({ label, values: [...values] })),
    })),
    runs: evidence.runs.map(runOf),
    gaps: gaps.map(({ from, to }) => ({ from: iso(from), to: iso(to), length_seconds: seconds(to - from) })),
    longest_gap_seconds: secondsIf(evidence.longestGap),
    ended: evidence.ended.map(({ inDoubt, ...rest }) => ({ ...rest, in_doubt: inDoubt })),
    open_ends: openEnds.map(({ runId, sessionId, ...rest }) => ({
      run_id: runId,
      session_id: sessionId,
      ...rest,
    })),
    audit_log: { file: evidence.auditLog, ...chainToJson(evidence.chain) },
    schedules: evidence.schedules.map(scheduleOf),
    attestation: evidence.attestation,
    server_log: confirmation && {
      file: confirmation.file,
      confirmed: confirmation.confirmed,
      missing: confirmation.missing.map(({ runId, at, user }) => ({ run_id: runId, at: iso(at), user })),
      foreign: confirmation.foreign.map(({ at, ...rest }) => ({ at: iso(at), ...rest })),
      more_foreign: confirmation.moreForeign,
      member: confirmation.member,
      cursors_closed: confirmation.cursorsClosed,
      from: isoIf(confirmation.from),
      to: isoIf(confirmation.to),
      unreadable_lines: confirmation.unreadable,
    },
  };
}

/** Takes the state of the log and returns the document that `reaper audit verify --json` prints. */
export function chainToJson(state: ChainState): z.output<typeof chain> {
  const { torn, faults, files, first, head, ...rest } = state;
  return {
    ...rest,
    first: first && { sequence: first.sequence, at: iso(first.at) },
    torn_lines: torn,
    faults: faults.map((fault) => ({ ...fault })),
    files: [...files],
    head: head && { ...head },
  };
}

function runOf(run: RecordedRun): AuditJson['runs'][number] {
  return {
    run_id: run.runId,
    mode: run.mode,
    by_hand: run.byHand,
    started_at: iso(run.startedAt),
    finished_at: isoIf(run.finishedAt),
    exit_code: run.exitCode,
    state: run.state,
    policy_sha256: run.policySha256,
    counts: run.counts && { ...run.counts },
  };
}

function scheduleOf(schedule: FoundSchedule): AuditJson['schedules'][number] {
  const { kind, where, says, active, problems } = schedule;
  return {
    kind,
    where,
    says,
    active,
    problems: [...problems],
    longest_gap_seconds: secondsIf(schedule.longestGap),
    last_run: isoIf(schedule.lastRun),
    next_run: isoIf(schedule.nextRun),
  };
}
