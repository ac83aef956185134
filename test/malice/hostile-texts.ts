import { expect } from 'vitest';

/** What somebody may have put into a name, an application’s name or a reason; without the `@db` of a user. */
export const hostileTexts = {
  'a line of its own': 'x\nFORGED',
  'other line ends': 'x\r\n\u0085\u2028\u2029\v\fy',
  'a colour that stays': 'x\u001b[31mred',
  'a cleared screen': '\u001b[2J\u001b[H\u001bc',
  'a title and a link': '\u001b]0;title\u0007\u001b]8;;http://evil.example/\u001b\\here\u001b]8;;\u001b\\',
  'one-character escapes': '\u009b31m\u009d0;title\u009c\u0090q\u009c',
  'a bidi override': 'nimda\u202e\u2066\u2067\u200f',
  'NUL, backspace and delete': 'a\0b\b\b\u007f',
  'what cannot be seen': 'ad\u200b\u00ad\u034f\u3164\u{e0041}min',
  'half a character': 'a\ud800b\udc00',
  '10,000 characters': 'x'.repeat(10_000),
  '1,000 wide ones': '漢'.repeat(1000),
  'quotes of every kind': `"'\`\\"\\'$(rm -rf ~)\`id\`\${7*7}%s%n{{7*7}}`,
  markup: '</script><script>alert(1)</script><!--]]>&amp;',
  'a formula': "=cmd|'/c calc'!A1",
  'a rule of YAML': "x'], terminate: user } #",
} as const;

const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** No line of this text has anything that a terminal obeys or hides, and none begins with what somebody forged. */
export function expectHarmless(text: string): void {
  for (const line of text.split('\n')) {
    expect(line).not.toMatch(obeyed);
    expect(line).not.toMatch(/^\s*FORGED/);
  }
}
