import { describe, expect, test } from 'vitest';
import { ReaperError } from '../../../src/errors.ts';
import { checklistFile } from '../../../src/report/checklist/checklist-file.ts';

describe('a checklist’s bytes', () => {
  test.each(['', '\ufeff{}\r\n', 'é😀\u2028'])('become text and the same bytes again: %j', (text) => {
    const file = checklistFile('site.ckl', Buffer.from(text, 'utf8'));
    expect(file).toEqual({ file: 'site.ckl', text });
  });

  test.each([
    ['UTF-16', Buffer.from('<CHECKLIST é/>', 'utf16le')],
    ['Latin-1', Buffer.from('é', 'latin1')],
  ])('are refused in %s', (_name, bytes) => {
    // UTF-16 of ASCII alone would be UTF-8 too, with a NUL after each letter: the parsers refuse that.
    expect(() => checklistFile('site.ckl', bytes)).toThrow(ReaperError);
    expect(() => checklistFile('site.ckl', bytes)).toThrow('site.ckl is not written in UTF-8');
  });
});
