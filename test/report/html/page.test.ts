import type { Document } from '@xmldom/xmldom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence, FindingStatus, Step } from '../../../src/audit/evidence.ts';
import { stigs } from '../../../src/audit/stig.ts';
import { auditHtml } from '../../../src/report/html/page.ts';
import { visible } from '../../../src/report/visible.ts';
import { anEvidence, aRun, auditedAt } from '../../audit/an-evidence.ts';
import { all, parsePage, part, textOf, texts } from './parse.ts';

const hour = 3_600_000;

const empty = anEvidence({
  status: 'not_reviewed',
  deployment: undefined,
  reasons: ['No run is on record.'],
  runs: [],
  longestGap: undefined,
  ended: [],
  schedules: [],
  policy: undefined,
  chain: {
    ...{ intact: true, faults: [], torn: 0, lines: 0, files: [] },
    ...{ first: undefined, after: undefined, head: undefined },
  },
});

/** Evidence in which everything that somebody else can choose is that text. */
function named(text: string): Evidence {
  const good = anEvidence();
  return anEvidence({
    host: text,
    deployment: text,
    version: text,
    reasons: [text],
    attestation: text,
    auditLog: text,
    policy: { name: text, file: text, sha256: text },
    steps: good.steps.map((step) => ({
      ...step,
      because: [text],
      facts: [{ label: text, values: [text, text] }],
    })),
    runs: [aRun(1, auditedAt - hour, { runId: text, state: 'failed', exitCode: 3 })],
    gaps: [{ from: auditedAt - 60 * hour, to: auditedAt - 2 * hour }],
    ended: [{ rule: text, user: text, ended: 1, killed: 0, failed: 0, inDoubt: 0 }],
    openEnds: [{ runId: text, user: text, sessionId: text, uid: text, state: 'in_doubt' }],
    chain: {
      ...good.chain,
      intact: false,
      faults: [{ file: text, line: 1, problem: text }],
      files: [text],
      head: { sequence: 1, hash: text },
    },
    schedules: good.schedules.map((each) => ({ ...each, where: text, says: text, problems: [text] })),
    confirmation: {
      file: text,
      confirmed: 1,
      missing: [{ runId: text, at: auditedAt, user: text }],
      foreign: [{ at: auditedAt, by: text, command: text, because: text }],
      moreForeign: 0,
      member: text,
      cursorsClosed: 0,
      from: undefined,
      to: undefined,
      unreadable: 0,
    },
  });
}

const evidences = { good: anEvidence(), empty, plain: named('x') };
const pages = Object.entries(evidences).map(([name, evidence]) => ({ name, page: auditHtml(evidence) }));

test.each<{ status: FindingStatus; words: string }>([
  { status: 'not_a_finding', words: 'Not a finding' },
  { status: 'open', words: 'Open' },
  { status: 'not_reviewed', words: 'Not reviewed' },
])('says $words on top, of what, where and when, and why', ({ status, words }) => {
  const page = parsePage(auditHtml(anEvidence({ status, reasons: ['It is so.', 'And <so>.'] })));
  expect(texts(page, 'title')).toEqual([`V-281700: ${words}, rs0`]);
  expect(texts(page, 'h1')).toEqual([`V-281700: ${words}`]);
  const [header] = texts(page, 'header');
  for (const told of [
    stigs['8'].ruleTitle,
    'rs0',
    'mongo-prod-01.example.mil',
    '2026-11-22 06:00:00Z',
    '0.1.0',
  ])
    expect(header).toContain(told);
  expect(texts(part(page, 'why'), 'li')).toEqual(['It is so.', 'And <so>.']);
});

test.each<{ state: Step['state']; words: string }>([
  { state: 'shown', words: 'Shown' },
  { state: 'contradicted', words: 'Contradicted' },
  { state: 'unseen', words: 'Not seen' },
])(
  'tells a step that is $state by a word and a sign, with the words of the check text',
  ({ state, words }) => {
    const steps = anEvidence().steps.map((step) => ({ ...step, state }));
    const shown = all(part(parsePage(auditHtml(anEvidence({ steps }))), 'steps'), 'h3');
    expect(shown.map(textOf)).toEqual(steps.map(({ title }) => title));
    for (const [at, heading] of shown.entries()) {
      const step = heading.parentNode as typeof heading;
      const [chip] = all(step, 'span');
      expect(chip && textOf(chip)).toBe(words);
      expect(chip && all(chip, 'path')).toHaveLength(1);
      expect(texts(step, 'blockquote')).toEqual([steps[at]?.asked]);
      expect(texts(step, 'dd').join(' ')).toContain(steps[at]?.facts[0]?.values[0]);
    }
  },
);

describe('text that somebody else chose', () => {
  test('never becomes an element or an attribute, and none of it is lost', () => {
    const shape = (page: Document) =>
      all(page, '*')
        .map(({ tagName, attributes }) => [tagName, ...[...attributes].map(({ name }) => name)].join(' '))
        .join('\n');
    const plain = shape(parsePage(auditHtml(named('x'))));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '\r')),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src="http://example.com/" onerror=\'alert(1)\'>',
        '</style></title><!--<![CDATA[ ]]>&#60;&lt;',
        '\u202e\u0000\u001b]8;;http://example.com\u0007',
        `CN=${'x'.repeat(10_000)}`,
      ),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const page = parsePage(auditHtml(named(text)));
        expect(shape(page)).toBe(plain);
        const told = textOf(page.documentElement!);
        expect(told.split(visible(text).replace(/\s+/g, ' ').trim()).length).toBeGreaterThan(40);
      }),
      { numRuns: 40 },
    );
  });

  test('keeps the lines of an attestation', () => {
    const page = parsePage(auditHtml(anEvidence({ attestation: 'One\nTwo\n\nThree' })));
    expect(texts(part(page, 'attestation'), 'p')).toEqual(['OneTwo', 'Three']);
    expect(all(part(page, 'attestation'), 'br')).toHaveLength(1);
  });
});

describe.each(pages)('the page ($name)', ({ page: text }) => {
  const page = parsePage(text);
  const attributes = all(page, '*').flatMap((element) =>
    [...element.attributes].map(({ name, value }) => ({ tag: element.tagName, name, value })),
  );

  test('asks nobody for anything', () => {
    const csp = attributes.find(({ tag, value }) => tag === 'meta' && value.includes('default-src'));
    expect(csp?.value).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
    for (const tag of ['script', 'link', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'image'])
      expect(all(page, tag), tag).toHaveLength(0);
    const asking = /^(src|srcset|action|data|poster|background|style|formaction|ping|on.*|xlink:.*|xmlns.*)$/;
    expect(attributes.filter(({ name }) => asking.test(name))).toEqual([]);
    expect(attributes.filter(({ name, value }) => name === 'href' && !value.startsWith('#'))).toEqual([]);
    expect(attributes.filter(({ value }) => /(https?:|\/\/|javascript:|data:)/i.test(value))).toEqual([]);
    const styles = texts(page, 'style').join('');
    expect(styles.match(/url\((?!#)|@import|@font-face|image-set/g)).toBeNull();
  });

  test('refers only to what it has, and names nothing twice', () => {
    const ids = attributes.filter(({ name }) => name === 'id').map(({ value }) => value);
    expect(new Set(ids).size).toBe(ids.length);
    const named = attributes.filter(({ name }) => name === 'aria-labelledby').map(({ value }) => value);
    const linked = attributes.filter(({ name }) => name === 'href').map(({ value }) => value.slice(1));
    expect(linked.length).toBeGreaterThan(4);
    expect([...named, ...linked].filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('is in order for those who listen to it', () => {
    expect(page.documentElement?.getAttribute('lang')).toBe('en');
    for (const landmark of ['header', 'main', 'footer', 'h1', 'title'])
      expect(all(page, landmark), landmark).toHaveLength(1);
    const levels = all(page, '*').flatMap(({ tagName }) => /^h(\d)$/.exec(tagName)?.[1] ?? []);
    for (const [at, level] of levels.entries()) {
      expect(Number(level) - Number(levels[at - 1] ?? 0)).toBeLessThanOrEqual(1);
    }
    expect(all(page, 'th').filter((cell) => !/^(row|col)$/.test(cell.getAttribute('scope') ?? ''))).toEqual(
      [],
    );
    const pictures = all(page, 'svg');
    const silent = pictures.filter((svg) => svg.getAttribute('aria-hidden') !== 'true');
    expect(silent.filter((svg) => (svg.getAttribute('aria-label') ?? '') === '')).toEqual([]);
  });

  test('gives every time in UTC, also to programs', () => {
    const times = all(page, 'time').map((time) => time.getAttribute('datetime') ?? '');
    expect(times).toContain('2026-11-22T06:00:00Z');
    expect(times.filter((time) => !/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/.test(time))).toEqual([]);
  });
});

test('of an empty log says that there is nothing, and does not call it intact', () => {
  const page = parsePage(auditHtml(empty));
  expect(texts(page, 'title')).toEqual(['V-281700: Not reviewed']);
  expect(textOf(part(page, 'runs'))).toContain('shows no run in this time');
  expect(textOf(part(page, 'ended'))).toContain('Nothing was ended');
  expect(textOf(part(page, 'schedules'))).toContain('No schedule was found');
  expect(textOf(part(page, 'policy'))).toContain('No policy is known');
  expect(texts(part(page, 'audit-log'), 'span')).toEqual(['Empty']);
  for (const absent of ['attestation', 'server-log']) expect(page.getElementById(absent)).toBeNull();
});

test('speaks of a day only where the check text does', () => {
  expect(auditHtml(anEvidence())).toContain('the rule allows a day');
  const older = auditHtml(anEvidence({ stig: stigs['7'] }));
  expect(older).not.toMatch(/allows a day|a day is allowed/);
  expect(older).toContain('V-265933: Not a finding');
});
