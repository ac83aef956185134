import type { Evidence, RecordedRun } from '../../src/audit/evidence.ts';
import { checkText, stigs } from '../../src/audit/stig.ts';

const hour = 3_600_000;
const minute = 60_000;

/** The moment of every audit in these tests. */
export const auditedAt = Date.UTC(2026, 10, 22, 6);

/** One run as the log tells it, five minutes' work of the timer. */
export function aRun(number: number, startedAt: number, more: Partial<RecordedRun> = {}): RecordedRun {
  return {
    runId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    mode: 'enforce',
    byHand: false,
    startedAt,
    finishedAt: startedAt + 2_000,
    exitCode: 0,
    state: 'succeeded',
    policySha256: 'a'.repeat(64),
    counts: {
      listed: 40,
      terminate: 2,
      retain: 30,
      exempt: 8,
      indeterminate: 0,
      ended: 2,
      killed: 0,
      failed: 0,
      in_doubt: 0,
    },
    ...more,
  };
}

/** What an assessor is told of a site where all is well, but for what is given. */
export function anEvidence(more: Partial<Evidence> = {}): Evidence {
  const since = auditedAt - 3 * 24 * hour;
  const runs = Array.from({ length: 24 }, (_, at) => aRun(at, since + at * 3 * hour + minute));
  return {
    stig: stigs['8'],
    status: 'not_a_finding',
    reasons: ['Every step of the check text was seen to hold.'],
    at: auditedAt,
    version: '0.1.0',
    host: 'mongo-prod-01.example.mil',
    deployment: 'rs0',
    since,
    steps: [
      {
        name: 'definition',
        title: 'The organization’s definition',
        asked: checkText.definition,
        state: 'shown',
        because: ['SSP section AC-12, approved by ISSO on 2026-10-01.'],
        facts: [
          { label: 'policy', values: ['stig-v-281700 (/etc/reaper/policy.yaml)'] },
          { label: 'sha256', values: ['a'.repeat(64)] },
        ],
      },
      {
        name: 'listing',
        title: 'It lists all user sessions',
        asked: checkText.listing,
        state: 'shown',
        because: ['The last run listed 40 sessions on 3 members.'],
        facts: [
          { label: 'command', values: ['{ $listSessions: { allUsers: true } } on config.system.sessions'] },
        ],
      },
      {
        name: 'determination',
        title: 'It determines which must end',
        asked: checkText.determination,
        state: 'shown',
        because: ['48 sessions matched a rule.'],
        facts: [{ label: 'rules', values: ['idle-15m: 40', 'contractors-after-hours: 8'] }],
      },
      {
        name: 'termination',
        title: 'It ends them, by user',
        asked: checkText.termination,
        state: 'shown',
        because: ['48 sessions of 2 users were ended on every member.'],
        facts: [{ label: 'command', values: ['killAllSessionsByPattern by uid or by whole lsid'] }],
      },
      {
        name: 'schedule',
        title: 'It is scheduled at least daily',
        asked: checkText.schedule,
        state: 'shown',
        because: ['reaper.timer starts it every 5m; the longest gap between successful runs is 3h.'],
        facts: [{ label: 'schedule', values: ['reaper.timer: OnCalendar=*:0/5'] }],
      },
    ],
    runs,
    gaps: [],
    longestGap: 3 * hour,
    ended: [
      { rule: 'idle-15m', user: 'alice@admin', ended: 40, killed: 0, failed: 0, inDoubt: 0 },
      {
        rule: 'contractors-after-hours',
        user: 'ctr_eve@$external',
        ended: 6,
        killed: 2,
        failed: 0,
        inDoubt: 0,
      },
    ],
    openEnds: [],
    chain: {
      intact: true,
      faults: [],
      torn: 0,
      lines: 212,
      files: ['/var/lib/reaper/audit.jsonl'],
      first: { sequence: 1, at: since },
      after: undefined,
      head: { sequence: 212, hash: `sha256:${'b'.repeat(64)}` },
    },
    schedules: [
      {
        kind: 'systemd',
        where: 'reaper.timer',
        says: 'OnCalendar=*:0/5',
        longestGap: 5 * minute,
        active: true,
        lastRun: auditedAt - 4 * minute,
        nextRun: auditedAt + minute,
        problems: [],
      },
    ],
    policy: { name: 'stig-v-281700', file: '/etc/reaper/policy.yaml', sha256: 'a'.repeat(64) },
    auditLog: '/var/lib/reaper/audit.jsonl',
    attestation: undefined,
    confirmation: undefined,
    ...more,
  };
}
