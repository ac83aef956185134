import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentBlock, withBlock } from '../../../src/report/checklist/comment-block.ts';
import { anEvidence } from '../../audit/an-evidence.ts';
import { hostile, hostileEvidence } from './evidences.ts';

describe('our part of the comments', () => {
  test('says when what was assessed, and what proves it', () => {
    expect(commentBlock(anEvidence({ status: 'open' })).split('\n')).toEqual([
      '--- reaper audit: begin ---',
      'reaper 0.1.0 assessed SV-281700r1179499_rule at 2026-11-22T06:00:00Z: Open.',
      `Audit log head: sha256:${'b'.repeat(64)}, sequence 212.`,
      `Policy: sha256 ${'a'.repeat(64)}.`,
      'The next merge replaces what stands between these two lines, and leaves the rest as it is.',
      '--- reaper audit: end ---',
    ]);
  });

  test('leaves out what there is none of', () => {
    const chain = { ...anEvidence().chain, head: undefined };
    expect(commentBlock(anEvidence({ chain, policy: undefined }))).not.toMatch(/Audit log|Policy/);
  });

  test.each(hostile)('begins and ends once, whatever a log claims: %s', (_name, text) => {
    const block = commentBlock(hostileEvidence(text));
    expect(block.split('--- reaper audit: begin ---')).toHaveLength(2);
    expect(block.split('--- reaper audit: end ---')).toHaveLength(2);
    expect(block.split('\n')).toHaveLength(6);
  });

  test('is put in its own place, however its marks are strewn', () => {
    const marks = ['--- reaper audit: begin ---', '--- reaper audit: end ---', 'text', '\n', '$&'];
    const block = commentBlock(anEvidence());
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...marks)).map((parts) => parts.join('')),
        (comments) => {
          const once = withBlock(comments, { block, lineEnd: '\n' });
          expect(once).toContain(block);
          expect(withBlock(once, { block, lineEnd: '\n' })).toBe(once);
        },
      ),
    );
  });
});
