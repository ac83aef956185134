import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { cklbText } from '../../../src/report/checklist/cklb.ts';
import { anEvidence } from '../../audit/an-evidence.ts';
import { aBareAsset, anAsset, evidences, hostileEvidence, hostile, misleading, sha256 } from './evidences.ts';

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const uuid = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
};
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' };

function exactly(properties: Record<string, unknown>): Record<string, unknown> {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const listOf = (items: unknown): Record<string, unknown> => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems: 1,
});

/** What STIG Viewer 3 knows, and no key besides. */
const schema = exactly({
  title: text,
  id: uuid,
  cklb_version: { const: '1.0' },
  active: { type: 'boolean' },
  mode: { type: 'integer' },
  has_path: { type: 'boolean' },
  target_data: exactly({
    target_type: { enum: ['Computing', 'Non-Computing'] },
    host_name: text,
    ip_address: text,
    mac_address: text,
    fqdn: text,
    comments: text,
    role: { enum: ['None', 'Workstation', 'Member Server', 'Domain Controller'] },
    is_web_database: { type: 'boolean' },
    technology_area: { enum: ['', 'Database Review'] },
    web_db_site: text,
    web_db_instance: text,
    classification: textOrNull,
  }),
  stigs: listOf(
    exactly({
      stig_name: text,
      display_name: text,
      stig_id: text,
      version: text,
      release_info: text,
      uuid,
      reference_identifier: textOrNull,
      size: { type: 'integer', minimum: 1 },
      rules: listOf(
        exactly({
          uuid,
          stig_uuid: uuid,
          group_id: text,
          group_id_src: text,
          rule_id: { type: 'string', pattern: '^SV-\\d+r\\d+$' },
          rule_id_src: { type: 'string', pattern: '^SV-\\d+r\\d+_rule$' },
          target_key: textOrNull,
          stig_ref: textOrNull,
          weight: text,
          classification: text,
          severity: { enum: ['unknown', 'low', 'medium', 'high'] },
          rule_version: text,
          rule_title: text,
          fix_text: text,
          reference_identifier: textOrNull,
          group_title: text,
          false_positives: text,
          false_negatives: text,
          discussion: text,
          check_content: text,
          check_content_ref: { type: 'null' },
          documentable: text,
          mitigations: text,
          potential_impacts: text,
          third_party_tools: text,
          mitigation_control: text,
          responsibility: text,
          security_override_guidance: text,
          ia_controls: text,
          legacy_ids: { type: 'array', items: text },
          ccis: { type: 'array', items: text },
          group_tree: listOf(exactly({ id: text, title: text, description: text })),
          createdAt: time,
          updatedAt: time,
          status: { enum: ['not_reviewed', 'not_applicable', 'open', 'not_a_finding'] },
          overrides: exactly({}),
          comments: text,
          finding_details: { type: 'string', maxLength: 32_767 },
          STIGUuid: uuid,
        }),
      ),
    }),
  ),
});

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

function problems(document: unknown): unknown {
  return validate(document) ? [] : validate.errors;
}

const read = (evidence = anEvidence(), asset = anAsset) => JSON.parse(cklbText(evidence, asset, sha256));

describe('a checklist of STIG Viewer 3', () => {
  test.each(evidences)('has what the format knows, and nothing else: %s', (_name, evidence) => {
    const document = read(evidence);
    expect(problems(document)).toEqual([]);
    expect(document.stigs[0].rules[0].status).toBe(evidence.status);
    expect(problems(read(evidence, aBareAsset))).toEqual([]);
  });

  test('is found wrong where it is', () => {
    expect(problems({ ...read(), mine: 1 })).not.toEqual([]);
    expect(problems({ ...read(), id: 'x' })).not.toEqual([]);
  });

  test('says how many rules the STIG has, where that is known', () => {
    expect(evidences.map(([, evidence]) => read(evidence).stigs[0].size)).toEqual(
      evidences.map(([, { stig }]) => (stig.product === '8' ? 55 : 1)),
    );
  });

  test('is the same for the same evidence, and has the same ids in the next audit', () => {
    expect(cklbText(anEvidence(), anAsset, sha256)).toBe(cklbText(anEvidence(), anAsset, sha256));
    const ids = (document: ReturnType<typeof read>) => [
      document.id,
      document.stigs[0].uuid,
      document.stigs[0].rules[0].uuid,
      document.stigs[0].rules[0].stig_uuid,
    ];
    const later = read(anEvidence({ at: 0, status: 'open' }));
    expect(ids(later)).toEqual(ids(read()));
    expect(new Set(ids(read())).size).toBe(3);
    const elsewhere = read(anEvidence(), { ...anAsset, instance: 'rs1' });
    for (const id of ids(elsewhere)) expect(ids(read())).not.toContain(id);
  });

  test.each(hostile)('keeps its shape whatever people call themselves: %s', (_name, text) => {
    const written = cklbText(
      hostileEvidence(text),
      { hostName: text, fqdn: text, addresses: [text], instance: text },
      sha256,
    );
    expect(problems(JSON.parse(written))).toEqual([]);
    expect(written).not.toMatch(misleading);
  });
});
