import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/audit/evidence.ts';
import { auditHtml } from '../../src/report/html/page.ts';
import { visible } from '../../src/report/visible.ts';
import { anEvidence } from '../audit/an-evidence.ts';
import { debianTool } from '../support/debian-tool.ts';
import { allWrong, hostile, hostileNames } from './pages.ts';

const contrastScript = readFileSync(new URL('contrast.js', import.meta.url), 'utf8');

const phone = { width: 360, height: 740 };
const desktop = { width: 1280, height: 900 };
/** What A4 leaves between the page’s own margins, at 96 dots an inch. */
const paper = { width: 688, height: 1000 };

const pages: readonly { name: string; evidence: Evidence; status: string }[] = [
  { name: 'all is well', evidence: anEvidence(), status: 'V-281700: Not a finding' },
  { name: 'all is wrong', evidence: anEvidence(allWrong), status: 'V-281700: Open' },
  {
    name: 'nothing is known',
    evidence: anEvidence({ status: 'not_reviewed', runs: [], ended: [], schedules: [], policy: undefined }),
    status: 'V-281700: Not reviewed',
  },
  { name: 'hostile names', evidence: anEvidence(hostile), status: 'V-281700: Open' },
];

const cases = pages.flatMap((page) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ ...page, colorScheme })),
);

let browser: Browser;
let served = '';
let answered: string[] = [];
const server = createServer((request, response) => {
  answered.push(request.url ?? '');
  response.setHeader('content-type', 'text/html').end(served);
});

beforeAll(async () => {
  const executablePath = await debianTool({ program: 'chromium', package: 'chromium' });
  const quiet = ['background-networking', 'component-update', 'sync', 'quic', 'gpu'];
  const args = ['--no-sandbox', '--no-first-run', ...quiet.map((part) => `--disable-${part}`)];
  browser = await chromium.launch({ executablePath, args });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterAll(async () => {
  await browser?.close();
  server.close();
});

/** Shows a page with its scripts switched off, and notes what it asks for and complains of. */
async function withPage(
  text: string,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<void>,
): Promise<{ requests: string[]; answered: string[]; complaints: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    [served, answered] = [text, []];
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await look(page);
    return { requests, answered, complaints };
  } finally {
    await context.close();
  }
}

const widthBeyond = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

interface Contrast {
  readonly text: string;
  readonly contrast: number;
}

test.each(cases)(
  '$name, $colorScheme: fits, stands out, shows the status at once, asks for nothing',
  async ({ evidence, colorScheme, status }) => {
    const { requests, answered, complaints } = await withPage(
      auditHtml(evidence),
      { colorScheme },
      async (page) => {
        for (const viewport of [phone, desktop]) {
          await page.setViewportSize(viewport);
          expect(await widthBeyond(page)).toBe(0);

          const heading = page.locator('h1');
          expect((await heading.innerText()).replace(/\s+/g, ' ')).toBe(status);
          const box = await heading.boundingBox();
          expect(box!.y + box!.height).toBeLessThan(viewport.height / 2);

          const contrasts = await page.evaluate<Contrast[]>(contrastScript);
          expect(contrasts.length).toBeGreaterThan(80);
          expect(contrasts.filter(({ contrast }) => !(contrast >= 4.5))).toEqual([]);
        }
      },
    );
    expect([requests, answered]).toEqual([['/'], ['/']]);
    expect(complaints).toEqual([]);
  },
);

test('the two themes differ', async () => {
  const ground = async (colorScheme: 'light' | 'dark'): Promise<string> => {
    let found = '';
    await withPage(auditHtml(anEvidence()), { colorScheme }, async (page) => {
      found = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    });
    return found;
  };
  expect(await ground('light')).not.toBe(await ground('dark'));
});

describe('on paper', () => {
  test.each(pages)('$name: nothing is cut, and it is light whatever the screen is', async ({ evidence }) => {
    await withPage(auditHtml(evidence), { viewport: paper, colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await widthBeyond(page)).toBe(0);
      const cut = `[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth).length`;
      expect(await page.evaluate<number>(cut)).toBe(0);
      const ground = 'getComputedStyle(document.body).backgroundColor';
      expect(await page.evaluate<string>(ground)).toBe('rgb(255, 255, 255)');
      const contrasts = await page.evaluate<Contrast[]>(contrastScript);
      expect(contrasts.filter(({ contrast }) => !(contrast >= 4.5))).toEqual([]);
      const file = await page.pdf({ format: 'A4' });
      expect(file.subarray(0, 5).toString()).toBe('%PDF-');
    });
  });
});

describe('hostile names', () => {
  test('are read as they are and become nothing, also where scripts may run', async () => {
    const { requests, complaints } = await withPage(
      auditHtml(anEvidence(hostile)),
      { javaScriptEnabled: true },
      async (page) => {
        expect(await page.locator('script, img, link, iframe, object, form').count()).toBe(0);
        expect(await page.locator('[style], [onerror], [src]').count()).toBe(0);
        expect(await page.title()).toMatch(/^V-281700: Open, <script>/);
        const told = await page.locator('#why li').allInnerTexts();
        expect(told).toEqual(hostileNames.map(visible));
      },
    );
    expect([requests, complaints]).toEqual([['/'], []]);
  });
});

describe('these tests see', () => {
  test('text that does not stand out, and what is too wide', async () => {
    const worse = auditHtml(anEvidence()).replace(
      '</main>',
      '<p style="color: #888; background: #777; width: 3000px">faint</p></main>',
    );
    await withPage(worse, { viewport: phone }, async (page) => {
      const contrasts = await page.evaluate<Contrast[]>(contrastScript);
      expect(contrasts.filter(({ contrast }) => contrast < 4.5).map(({ text }) => text)).toEqual(['faint']);
      expect(await widthBeyond(page)).toBeGreaterThan(2000);
    });
  });

  test('what is asked for, though the page’s own policy bars it', async () => {
    const asking = auditHtml(anEvidence())
      .replace(/<meta\s+http-equiv[^>]*>/, '')
      .replace('</main>', '<img src="/x.png" /></main>');
    const nothing = async (): Promise<void> => {};
    expect((await withPage(asking, {}, nothing)).answered).toContain('/x.png');
    const barred = auditHtml(anEvidence()).replace('</main>', '<img src="/x.png" /></main>');
    const { requests, answered, complaints } = await withPage(barred, {}, nothing);
    expect(requests).toEqual(['/', '/x.png']);
    expect(answered).toEqual(['/']);
    expect(complaints.join()).toContain('Content Security Policy');
  });
});
