import { contextualizeEvaluation, convertFile } from 'inspecjs';
import { describe, expect, test } from 'vitest';
import type { Evidence, Step } from '../../../src/audit/evidence.ts';
import { hdfText } from '../../../src/report/checklist/hdf.ts';
import { anEvidence } from '../../audit/an-evidence.ts';
import { aBareAsset, anAsset, evidences, hostileEvidence, hostile, misleading, sha256 } from './evidences.ts';

/** What Heimdall’s own library makes of it. */
function control(evidence: Evidence, asset = anAsset) {
  const file = convertFile(hdfText(evidence, asset, sha256))['1_0_ExecJson'];
  const controls = contextualizeEvaluation(file ?? expect.fail('no ExecJSON')).contains.flatMap(
    (profile) => profile.contains,
  );
  expect(controls).toHaveLength(1);
  return controls[0]?.hdf ?? expect.fail();
}

/** Every one of the five steps, in turn in every state. */
const stepStates: readonly (readonly Step['state'][])[] = [
  ['shown', 'shown', 'shown', 'shown', 'shown'],
  ['contradicted', 'shown', 'shown', 'shown', 'shown'],
  ['unseen', 'shown', 'shown', 'shown', 'contradicted'],
  ['shown', 'unseen', 'unseen', 'unseen', 'unseen'],
  ['unseen', 'unseen', 'unseen', 'unseen', 'unseen'],
];

function withStates(states: readonly Step['state'][], more: Partial<Evidence>): Evidence {
  const { steps } = anEvidence();
  return anEvidence({
    ...more,
    steps: steps.map((step, at) => ({ ...step, state: states[at] ?? 'shown' })),
  });
}

const words = { not_a_finding: 'Passed', open: 'Failed', not_reviewed: 'Not Reviewed' } as const;

describe('Heimdall shows', () => {
  test.each(evidences)('%s', (_name, evidence) => {
    const shown = control(evidence);
    const { severity, ruleId, groupId } = evidence.stig;
    expect(shown.status).toBe(words[evidence.status]);
    expect(shown.severity).toBe(severity);
    expect(shown.rawNistTags).toEqual(['AC-12']);
    expect(shown.wraps.id).toBe(ruleId.split('r')[0]);
    expect(shown.wraps.tags).toMatchObject({ gid: groupId, rid: ruleId, cci: ['CCI-002361'], severity });
  });

  test.each(evidences)('%s, whatever the steps say', (_name, { stig, status }) => {
    for (const states of stepStates) {
      expect(control(withStates(states, { stig, status })).status).toBe(words[status]);
    }
  });

  test('nothing as passed where nobody reviewed it, so that an attestation may follow', () => {
    for (const states of stepStates) {
      const { status_list: results } = control(withStates(states, { status: 'not_reviewed' }));
      expect(results).toEqual(Array.from({ length: 6 }, () => 'skipped'));
    }
  });

  test('each step of a rule that is no finding as passed', () => {
    expect(control(anEvidence()).status_list).toEqual(Array.from({ length: 6 }, () => 'passed'));
  });

  test('only what was shown of a rule that is no finding for another reason', () => {
    const evidence = withStates(stepStates[3] ?? [], { reasons: ['SSP: not required.'] });
    const { segments = [] } = control(evidence);
    expect(segments.map(({ status }) => status)).toEqual(['passed', 'passed']);
    expect(segments[0]?.message).toContain('SSP: not required.\nIt lists all user sessions: The last run');
  });

  test('which step an open rule fails', () => {
    const { segments = [] } = control(withStates(stepStates[2] ?? [], { status: 'open' }));
    expect(segments.map(({ status }) => status)).toEqual([
      'failed',
      'skipped',
      'passed',
      'passed',
      'passed',
      'failed',
    ]);
  });

  test('what proves the evidence', () => {
    for (const [, evidence] of evidences) {
      const [verdict] = control(evidence).segments ?? [];
      const message = verdict?.message ?? verdict?.skip_message;
      expect(message).toContain(`Head of the audit log: sha256:${'b'.repeat(64)}`);
      expect(message).toContain(evidence.reasons[0]);
      expect(verdict?.start_time).toBe('2026-11-22T06:00:00Z');
    }
  });

  test.each(hostile)('an open rule, whatever people call themselves: %s', (_name, text) => {
    const evidence = hostileEvidence(text, { status: 'open' });
    const asset = { hostName: text, fqdn: text, addresses: [text], instance: text };
    expect(control(evidence, asset).status).toBe('Failed');
    expect(hdfText(evidence, asset, sha256)).not.toMatch(misleading);
  });
});

test('the profile’s checksum is that of what it says', () => {
  const profile = (evidence: Evidence) => JSON.parse(hdfText(evidence, anAsset, sha256)).profiles[0];
  const { sha256: sum, ...rest } = profile(anEvidence());
  expect(sum).toBe(sha256(JSON.stringify(rest)));
  expect(profile(anEvidence({ status: 'open' })).sha256).not.toBe(sum);
});

test('what is not known of the asset is not invented', () => {
  const { platform, passthrough } = JSON.parse(hdfText(anEvidence(), aBareAsset, sha256));
  expect(platform.target_id).toBe('db');
  expect(passthrough.metadata).toMatchObject({
    hostfqdn: '',
    hostip: '',
    webordatabase: 'false',
    webdbinstance: '',
  });
});
