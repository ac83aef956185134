import type { Evidence } from '../../audit/evidence.ts';
import { cci, groupTitle } from '../../audit/stig.ts';
import type { Asset } from './asset.ts';
import { commentBlock } from './comment-block.ts';
import { findingDetails } from './findings-text.ts';
import { harmless } from './harmless.ts';
import { statusWords, timeOf } from './words.ts';
import { xml, xmlDocument, type Xml } from './xml.ts';

const namespaces = {
  xmlns: 'http://checklists.nist.gov/xccdf/1.2',
  // STIG Manager’s own, for a detail and a comment apart from each other, which XCCDF does not know.
  'xmlns:sm': 'http://github.com/nuwcdivnpt/stig-manager',
};

/** Takes the evidence and what it is about, and returns XCCDF 1.2: the one rule of the benchmark, and its result. */
export function xccdfText(evidence: Evidence, asset: Asset): string {
  const { benchmark, title, release, version } = evidence.stig;
  return xmlDocument(
    xml(
      'Benchmark',
      [
        xml('status', 'accepted'),
        xml('title', title),
        xml('description', 'The one rule of this STIG that reaper assesses, with its result.'),
        xml('plain-text', release, { id: 'release-info' }),
        xml('version', version),
        groupOf(evidence),
        testResult(evidence, asset),
      ],
      { ...namespaces, id: `xccdf_mil.disa.stig_benchmark_${benchmark}` },
    ),
  );
}

const weight = '10.0';

function groupOf({ stig }: Evidence): Xml {
  const rule = xml(
    'Rule',
    [
      xml('version', stig.ruleVersion),
      xml('title', stig.ruleTitle),
      xml('description', stig.checkText),
      xml('ident', cci, { system: 'http://cyber.mil/cci' }),
      xml('fixtext', stig.fixText),
      xml('check', [xml('check-content', stig.checkText)], { system: 'manual' }),
    ],
    { id: ruleIdOf(stig.ruleId), severity: stig.severity, weight },
  );
  return xml('Group', [xml('title', groupTitle), rule], { id: `xccdf_mil.disa.stig_group_${stig.groupId}` });
}

function ruleIdOf(ruleId: string): string {
  return `xccdf_mil.disa.stig_rule_${ruleId}`;
}

function testResult(evidence: Evidence, asset: Asset): Xml {
  const { stig, status, at, version } = evidence;
  const time = timeOf(at);
  return xml(
    'TestResult',
    [
      xml('title', `reaper audit of ${stig.groupId}`),
      xml('target', harmless(asset.hostName)),
      ...asset.addresses.map((address) => xml('target-address', harmless(address))),
      ...targetFacts(asset),
      ruleResult(evidence),
      xml('score', status === 'not_a_finding' ? '100' : '0', {
        system: 'urn:xccdf:scoring:default',
        maximum: '100',
      }),
    ],
    {
      id: `xccdf_reaper_testresult_${time.replace(/[-:]/g, '')}`,
      'test-system': `reaper:${harmless(version)}`,
      version: stig.version,
      'start-time': time,
      'end-time': time,
    },
  );
}

/** What the asset is called elsewhere; STIG Manager finds it by the facts under its own names. */
function targetFacts({ hostName, fqdn, addresses, instance }: Asset): Xml[] {
  const ofStigManager = 'tag:stig-manager@users.noreply.github.com,2020:asset';
  const facts = {
    [`${ofStigManager}:fqdn`]: fqdn,
    [`${ofStigManager}:ip`]: addresses.length === 0 ? undefined : addresses.join(' '),
    [`${ofStigManager}:metadata:cklWebOrDatabase`]: instance === undefined ? undefined : 'true',
    [`${ofStigManager}:metadata:cklHostName`]: instance === undefined ? undefined : hostName,
    [`${ofStigManager}:metadata:cklWebDbInstance`]: instance,
  };
  const known = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [xml('fact', harmless(value), { name, type: 'string' })],
  );
  return known.length === 0 ? [] : [xml('target-facts', known)];
}

function ruleResult(evidence: Evidence): Xml {
  const { stig, status, at } = evidence;
  const details = findingDetails(evidence);
  return xml(
    'rule-result',
    [
      xml('result', statusWords[status].xccdf),
      xml('ident', cci, { system: 'http://cyber.mil/cci' }),
      xml('message', details, { severity: 'info' }),
      xml(
        'check',
        [xml('check-content', [xml('sm:detail', details), xml('sm:comment', commentBlock(evidence))])],
        { system: 'reaper-audit' },
      ),
    ],
    { idref: ruleIdOf(stig.ruleId), time: timeOf(at), severity: stig.severity, weight, role: 'full' },
  );
}
