import type { Evidence } from '../../audit/evidence.ts';
import { cci, groupTitle, type Stig } from '../../audit/stig.ts';
import type { Asset } from './asset.ts';
import { commentBlock } from './comment-block.ts';
import { findingDetails } from './findings-text.ts';
import { harmless } from './harmless.ts';
import { statusWords } from './words.ts';
import { xml, xmlDocument, type Xml } from './xml.ts';

/** Takes the evidence and what it is about, and returns a checklist of STIG Viewer 2 with this one rule. */
export function cklText(evidence: Evidence, asset: Asset): string {
  const { stig, status } = evidence;
  const vuln = xml('VULN', [
    ...stigData(stig),
    xml('STATUS', statusWords[status].ckl),
    xml('FINDING_DETAILS', findingDetails(evidence)),
    xml('COMMENTS', commentBlock(evidence)),
    xml('SEVERITY_OVERRIDE'),
    xml('SEVERITY_JUSTIFICATION'),
  ]);
  return xmlDocument(
    xml('CHECKLIST', [
      xml('ASSET', assetElements(asset)),
      xml('STIGS', [xml('iSTIG', [xml('STIG_INFO', stigInfo(stig)), vuln])]),
    ]),
  );
}

/** In the order that the format’s schema demands. */
function assetElements({ hostName, fqdn = '', addresses, instance }: Asset): Xml[] {
  return [
    xml('ROLE', 'None'),
    xml('ASSET_TYPE', 'Computing'),
    xml('HOST_NAME', harmless(hostName)),
    xml('HOST_IP', addresses.map(harmless).join(' ')),
    xml('HOST_MAC'),
    xml('HOST_FQDN', harmless(fqdn)),
    xml('TECH_AREA', 'Database Review'),
    xml('TARGET_KEY'),
    xml('WEB_OR_DATABASE', String(instance !== undefined)),
    xml('WEB_DB_SITE'),
    xml('WEB_DB_INSTANCE', harmless(instance ?? '')),
  ];
}

function stigInfo({ version, benchmark, release, title }: Stig): Xml[] {
  const pairs = {
    version,
    classification: 'UNCLASSIFIED',
    customname: '',
    stigid: benchmark,
    description: '',
    filename: '',
    releaseinfo: release,
    title,
    uuid: '',
    notice: '',
    source: '',
  };
  return Object.entries(pairs).map(([name, data]) =>
    xml('SI_DATA', [xml('SID_NAME', name), ...(data === '' ? [] : [xml('SID_DATA', data)])]),
  );
}

function stigData(stig: Stig): Xml[] {
  const pairs = {
    Vuln_Num: stig.groupId,
    Severity: stig.severity,
    Group_Title: groupTitle,
    Rule_ID: stig.ruleId,
    Rule_Ver: stig.ruleVersion,
    Rule_Title: stig.ruleTitle,
    Vuln_Discuss: '',
    IA_Controls: '',
    Check_Content: stig.checkText,
    Fix_Text: stig.fixText,
    False_Positives: '',
    False_Negatives: '',
    Documentable: 'false',
    Mitigations: '',
    Potential_Impact: '',
    Third_Party_Tools: '',
    Mitigation_Control: '',
    Responsibility: '',
    Security_Override_Guidance: '',
    Check_Content_Ref: 'M',
    Weight: '10.0',
    Class: 'Unclass',
    STIGRef: `${stig.title} :: Version ${stig.version}, ${stig.release}`,
    TargetKey: '',
    STIG_UUID: '',
    LEGACY_ID: '',
    CCI_REF: cci,
  };
  return Object.entries(pairs).map(([name, data]) =>
    xml('STIG_DATA', [xml('VULN_ATTRIBUTE', name), xml('ATTRIBUTE_DATA', data)]),
  );
}
