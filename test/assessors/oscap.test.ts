import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Asset } from '../../src/report/checklist/asset.ts';
import { xccdfText } from '../../src/report/checklist/xccdf.ts';
import { anEvidence } from '../audit/an-evidence.ts';
import { aBareAsset, anAsset, evidences, hostile, hostileEvidence } from '../report/checklist/evidences.ts';
import { debianTool } from '../support/debian-tool.ts';

describe('OpenSCAP, which knows NIST’s schema of XCCDF and its further rules,', () => {
  let program: string;
  let folder: string;

  beforeAll(async () => {
    program = await debianTool({ program: 'oscap', package: 'openscap-scanner' });
    folder = await mkdtemp(join(tmpdir(), 'oscap-'));
  }, 600_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const validate = async (text: string): Promise<string> => {
    const file = join(folder, 'made.xml');
    await writeFile(file, text);
    return promisify(execFile)(program, ['xccdf', 'validate', '--schematron', file]).then(
      () => 'valid',
      (error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`,
    );
  };

  test.each(evidences)('finds our file valid: %s', async (_name, evidence) => {
    expect(await validate(xccdfText(evidence, anAsset))).toBe('valid');
    expect(await validate(xccdfText(evidence, aBareAsset))).toBe('valid');
  });

  test.each(hostile)('finds it valid whatever people call themselves: %s', async (_name, text) => {
    const asset: Asset = { hostName: text, fqdn: text, addresses: [text], instance: text };
    expect(await validate(xccdfText(hostileEvidence(text), asset))).toBe('valid');
  });

  test('finds a wrong one wrong', async () => {
    const text = xccdfText(anEvidence(), anAsset);
    expect(await validate(text.replace('<result>pass</result>', '<result>passed</result>'))).toContain(
      'result',
    );
    expect(await validate(text.replace('<status>accepted</status>', ''))).toContain('status');
  });
});
