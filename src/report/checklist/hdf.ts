import type { Evidence, Step } from '../../audit/evidence.ts';
import { cci, groupTitle, nistControl, type Stig } from '../../audit/stig.ts';
import { jsonText } from '../visible.ts';
import type { Asset } from './asset.ts';
import { identityLines } from './findings-text.ts';
import { harmless } from './harmless.ts';
import type { Sha256 } from './uuid.ts';
import { statusWords, timeOf } from './words.ts';

/** Takes the evidence and what it is about, and returns Heimdall’s data format, version 1 (as InSpec’s ExecJSON). */
export function hdfText(evidence: Evidence, asset: Asset, sha256: Sha256): string {
  const { stig } = evidence;
  const version = harmless(evidence.version);
  const profile = {
    name: stig.benchmark,
    title: `${stig.title}: ${stig.groupId}`,
    version,
    supports: [],
    attributes: [],
    groups: [],
    status: 'loaded',
    controls: [controlOf(evidence)],
  };
  return `${jsonText({
    platform: { name: 'reaper', release: version, target_id: targetOf(asset) },
    version,
    statistics: {},
    profiles: [{ ...profile, sha256: sha256(JSON.stringify(profile)) }],
    passthrough: { metadata: metadataOf(stig, asset) },
  })}\n`;
}

function targetOf({ hostName, instance }: Asset): string {
  return harmless(instance === undefined ? hostName : `${hostName} ${instance}`);
}

const impacts = { low: 0.3, medium: 0.5 } as const;

function controlOf(evidence: Evidence): Record<string, unknown> {
  const { stig } = evidence;
  return {
    // The rule’s id without its revision, as MITRE’s profiles and the attestations for them call it.
    id: stig.ruleId.replace(/r\d+_rule$/, ''),
    title: stig.ruleTitle,
    desc: '',
    descriptions: [
      { label: 'check', data: stig.checkText },
      { label: 'fix', data: stig.fixText },
    ],
    impact: impacts[stig.severity],
    refs: [],
    source_location: {},
    tags: {
      severity: stig.severity,
      gtitle: groupTitle,
      gid: stig.groupId,
      rid: stig.ruleId,
      stig_id: stig.ruleVersion,
      cci: [cci],
      nist: [nistControl],
    },
    results: [verdictResult(evidence), ...evidence.steps.flatMap((step) => stepResult(step, evidence))],
  };
}

type ResultStatus = 'passed' | 'failed' | 'skipped';

/** The finding status itself, which decides whatever the steps say, and what proves the evidence. */
function verdictResult(evidence: Evidence): Record<string, string> {
  const { stig, status, reasons, steps, at } = evidence;
  const silent = status === 'not_a_finding' ? steps.filter(({ state }) => state !== 'shown') : [];
  return resultOf(statusWords[status].hdf, {
    test: `${stig.groupId}: ${statusWords[status].shown}`,
    message: [
      ...reasons,
      ...silent.map(({ title, because }) => `${title}: ${because.join(' ')}`),
      ...identityLines(evidence),
    ],
    at,
  });
}

/**
 * Readers take a control for passed as soon as one result is passed and none failed, whatever was skipped. So a step
 * may say `passed` only where the rule is judged; and of a rule that is no finding, only what was shown is a result.
 */
function stepResult(
  { title, asked, state, because }: Step,
  { status, at }: Evidence,
): Record<string, string>[] {
  const told = { test: `${title} (${asked})`, message: because, at };
  if (status === 'not_reviewed') {
    return [resultOf('skipped', state === 'unseen' ? told : { ...told, message: [`${state}:`, ...because] })];
  }
  if (status === 'not_a_finding') return state === 'shown' ? [resultOf('passed', told)] : [];
  const statuses = { shown: 'passed', contradicted: 'failed', unseen: 'skipped' } as const;
  return [resultOf(statuses[state], told)];
}

function resultOf(
  status: ResultStatus,
  { test, message, at }: { readonly test: string; readonly message: readonly string[]; readonly at: number },
): Record<string, string> {
  return {
    status,
    code_desc: harmless(test),
    start_time: timeOf(at),
    [status === 'skipped' ? 'skip_message' : 'message']: message.map(harmless).join('\n'),
  };
}

/** What a conversion to a checklist needs to know besides, under MITRE SAF’s names. */
function metadataOf(
  stig: Stig,
  { hostName, fqdn = '', addresses, instance }: Asset,
): Record<string, unknown> {
  const [, number] = /Release: (\d+)/.exec(stig.release) ?? [];
  const [, date] = /Benchmark Date: (.+)/.exec(stig.release) ?? [];
  return {
    // Without it the rule’s id would stand where the group’s belongs.
    vulidmapping: 'gid',
    hostname: harmless(hostName),
    hostfqdn: harmless(fqdn),
    hostip: addresses.map(harmless).join(' '),
    hostmac: '',
    role: 'None',
    assettype: 'Computing',
    techarea: 'Database Review',
    marking: '',
    targetcomment: '',
    webordatabase: String(instance !== undefined),
    webdbsite: '',
    webdbinstance: harmless(instance ?? ''),
    profiles: [
      {
        name: stig.benchmark,
        title: stig.title,
        version: Number(stig.version),
        releasenumber: Number(number),
        ...(date === undefined ? {} : { releasedate: date }),
      },
    ],
  };
}
