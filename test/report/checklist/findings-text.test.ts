import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../src/audit/evidence.ts';
import { findingDetails, mostCharacters } from '../../../src/report/checklist/findings-text.ts';
import { anEvidence, auditedAt } from '../../audit/an-evidence.ts';
import { aConfirmation, evidences, hostileEvidence, oddText, hostile } from './evidences.ts';

const hour = 3_600_000;

describe('the finding details', () => {
  test('say all that an assessor needs', () => {
    expect(findingDetails(anEvidence())).toMatchInlineSnapshot(`
      "V-281700 (SV-281700r1179499_rule): Not a Finding
      Assessed 2026-11-22T06:00:00Z by reaper 0.1.0 on mongo-prod-01.example.mil
      Deployment: rs0
      Policy: stig-v-281700 (/etc/reaper/policy.yaml), sha256 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      Audit log: /var/lib/reaper/audit.jsonl, 212 lines, its chain of hashes is intact
      Head of the audit log: sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, sequence 212

      Why:
      - Every step of the check text was seen to hold.

      The check text, step by step:
      1. The organization’s definition: shown
         SSP section AC-12, approved by ISSO on 2026-10-01.
      2. It lists all user sessions: shown
         The last run listed 40 sessions on 3 members.
      3. It determines which must end: shown
         48 sessions matched a rule.
      4. It ends them, by user: shown
         48 sessions of 2 users were ended on every member.
      5. It is scheduled at least daily: shown
         reaper.timer starts it every 5m; the longest gap between successful runs is 3h.

      Schedule:
      - systemd reaper.timer: OnCalendar=*:0/5; at least every 5m; active; last 2026-11-22T05:56:00Z; next 2026-11-22T06:01:00Z
      Longest time without a successful run, from 2026-11-19T06:00:00Z to 2026-11-22T06:00:00Z: 3h (24 runs, 24 succeeded)

      Sessions: 46 ended, 2 killed, 0 failed, 0 in doubt
      Open ends: none
      - idle-15m, alice@admin: 40 ended, 0 killed, 0 failed, 0 in doubt
      - contractors-after-hours, ctr_eve@$external: 6 ended, 2 killed, 0 failed, 0 in doubt"
    `);
  });

  test.each(evidences)('name the rule and the status: %s', (_name, evidence) => {
    const words = { not_a_finding: 'Not a Finding', open: 'Open', not_reviewed: 'Not Reviewed' };
    const { stig, status } = evidence;
    expect(findingDetails(evidence).split('\n')[0]).toBe(
      `${stig.groupId} (${stig.ruleId}): ${words[status]}`,
    );
  });

  const schedule = anEvidence().schedules[0] ?? expect.fail();
  test.each<[string, Partial<Evidence>, string]>([
    ['no schedule', { schedules: [] }, 'Schedule: none was found'],
    [
      'a schedule of which little is known',
      {
        schedules: [
          {
            ...schedule,
            kind: 'note',
            where: 'Jane',
            says: 'Airflow, hourly',
            longestGap: undefined,
            active: undefined,
            lastRun: undefined,
            nextRun: undefined,
          },
        ],
      },
      '- note Jane: Airflow, hourly; how often is not known; not known whether active',
    ],
    [
      'a schedule that does not run',
      { schedules: [{ ...schedule, active: false, problems: ['the unit is masked'] }] },
      'NOT ACTIVE; last 2026-11-22T05:56:00Z; next 2026-11-22T06:01:00Z; the unit is masked',
    ],
    [
      'a gap',
      { gaps: [{ from: auditedAt - 50 * hour, to: auditedAt - 20 * hour }] },
      '- none from 2026-11-20T04:00:00Z to 2026-11-21T10:00:00Z (1d6h)',
    ],
    ['nothing to compare', { longestGap: undefined, runs: [] }, ': not known (0 runs, 0 succeeded)'],
    ['no policy', { policy: undefined }, 'Policy: none was read'],
    ['no run yet', { deployment: undefined }, 'Deployment: not known'],
    ['an empty log', { chain: { ...anEvidence().chain, head: undefined } }, 'Head of the audit log: none'],
    [
      'a broken chain',
      { chain: { ...anEvidence().chain, intact: false, faults: [{ file: 'a', line: 7, problem: 'p' }] } },
      'BROKEN in 1 place',
    ],
    [
      'where it is broken',
      { chain: { ...anEvidence().chain, intact: false, faults: [{ file: 'a', line: 7, problem: 'p' }] } },
      'Fault of the audit log: a:7: p',
    ],
    [
      'open ends',
      {
        openEnds: [
          { runId: 'r1', user: undefined, sessionId: undefined, uid: undefined, state: 'not_attempted' },
          { runId: 'r2', user: 'al@a', sessionId: 's', uid: 'u', state: 'in_doubt' },
        ],
      },
      'Open ends: 2\n- not attempted: unknown user, session unknown, run r1\n- in doubt: al@a, session s, run r2',
    ],
    ['who vouches', { attestation: 'Jane Isso, 2026-11-01' }, 'Attested: Jane Isso, 2026-11-01'],
    [
      'a step that was not seen',
      { steps: anEvidence().steps.map((step) => ({ ...step, state: 'unseen' as const })) },
      '2. It lists all user sessions: not seen',
    ],
    [
      'a step that is contradicted',
      { steps: anEvidence().steps.map((step) => ({ ...step, state: 'contradicted' as const })) },
      '5. It is scheduled at least daily: CONTRADICTED',
    ],
    [
      'what the server’s log says',
      {
        confirmation: aConfirmation({
          missing: [{ runId: 'r', at: 1, user: undefined }],
          foreign: [{ at: 1, by: 'eve@admin', command: '{}', because: 'no comment' }],
          moreForeign: 4,
        }),
      },
      'The server’s log /var/log/mongodb/mongod.log: 3 commands confirmed, 1 missing, 5 kills by others',
    ],
  ])('tell %s', (_name, more, line) => {
    expect(findingDetails(anEvidence(more))).toContain(line);
  });

  test('are cut between lines where they are too long, and keep what proves them', () => {
    const ended = Array.from({ length: 900 }, (_, at) => ({
      rule: 'idle-15m',
      user: `user-${at}@admin`,
      ended: at,
      killed: 0,
      failed: 0,
      inDoubt: 0,
    }));
    const text = findingDetails(anEvidence({ ended }));
    const lines = text.split('\n');
    expect(text.length).toBeLessThanOrEqual(mostCharacters);
    expect(text.length).toBeGreaterThan(mostCharacters - 200);
    expect(text).toContain(`Head of the audit log: sha256:${'b'.repeat(64)}, sequence 212`);
    const shown = lines.filter((line) => line.startsWith('- idle-15m')).length;
    expect(lines.at(-1)).toBe(`… cut here, ${900 - shown} more lines: reaper audit --json says all`);
    expect(lines.at(-2)).toBe(
      `- idle-15m, user-${shown - 1}@admin: ${shown - 1} ended, 0 killed, 0 failed, 0 in doubt`,
    );
  });

  test.each(hostile)('keep their lines, or say that they are cut, whatever is in them: %s', (_name, text) => {
    const usual = findingDetails(hostileEvidence('x')).split('\n').length;
    const lines = findingDetails(hostileEvidence(text)).split('\n');
    if (text.length < 1000) expect(lines).toHaveLength(usual);
    else expect(lines.length).toBeLessThanOrEqual(usual);
  });

  test('are never too long', () => {
    fc.assert(
      fc.property(oddText, fc.nat(1000), (text, times) => {
        const details = findingDetails(hostileEvidence(text.repeat(times), { reasons: [] }));
        expect(details.length).toBeLessThanOrEqual(mostCharacters);
      }),
      { numRuns: 20 },
    );
  });
});
