import type { Evidence } from '../../audit/evidence.ts';
import { cci, groupTitle, type Stig } from '../../audit/stig.ts';
import { jsonText } from '../visible.ts';
import type { Asset } from './asset.ts';
import { commentBlock } from './comment-block.ts';
import { findingDetails } from './findings-text.ts';
import { harmless } from './harmless.ts';
import { uuidOf, type Sha256 } from './uuid.ts';
import { statusWords } from './words.ts';

/** Takes the evidence and what it is about, and returns a checklist of STIG Viewer 3 with this one rule. */
export function cklbText(evidence: Evidence, asset: Asset, sha256: Sha256): string {
  const { stig } = evidence;
  const names = [asset.hostName, asset.instance ?? '', stig.benchmark, stig.version, stig.release];
  const uuid = (what: string): string => uuidOf(JSON.stringify([what, ...names]), sha256);
  const stigUuid = uuid('stig');
  const host = harmless(asset.hostName);
  return `${jsonText({
    title: `${host} ${stig.groupId}`,
    id: uuid('checklist'),
    cklb_version: '1.0',
    active: false,
    mode: 2,
    has_path: false,
    target_data: targetData(asset),
    stigs: [
      {
        stig_name: stig.title,
        display_name: stig.title.replace(' Security Technical Implementation Guide', ''),
        stig_id: stig.benchmark,
        version: stig.version,
        release_info: stig.release,
        uuid: stigUuid,
        reference_identifier: null,
        // The format demands a number: where the STIG’s is not known, that of the rules in this file.
        size: stig.size ?? 1,
        rules: [ruleOf(evidence, { uuid: uuid('rule'), stigUuid })],
      },
    ],
  })}\n`;
}

function targetData({ hostName, fqdn = '', addresses, instance }: Asset): Record<string, unknown> {
  return {
    target_type: 'Computing',
    host_name: harmless(hostName),
    ip_address: addresses.map(harmless).join(' '),
    mac_address: '',
    fqdn: harmless(fqdn),
    comments: '',
    role: 'None',
    is_web_database: instance !== undefined,
    technology_area: 'Database Review',
    web_db_site: '',
    web_db_instance: harmless(instance ?? ''),
    classification: null,
  };
}

function ruleOf(
  evidence: Evidence,
  { uuid, stigUuid }: { uuid: string; stigUuid: string },
): Record<string, unknown> {
  const { stig, status, at } = evidence;
  const time = new Date(at).toISOString();
  return {
    uuid,
    stig_uuid: stigUuid,
    target_key: null,
    stig_ref: null,
    ...idsOf(stig),
    weight: '10.0',
    classification: 'Unclassified',
    severity: stig.severity,
    rule_version: stig.ruleVersion,
    rule_title: stig.ruleTitle,
    fix_text: stig.fixText,
    reference_identifier: null,
    group_title: groupTitle,
    false_positives: '',
    false_negatives: '',
    discussion: '',
    check_content: stig.checkText,
    check_content_ref: null,
    documentable: 'false',
    mitigations: '',
    potential_impacts: '',
    third_party_tools: '',
    mitigation_control: '',
    responsibility: '',
    security_override_guidance: '',
    ia_controls: '',
    legacy_ids: [],
    ccis: [cci],
    group_tree: [{ id: stig.groupId, title: groupTitle, description: '' }],
    createdAt: time,
    updatedAt: time,
    STIGUuid: stigUuid,
    status: statusWords[status].cklb,
    overrides: {},
    comments: commentBlock(evidence),
    finding_details: findingDetails(evidence),
  };
}

/** `rule_id` is what a person is shown, `rule_id_src` what the STIG says. */
function idsOf({ groupId, ruleId }: Stig): Record<string, string> {
  return {
    group_id: groupId,
    group_id_src: groupId,
    rule_id: ruleId.replace(/_rule$/, ''),
    rule_id_src: ruleId,
  };
}
