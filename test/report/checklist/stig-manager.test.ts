import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../src/audit/evidence.ts';
import type { Asset } from '../../../src/report/checklist/asset.ts';
import { cklText } from '../../../src/report/checklist/ckl.ts';
import { cklbText } from '../../../src/report/checklist/cklb.ts';
import { commentBlock } from '../../../src/report/checklist/comment-block.ts';
import { findingDetails } from '../../../src/report/checklist/findings-text.ts';
import { xccdfText } from '../../../src/report/checklist/xccdf.ts';
import { aBareAsset, anAsset, evidences, hostileEvidence, hostile, misleading, sha256 } from './evidences.ts';
import { stigManager, type Review } from './stig-manager.ts';

const writers = {
  ckl: cklText,
  cklb: (evidence: Evidence, asset: Asset) => cklbText(evidence, asset, sha256),
  xccdf: xccdfText,
};
const formats = Object.keys(writers) as (keyof typeof writers)[];

const results = { not_a_finding: 'pass', open: 'fail', not_reviewed: 'notchecked' } as const;

describe.each(formats)('STIG Manager reads our %s:', (format) => {
  const read = (evidence: Evidence, asset = anAsset) => stigManager[format](writers[format](evidence, asset));

  test.each(evidences)('%s, with details and comment', (_name, evidence) => {
    const { checklists } = read(evidence);
    expect(checklists).toHaveLength(1);
    expect(checklists[0]?.benchmarkId).toBe(evidence.stig.benchmark);
    expect(checklists[0]?.reviews).toHaveLength(1);
    expect(checklists[0]?.reviews[0]).toMatchObject({
      ruleId: evidence.stig.ruleId,
      result: results[evidence.status],
      detail: findingDetails(evidence),
      comment: commentBlock(evidence),
    } satisfies Partial<Review>);
  });

  test('the host, and which of its deployments', () => {
    const [, evidence] = evidences[0] ?? expect.fail();
    expect(read(evidence).target).toMatchObject({
      name: 'mongo-prod-01',
      ip: '10.0.0.5 fd00::5',
      fqdn: 'mongo-prod-01.example.mil',
      metadata: { cklWebOrDatabase: 'true', cklHostName: 'mongo-prod-01', cklWebDbInstance: 'rs0' },
    });
    const bare = read(evidence, aBareAsset).target;
    expect(bare.name).toBe('db');
    expect([bare.ip, bare.fqdn, bare.metadata['cklWebDbInstance']].filter(Boolean)).toEqual([]);
  });

  test.each(hostile)('whatever people call themselves: %s', (_name, text) => {
    const evidence = hostileEvidence(text, { status: 'open' });
    const { target, checklists } = read(evidence, { ...anAsset, instance: text });
    const [review] = checklists[0]?.reviews ?? [];
    expect(checklists.flatMap(({ reviews }) => reviews)).toHaveLength(1);
    expect(review).toMatchObject({
      result: 'fail',
      detail: findingDetails(evidence),
      comment: commentBlock(evidence),
    });
    expect(`${review?.detail}${review?.comment}${target.metadata['cklWebDbInstance']}`).not.toMatch(
      misleading,
    );
  });
});

test('the revision of the STIG is read from a checklist', () => {
  for (const [, evidence] of evidences) {
    const revision = { 8: 'V1R1', 7: 'V1R1', 4: 'V1R3' }[evidence.stig.product];
    for (const format of ['ckl', 'cklb'] as const) {
      const [checklist] = stigManager[format](writers[format](evidence, anAsset)).checklists;
      expect(checklist?.revisionStr).toBe(revision);
    }
  }
});

test('the result of an XCCDF file names its engine', () => {
  const [, evidence] = evidences[0] ?? expect.fail();
  const [review] = stigManager.xccdf(xccdfText(evidence, anAsset)).checklists[0]?.reviews ?? [];
  expect(review?.resultEngine).toMatchObject({
    product: 'reaper',
    version: '0.1.0',
    time: '2026-11-22T06:00:00.000Z',
  });
});
