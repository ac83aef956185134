import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible, visibleLines } from '../../src/report/visible.ts';

describe('text that somebody else chose', () => {
  test.each([
    ['ESC', '\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
    ['NUL', 'a\u0000b', 'a\\u{0}b'],
    ['newline, return, tab', 'a\r\n\tb', 'a\\u{d}\\u{a}\\u{9}b'],
    ['delete', '\u007f', '\\u{7f}'],
    ['C1: a one-character CSI', '\u009b31m', '\\u{9b}31m'],
    ['bidi override', '\u202enimda', '\\u{202e}nimda'],
    ['bidi isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['marks of direction', '\u200ea\u200f\u061c', '\\u{200e}a\\u{200f}\\u{61c}'],
    ['zero-width space, joiners', 'a\u200b\u200c\u200db', 'a\\u{200b}\\u{200c}\\u{200d}b'],
    ['byte order mark, word joiner', '\ufeff\u2060', '\\u{feff}\\u{2060}'],
    ['soft hyphen', 'ad\u00admin', 'ad\\u{ad}min'],
    ['grapheme joiner', 'ad\u034fmin', 'ad\\u{34f}min'],
    ['variation selectors', 'a\ufe0fb\u{e0100}', 'a\\u{fe0f}b\\u{e0100}'],
    ['fillers', '\u115f\u1160\u3164\uffa0', '\\u{115f}\\u{1160}\\u{3164}\\u{ffa0}'],
    ['annotation marks', 'a\ufff9b', 'a\\u{fff9}b'],
    ['tags', '\u{e0041}', '\\u{e0041}'],
    ['line and paragraph separator', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['private use', '\ue000', '\\u{e000}'],
    ['half a character', '\ud800', '\\u{d800}'],
    ['no characters at all', '\ufffe\uffff', '\\u{fffe}\\u{ffff}'],
  ])('%s is written out', (_name, text, written) => {
    expect(visible(text)).toBe(written);
  });

  test.each([
    'alice@admin',
    'CN=Jürgen Groß,O=漢字@$external',
    '😀',
    'e\u0301',
    'a b',
    'שלום@admin',
    '\\u{1b}',
  ])('%s is left as it is', (text) => {
    expect(visible(text)).toBe(text);
  });

  test('never leaves anything that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u,
        );
      }),
    );
  });

  test('of several lines keeps the lines', () => {
    expect(visibleLines('a\nb\u001b\n')).toBe('a\nb\\u{1b}\n');
  });
});
