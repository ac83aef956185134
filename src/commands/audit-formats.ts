import { createHash } from 'node:crypto';
import type { Evidence } from '../audit/evidence.ts';
import { assetOf } from '../report/checklist/asset.ts';
import { checklistFile, refused } from '../report/checklist/checklist-file.ts';
import { cklText } from '../report/checklist/ckl.ts';
import { cklbText } from '../report/checklist/cklb.ts';
import { hdfText } from '../report/checklist/hdf.ts';
import { mergeCkl } from '../report/checklist/merge-ckl.ts';
import { mergeCklb } from '../report/checklist/merge-cklb.ts';
import { xccdfText } from '../report/checklist/xccdf.ts';
import { auditHtml } from '../report/html/page.ts';

export type AuditFormat = 'ckl' | 'cklb' | 'hdf' | 'xccdf' | 'html';

const formats: Record<AuditFormat, (evidence: Evidence) => string> = {
  ckl: (evidence) => cklText(evidence, assetOf(evidence)),
  cklb: (evidence) => cklbText(evidence, assetOf(evidence), sha256),
  hdf: (evidence) => hdfText(evidence, assetOf(evidence), sha256),
  xccdf: (evidence) => xccdfText(evidence, assetOf(evidence)),
  html: auditHtml,
};

/** The evidence as a document that other tools read. */
export function formatted(format: AuditFormat, evidence: Evidence): string {
  return formats[format](evidence);
}

/** Takes somebody’s checklist and its bytes, and returns it with this rule filled in. Throws `usage` if it is none. */
export function merged(file: string, bytes: Uint8Array, evidence: Evidence): string {
  const checklist = checklistFile(file, bytes);
  if (!/^\uFEFF?\s*[<{]/.test(checklist.text)) {
    throw refused(checklist, {
      message: 'this is no checklist, neither XML (.ckl) nor JSON (.cklb)',
      remedy: 'name the .ckl or .cklb file of your site',
    });
  }
  // By content, not by name: files are renamed on their way.
  const isXml = /^\uFEFF?\s*</.test(checklist.text);
  return isXml ? mergeCkl(checklist, evidence) : mergeCklb(checklist, evidence);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
