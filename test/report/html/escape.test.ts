import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html, type Content } from '../../../src/report/html/escape.ts';
import { visible } from '../../../src/report/visible.ts';
import { parsePage } from './parse.ts';

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt;&amp;&#60;',
  ']]><!-- --><?xml?>',
  '\u202enimda\u0000\u001b[31m',
  '</title></style><b>',
  'שלום@admin',
  'x'.repeat(10_000),
];

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile));

describe('the template', () => {
  test('lets no text become markup, neither as content nor in an attribute', () => {
    fc.assert(
      fc.property(anyText, anyText, (content, value) => {
        const page = parsePage(html`<p title="${value}">${content}</p>`.toString());
        expect(page.getElementsByTagName('*')).toHaveLength(1);
        expect(page.documentElement?.textContent).toBe(visible(content));
        expect(page.documentElement?.attributes).toHaveLength(1);
        expect(page.documentElement?.getAttribute('title')).toBe(visible(value));
      }),
    );
  });

  test.each<{ content: Content; written: string }>([
    { content: undefined, written: '' },
    { content: 12, written: '12' },
    { content: html`<b>${'<'}</b>`, written: '<b>&#60;</b>' },
    { content: ['<', html`<i></i>`, [undefined, ['&']]], written: '&#60;<i></i>&#38;' },
  ])('writes $content', ({ content, written }) => {
    expect(html`${content}`.toString()).toBe(written);
  });

  test('takes nothing for markup that it did not make itself', () => {
    const forged = { toString: () => '<script></script>' } as unknown as Content;
    expect(() => html`${forged}`).toThrow(TypeError);
  });
});
