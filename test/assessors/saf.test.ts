import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOMParser } from '@xmldom/xmldom';
import { contextualizeEvaluation, convertFile } from 'inspecjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stigs } from '../../src/audit/stig.ts';
import { cklText } from '../../src/report/checklist/ckl.ts';
import { commentBlock } from '../../src/report/checklist/comment-block.ts';
import { findingDetails } from '../../src/report/checklist/findings-text.ts';
import { hdfText } from '../../src/report/checklist/hdf.ts';
import { mergeCkl } from '../../src/report/checklist/merge-ckl.ts';
import { xccdfText } from '../../src/report/checklist/xccdf.ts';
import { anEvidence } from '../audit/an-evidence.ts';
import { anAsset, hostileEvidence, sha256 } from '../report/checklist/evidences.ts';
import { stigManager } from '../report/checklist/stig-manager.ts';
import { installSaf, saf } from './saf.ts';

const hostile = `]]></FINDING_DETAILS><script> "'&amp;&#10; failed :: TEST x\n\u001b[31m\u202e\u0000`;

/** Every status once, of another STIG each, and one told of by hostile names. */
const passed = anEvidence({ stig: stigs['8'], status: 'not_a_finding' });
const failed = hostileEvidence(hostile, { stig: stigs['7'], status: 'open' });
const skipped = anEvidence({ stig: stigs['4'], status: 'not_reviewed' });
const all = [passed, failed, skipped];

// A program’s start takes seconds: each conversion is asked for all three at once.

/** The elements of this name in each of our documents, put into the first of them. */
function together(documents: readonly string[], names: readonly string[]): string {
  const [first = '', ...others] = documents;
  return names.reduce((text, name) => {
    const element = new RegExp(`<${name}[ >][^]*</${name}>`);
    const more = others.map((other) => element.exec(other)?.[0] ?? expect.fail(`no ${name}`));
    return text.replace(element, (own) => own + more.join(''));
  }, first);
}

const ckl = together(
  all.map((evidence) => cklText(evidence, anAsset)),
  ['iSTIG'],
);
const xccdf = together(
  all.map((evidence) => xccdfText(evidence, anAsset)),
  ['Group', 'rule-result'],
);
const hdfs = all.map((evidence) => JSON.parse(hdfText(evidence, anAsset, sha256)));
const hdf = JSON.stringify({
  ...hdfs[0],
  profiles: hdfs.map(({ profiles }) => profiles[0]),
  passthrough: {
    metadata: {
      ...hdfs[0].passthrough.metadata,
      profiles: hdfs.map(({ passthrough }) => passthrough.metadata.profiles[0]),
    },
  },
});

/** What Heimdall shows of each control: by the rule’s own id, its status and what its first result says. */
function controlsIn(text: string) {
  const evaluation = convertFile(text)['1_0_ExecJson'] ?? expect.fail('no ExecJSON');
  const controls = contextualizeEvaluation(evaluation).contains.flatMap((profile) => profile.contains);
  return new Map(
    controls.map(({ hdf: control, data }) => [
      /S?V-\d+/.exec(data.id)?.[0].replace('SV', 'V'),
      { status: control.status, says: control.segments?.[0]?.code_desc, descriptions: control.descriptions },
    ]),
  );
}

const statuses = [
  ['V-281700', 'Passed'],
  ['V-265933', 'Failed'],
  ['V-252170', 'Not Reviewed'],
];

const statusesIn = (text: string) => [...controlsIn(text)].map(([id, { status }]) => [id, status]);

describe('MITRE’s SAF', () => {
  let folder: string;

  /** Hands a file to a command and returns the file that it makes of it. */
  const converted = async (command: string, input: string, output: string): Promise<string> => {
    await writeFile(join(folder, 'input'), input);
    await saf(['convert', command, '-i', 'input', '-o', output], folder);
    return readFile(join(folder, output), 'utf8');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saf-'));
    await installSaf();
  }, 600_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('makes HDF of our CKL, with details and comments', async () => {
    const made = await converted('ckl2hdf', ckl, 'made.json');
    expect(statusesIn(made)).toEqual(statuses);
    for (const evidence of all) {
      const control = controlsIn(made).get(evidence.stig.groupId);
      expect(control?.says).toBe(findingDetails(evidence));
      expect(control?.descriptions['comments']).toBe(commentBlock(evidence));
    }
  });

  test('makes HDF of our XCCDF', async () => {
    expect(statusesIn(await converted('xccdf_results2hdf', xccdf, 'made.json'))).toEqual(statuses);
  });

  test('makes a CKL of our HDF, which STIG Manager reads and into which an audit can be merged', async () => {
    const made = await converted('hdf2ckl', hdf, 'made.ckl');
    const { target, checklists } = stigManager.ckl(made);
    expect(target).toMatchObject({ name: 'mongo-prod-01', metadata: { cklWebDbInstance: 'rs0' } });
    expect(
      checklists.map(({ benchmarkId, revisionStr, reviews }) => [
        benchmarkId,
        revisionStr,
        ...reviews.map(({ ruleId, result }) => [ruleId, result]),
      ]),
    ).toEqual([
      [stigs['8'].benchmark, 'V1R1', [stigs['8'].ruleId, 'pass']],
      // Its release has no date, and without one STIG Manager finds no release in what SAF writes.
      [stigs['7'].benchmark, null, [stigs['7'].ruleId, 'fail']],
      [stigs['4'].benchmark, 'V1R3', [stigs['4'].ruleId, 'notchecked']],
    ]);
    expect(made).toContain('<ATTRIBUTE_DATA>V-281700</ATTRIBUTE_DATA>');

    const merged = mergeCkl({ file: 'made.ckl', text: made }, anEvidence({ status: 'open' }));
    expect(
      stigManager.ckl(merged).checklists.flatMap(({ reviews }) => reviews.map(({ result }) => result)),
    ).toEqual(['fail', 'fail', 'notchecked']);
  });

  test('makes XCCDF of our HDF', async () => {
    const made = new DOMParser().parseFromString(await converted('hdf2xccdf', hdf, 'made.xml'), 'text/xml');
    const results = Array.from(made.getElementsByTagName('rule-result')).map((result) => [
      result.getAttribute('idref')?.replace('xccdf_hdf_rule_', ''),
      result.getElementsByTagName('result')[0]?.textContent,
    ]);
    expect(results).toEqual([
      [stigs['8'].ruleId, 'pass'],
      [stigs['7'].ruleId, 'fail'],
      [stigs['4'].ruleId, 'notchecked'],
    ]);
  });

  test('holds our HDF against a threshold', async () => {
    const demand = '{compliance.min: 100}, {passed.low.min: 1}, {failed.total.max: 0}';
    const statusOf = async (at: number): Promise<number> => {
      await writeFile(join(folder, 'input.json'), JSON.stringify(hdfs[at]));
      return saf(['validate', 'threshold', '-i', 'input.json', '-I', demand], folder);
    };
    expect(await statusOf(0)).toBe(0);
    expect(await statusOf(1)).toBe(1);
  });

  test('closes what is not reviewed with an attestation', async () => {
    const attestation = {
      control_id: 'SV-252170',
      explanation: 'SSP section AC-12 defines when a session ends, and reaper ends it.',
      frequency: '1y',
      status: 'passed',
      updated: new Date().toISOString().slice(0, 10),
      updated_by: 'Jane Isso',
    };
    await writeFile(join(folder, 'attestation.json'), JSON.stringify([attestation]));
    await writeFile(join(folder, 'input.json'), JSON.stringify(hdfs[2]));
    await saf(['attest', 'apply', '-i', 'input.json', 'attestation.json', '-o', 'attested.json'], folder);
    const attested = await readFile(join(folder, 'attested.json'), 'utf8');
    expect(statusesIn(attested)).toEqual([['V-252170', 'Passed']]);
  });
});
