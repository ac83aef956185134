import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, test } from 'vitest';
import { cklText } from '../../../src/report/checklist/ckl.ts';
import { anEvidence } from '../../audit/an-evidence.ts';
import { aBareAsset, anAsset, evidences, hostileEvidence, hostile } from './evidences.ts';

const schema = readFileSync(new URL('ckl.xsd', import.meta.url), 'utf8');

/** What libxml2 has against these documents. */
async function problems(documents: readonly string[]): Promise<string[]> {
  const { errors } = await validateXML({
    xml: documents.map((contents, at) => ({ fileName: `${at}.ckl`, contents })),
    schema: [{ fileName: 'ckl.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
}

describe('a checklist of STIG Viewer 2', () => {
  test('is valid for every status of every STIG', async () => {
    const documents = evidences.flatMap(([, evidence]) => [
      cklText(evidence, anAsset),
      cklText(evidence, aBareAsset),
    ]);
    expect(await problems(documents)).toEqual([]);
  });

  test('is valid whatever people call themselves', async () => {
    const documents = hostile.map(([, text]) =>
      cklText(hostileEvidence(text), { hostName: text, fqdn: text, addresses: [text, text], instance: text }),
    );
    expect(await problems(documents)).toEqual([]);
  });

  test('is found invalid where it is', async () => {
    const text = cklText(anEvidence(), anAsset);
    expect(await problems([text.replace('NotAFinding', 'not_a_finding')])).not.toEqual([]);
    expect(await problems([text.replace('<TARGET_KEY/>', '')])).not.toEqual([]);
  });

  test('leaves empty what nobody saw', () => {
    const text = cklText(anEvidence(), aBareAsset);
    for (const name of ['HOST_IP', 'HOST_MAC', 'HOST_FQDN', 'TARGET_KEY', 'WEB_DB_SITE', 'WEB_DB_INSTANCE']) {
      expect(text).toContain(`<${name}/>`);
    }
    expect(text).toContain('<WEB_OR_DATABASE>false</WEB_OR_DATABASE>');
    expect(text).toContain('<SEVERITY_OVERRIDE/>');
  });

  test('is the same for the same evidence', () => {
    expect(cklText(anEvidence(), anAsset)).toBe(cklText(anEvidence(), anAsset));
  });
});
