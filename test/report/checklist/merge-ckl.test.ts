import { DOMParser, type Element } from '@xmldom/xmldom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReaperError } from '../../../src/errors.ts';
import { cklText } from '../../../src/report/checklist/ckl.ts';
import { commentBlock } from '../../../src/report/checklist/comment-block.ts';
import { findingDetails } from '../../../src/report/checklist/findings-text.ts';
import { mergeCkl } from '../../../src/report/checklist/merge-ckl.ts';
import { anEvidence } from '../../audit/an-evidence.ts';
import { asFile, otherIds, ourIds, siteCkl, siteVuln, thrownBy } from './checklists.ts';
import { anAsset, evidences, hostileEvidence, hostile } from './evidences.ts';

const merge = (text: string, evidence = anEvidence()) => mergeCkl(asFile(text), evidence);

const read = (text: string) =>
  new DOMParser({
    onError(_level, message) {
      throw new Error(message);
    },
  }).parseFromString(text.replace(/^\ufeff/, ''), 'text/xml');

const textsOf = (within: Pick<Element, 'getElementsByTagName'>, name: string) =>
  Array.from(within.getElementsByTagName(name)).map(({ textContent }) => textContent);

const oursWith = (more: Partial<Parameters<typeof siteVuln>[0]> = {}) => siteVuln({ ...ourIds, ...more });
const aSite = siteCkl([[oursWith(), siteVuln(otherIds)]]);

describe('a merged CKL', () => {
  test.each(evidences)('has status, details and comments new: %s', (_name, evidence) => {
    const { groupId: vulnNum, ruleId } = evidence.stig;
    const document = read(merge(siteCkl([[siteVuln(otherIds), siteVuln({ vulnNum, ruleId })]]), evidence));
    const [other, ours] = Array.from(document.getElementsByTagName('VULN'));
    const words = { not_a_finding: 'NotAFinding', open: 'Open', not_reviewed: 'Not_Reviewed' };
    expect(textsOf(ours ?? expect.fail(), 'STATUS')).toEqual([words[evidence.status]]);
    expect(textsOf(ours ?? expect.fail(), 'FINDING_DETAILS')).toEqual([findingDetails(evidence)]);
    expect(textsOf(ours ?? expect.fail(), 'COMMENTS')).toEqual([commentBlock(evidence)]);
    expect(textsOf(other ?? expect.fail(), 'STATUS')).toEqual(['Not_Reviewed']);
  });

  test.each([
    ['another revision', { ...ourIds, ruleId: 'SV-281700r1300000_rule' }],
    ['the rule’s id in the group’s place', { vulnNum: 'SV-281700', ruleId: '' }],
    ['only the rule’s id', { vulnNum: '', ruleId: 'SV-281700r1_rule' }],
    ['only the group’s id', { vulnNum: ' V-281700\n', ruleId: '' }],
  ])('knows the rule by %s', (_name, ids) => {
    expect(merge(siteCkl([[siteVuln(ids)]]))).toContain('<STATUS >NotAFinding</STATUS >');
  });

  test('takes no longer number, and no rule that only mentions the id, for the rule', () => {
    const near = siteVuln({ vulnNum: 'V-2817001', ruleId: 'SV-28170r1_rule' });
    expect(() => merge(siteCkl([[near]]))).toThrow(ReaperError);
  });

  test('changes the rule in every STIG that has it, and nothing else', () => {
    const other = siteVuln(otherIds);
    const merged = merge(siteCkl([[oursWith(), other], [other], [other, oursWith()]]));
    expect(merged.split(other)).toHaveLength(4);
    expect(textsOf(read(merged), 'STATUS')).toEqual([
      'NotAFinding',
      'Not_Reviewed',
      'Not_Reviewed',
      'Not_Reviewed',
      'NotAFinding',
    ]);
  });

  test('leaves a severity that somebody set as it is', () => {
    const kept =
      '<SEVERITY_OVERRIDE>high</SEVERITY_OVERRIDE><SEVERITY_JUSTIFICATION>site&apos;s own</SEVERITY_JUSTIFICATION>';
    expect(merge(aSite).split(kept)).toHaveLength(3);
  });

  test.each([
    ['nothing', '', ''],
    ['blanks', '\n   ', ''],
    ['a text', 'Jane: see &quot;SSP&quot; &#8211; 7', 'Jane: see &quot;SSP&quot; &#8211; 7\n\n'],
    ['lines', 'a\nb', 'a\nb\n\n'],
    ['CDATA', '<![CDATA[a < b]]>', '<![CDATA[a < b]]>\n\n'],
    ['a lost beginning', '--- reaper audit: begin ---', '--- reaper audit: begin ---\n\n'],
    ['a lost end', 'x\n--- reaper audit: end ---', 'x\n--- reaper audit: end ---\n\n'],
  ])('keeps the site’s own comment: %s', (_name, comment, kept) => {
    const once = merge(siteCkl([[oursWith({ comments: `<COMMENTS>${comment}</COMMENTS>` })]]));
    expect(once).toContain(`<COMMENTS>${kept}${commentBlock(anEvidence())}</COMMENTS>`);
    expect(merge(once)).toBe(once);
  });

  test('puts the new part of the comments in the place of its earlier one', () => {
    const first = merge(siteCkl([[oursWith({ comments: '<COMMENTS>before</COMMENTS>' })]]));
    const open = anEvidence({ status: 'open' });
    const edited = first.replace('</COMMENTS>', '\nafter</COMMENTS>');
    expect(merge(edited, open)).toContain(`<COMMENTS>before\n\n${commentBlock(open)}\nafter</COMMENTS>`);
  });

  test('gives an element of one tag its second', () => {
    const merged = merge(siteCkl([[oursWith({ details: '<FINDING_DETAILS />', comments: '<COMMENTS/>' })]]));
    expect(textsOf(read(merged), 'FINDING_DETAILS')).toEqual([findingDetails(anEvidence())]);
    expect(textsOf(read(merged), 'COMMENTS')).toEqual([commentBlock(anEvidence())]);
  });

  test('keeps byte order mark and line ends', () => {
    const windows = `\ufeff${aSite.replaceAll('\n', '\r\n')}`;
    const merged = merge(windows);
    expect(merged.startsWith('\ufeff<?xml')).toBe(true);
    expect(merged).not.toMatch(/[^\r]\n/);
    expect(merged.replaceAll('\r\n', '\n').slice(1)).toBe(merge(aSite));
  });

  test.each(hostile)('is right whatever people call themselves: %s', (_name, text) => {
    const evidence = hostileEvidence(text);
    const once = merge(aSite, evidence);
    const document = read(once);
    expect(textsOf(document, 'STATUS')).toEqual(['NotAFinding', 'Not_Reviewed']);
    expect(textsOf(document, 'FINDING_DETAILS')[0]).toBe(findingDetails(evidence));
    expect(textsOf(document, 'COMMENTS')[0]).toBe(commentBlock(evidence));
    expect(merge(once, evidence)).toBe(once);
  });

  test('is what another audit would have made of it, if one follows', () => {
    for (const [, evidence] of evidences.filter(([, { stig }]) => stig.product === '8')) {
      expect(merge(cklText(anEvidence(), anAsset), evidence)).toBe(cklText(evidence, anAsset));
    }
  });

  const rule = fc.record({
    vulnNum: fc.constantFrom('V-281700', 'V-1', 'V-281655'),
    comment: fc.stringMatching(/^[a-zA-Z0-9 \n;#'"-]{0,30}$/),
    tag: fc.constantFrom('<COMMENTS>', '<COMMENTS\n>', '<COMMENTS a="b>">'),
    details: fc.constantFrom('<FINDING_DETAILS/>', '<FINDING_DETAILS>x &amp; y</FINDING_DETAILS>'),
  });

  test('differs in nothing else to the byte, and merged twice is as merged once', () => {
    const evidence = anEvidence();
    const details = `<FINDING_DETAILS>${findingDetails(evidence)}</FINDING_DETAILS>`;
    expect(details).not.toContain('&');
    const status = '<STATUS >NotAFinding</STATUS >';
    const after = (comment: string) =>
      `${comment.trim() === '' ? '' : `${comment}\n\n`}${commentBlock(evidence)}</COMMENTS>`;
    let changed = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(rule, { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '\ufeff'),
        (stigs, lineEnd, mark) => {
          const isOurs = (each: { vulnNum: string }) => each.vulnNum === 'V-281700';
          const site = (made: (each: typeof rule extends fc.Arbitrary<infer R> ? R : never) => string) =>
            mark + siteCkl(stigs.map((rules) => rules.map(made))).replaceAll('\n', lineEnd);
          const before = site(({ comment, tag, ...each }) =>
            siteVuln({ ...each, ruleId: 'SV-2r1_rule', comments: `${tag}${comment}</COMMENTS>` }),
          );
          const expected = site(({ comment, tag, ...each }) =>
            isOurs(each)
              ? siteVuln({ ...each, ruleId: 'SV-2r1_rule', status, details, comments: tag + after(comment) })
              : siteVuln({ ...each, ruleId: 'SV-2r1_rule', comments: `${tag}${comment}</COMMENTS>` }),
          );
          if (!stigs.flat().some(isOurs)) return;
          changed++;
          expect(merge(before)).toBe(expected);
          expect(merge(expected)).toBe(expected);
        },
      ),
      { numRuns: 40 },
    );
    expect(changed).toBeGreaterThan(5);
  });
});

describe('refused, with the place', () => {
  const cases: [string, string, string][] = [
    ['nothing', '', 'no XML'],
    ['no XML', 'Hello', 'no XML'],
    ['JSON', '{"stigs": []}', 'no XML'],
    ['an XCCDF file', '<Benchmark/>', 'its root is <Benchmark>'],
    ['a checklist without rules', '<CHECKLIST/>', 'V-281700 of the MongoDB Enterprise Advanced 8.x'],
    ['another STIG', siteCkl([[siteVuln(otherIds)]]), 'is not in it'],
    [
      'the same rule of another MongoDB',
      siteCkl([[siteVuln({ vulnNum: 'V-265933', ruleId: 'SV-265933r1028585_rule' })]]),
      'but V-265933 of the MongoDB Enterprise Advanced 7.x',
    ],
    ['a tag that is not closed', '<CHECKLIST>\n <STIGS>\n</CHECKLIST>', 'site.ckl:3:1: </CHECKLIST> closes'],
    ['an end without a beginning', '</CHECKLIST>', 'site.ckl:1:1: </CHECKLIST> closes'],
    ['no end', '<CHECKLIST>\n  <STIGS>', 'site.ckl:2:3: <STIGS> is never closed'],
    ['half a tag', '<CHECKLIST>\n<STIGS', 'site.ckl:2:1: a < that begins no tag'],
    ['a lone &', '<CHECKLIST>a & b</CHECKLIST>', 'site.ckl:1:14: an & that begins no entity'],
    ['another entity', '<CHECKLIST>&nbsp;</CHECKLIST>', 'site.ckl:1:12: an & that begins no entity'],
    [
      'an external entity',
      '<?xml version="1.0"?>\n<!DOCTYPE CHECKLIST [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<CHECKLIST>&x;</CHECKLIST>',
      'site.ckl:2:1: a DOCTYPE',
    ],
    ['an attribute without quotes', '<CHECKLIST a=b/>', 'no XML'],
    ['an attribute twice', '<CHECKLIST a="b" a="c"/>', 'no XML'],
    ['an attribute with another entity', '<CHECKLIST a="&x;"/>', 'no XML'],
    ['two roots', '<CHECKLIST/><CHECKLIST/>', 'no XML'],
    ['text after the end', '<CHECKLIST/>x', 'no XML'],
    ['a comment that is none', '<CHECKLIST><!-- a -- b --></CHECKLIST>', 'no XML'],
    ['nesting without end', '<CHECKLIST>'.repeat(5000), 'more than 100 elements within each other'],
    [
      'another encoding',
      '<?xml version="1.0" encoding="windows-1252"?><CHECKLIST/>',
      'written in windows-1252',
    ],
    ['no status', siteCkl([[oursWith({ status: '' })]]), 'site.ckl:4:4: this VULN has no STATUS'],
    ['no details', siteCkl([[oursWith({ details: '' })]]), 'this VULN has no FINDING_DETAILS'],
    ['no comments', siteCkl([[oursWith({ comments: '<X><COMMENTS/></X>' })]]), 'this VULN has no COMMENTS'],
  ];

  test.each(cases)('%s', (_name, text, message) => {
    const error = thrownBy(() => merge(text));
    expect(error).toBeInstanceOf(ReaperError);
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) as string });
    expect((error as ReaperError).message).toMatch(/^site\.ckl\b/);
    expect((error as ReaperError).remedy).toBeTruthy();
  });
});
