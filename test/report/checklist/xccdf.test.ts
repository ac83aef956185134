import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, test } from 'vitest';
import { xccdfText } from '../../../src/report/checklist/xccdf.ts';
import { anEvidence } from '../../audit/an-evidence.ts';
import { aBareAsset, anAsset, evidences, hostileEvidence, hostile, misleading } from './evidences.ts';

const read = (text: string) =>
  new DOMParser({
    onError(_level, message) {
      throw new Error(message);
    },
  }).parseFromString(text, 'text/xml');

const textsOf = (text: string, name: string) =>
  Array.from(read(text).getElementsByTagName(name)).map(({ textContent }) => textContent);

describe('an XCCDF file', () => {
  test.each(evidences)('refers from the result to the rule: %s', (_name, evidence) => {
    const document = read(xccdfText(evidence, anAsset));
    const idOf = (name: string, attribute: string) =>
      document.getElementsByTagName(name)[0]?.getAttribute(attribute);
    const { benchmark, groupId, ruleId } = evidence.stig;
    expect(idOf('Benchmark', 'id')).toBe(`xccdf_mil.disa.stig_benchmark_${benchmark}`);
    expect(idOf('Group', 'id')).toBe(`xccdf_mil.disa.stig_group_${groupId}`);
    expect(idOf('Rule', 'id')).toBe(`xccdf_mil.disa.stig_rule_${ruleId}`);
    expect(idOf('rule-result', 'idref')).toBe(idOf('Rule', 'id'));
  });

  test.each([
    ['not_a_finding', 'pass', '100'],
    ['open', 'fail', '0'],
    ['not_reviewed', 'notchecked', '0'],
  ] as const)('says of %s %s', (status, result, score) => {
    const text = xccdfText(anEvidence({ status }), anAsset);
    expect(textsOf(text, 'result')).toEqual([result]);
    expect(textsOf(text, 'score')).toEqual([score]);
  });

  test('leaves out what nobody saw', () => {
    const text = xccdfText(anEvidence(), aBareAsset);
    expect(textsOf(text, 'target')).toEqual(['db']);
    expect(textsOf(text, 'target-address')).toEqual([]);
    expect(textsOf(text, 'target-facts')).toEqual([]);
  });

  test.each(hostile)('keeps its shape whatever people call themselves: %s', (_name, text) => {
    const written = xccdfText(hostileEvidence(text), {
      hostName: text,
      fqdn: text,
      addresses: [text],
      instance: text,
    });
    expect(textsOf(written, 'rule-result')).toHaveLength(1);
    expect(textsOf(written, 'result')).toEqual(['pass']);
    expect(written).not.toMatch(misleading);
  });
});
