import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmless } from '../../../src/report/checklist/harmless.ts';
import { misleading, oddText } from './evidences.ts';

describe('text that somebody else chose', () => {
  test.each([
    ['a\nb', 'a\\u{a}b'],
    ['\u202eadmin', '\\u{202e}admin'],
    ['\uffff\ufffe', '\\u{ffff}\\u{fffe}'],
    ['R&D <x> "y"', 'R&D <x> "y"'],
    ['&#10;&NewLine;&amp;', '\\u{26}#10;\\u{26}NewLine;\\u{26}amp;'],
    ['see mongodb://me:pa/s@s@db:1/?x=y today', 'see mongodb://… today'],
    ['URI=MongoDB+SRV://me:secret@db', 'URI=MongoDB+SRV://…'],
  ])('%j becomes %j', (text, written) => {
    expect(harmless(text)).toBe(written);
  });

  test('is cut between characters, and says so', () => {
    expect(harmless('x'.repeat(1000))).toBe('x'.repeat(1000));
    expect(harmless('x'.repeat(1001))).toBe(`${'x'.repeat(1000)}… (cut)`);
    expect(harmless('😀'.repeat(5000))).toBe(`${'😀'.repeat(1000)}… (cut)`);
  });

  test('is one line that nothing in it can mislead about', () => {
    fc.assert(
      fc.property(oddText, (text) => {
        const line = harmless(text);
        expect(line).not.toMatch(misleading);
        expect(line).not.toMatch(/[\n\r\t]|&#/);
      }),
    );
  });
});
