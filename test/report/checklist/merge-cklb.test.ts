import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../src/audit/evidence.ts';
import { ReaperError } from '../../../src/errors.ts';
import { cklbText } from '../../../src/report/checklist/cklb.ts';
import { commentBlock } from '../../../src/report/checklist/comment-block.ts';
import { findingDetails } from '../../../src/report/checklist/findings-text.ts';
import { mergeCklb } from '../../../src/report/checklist/merge-cklb.ts';
import { anEvidence } from '../../audit/an-evidence.ts';
import { asFile, thrownBy } from './checklists.ts';
import { anAsset, evidences, hostileEvidence, oddText, hostile, sha256 } from './evidences.ts';

const merge = (text: string, evidence = anEvidence()) => mergeCklb(asFile(text, 'site.cklb'), evidence);

interface SiteRule {
  readonly [key: string]: unknown;
}

const ours: SiteRule = {
  uuid: 'x',
  group_id: 'V-281700',
  group_id_src: 'V-281700',
  rule_id: 'SV-281700r1179499',
  rule_id_src: 'SV-281700r1179499_rule',
  severity: 'low',
  overrides: { severity: { severity: 'high', reason: 'site’s own' } },
  discussion: 'has "status": "open", {V-281700} \\ and \u2028',
  status: 'not_reviewed',
  comments: '',
  finding_details: '',
  updatedAt: '2020-01-01T00:00:00.000Z',
  'evaluate-stig': { answer_file: '', weight: 1 },
};
const other: SiteRule = {
  ...ours,
  group_id: 'V-281655',
  group_id_src: 'V-281655',
  rule_id: 'SV-281655r1179364',
  rule_id_src: 'SV-281655r1179364_rule',
};

const siteOf = (...stigs: readonly (readonly SiteRule[])[]) => ({
  title: 'site',
  cklb_version: '1.0',
  stigs: stigs.map((rules, at) => ({
    stig_id: `STIG_${at}`,
    rules,
    status: 'open',
    comments: 'of the STIG',
  })),
});

/** What the rule must hold once it is merged. */
const mergedRule = (rule: SiteRule, evidence: Evidence) => ({
  ...rule,
  status: evidence.status,
  finding_details: findingDetails(evidence),
  comments: commentBlock(evidence),
  updatedAt: new Date(evidence.at).toISOString(),
});

describe('a merged CKLB', () => {
  test.each(evidences)(
    'has status, details, comments and time new, and nothing else: %s',
    (_name, evidence) => {
      const { groupId, ruleId } = evidence.stig;
      const rule = { ...ours, group_id: groupId, group_id_src: groupId, rule_id: '', rule_id_src: ruleId };
      const merged = merge(JSON.stringify(siteOf([other, rule], [other], [rule])), evidence);
      const expected = mergedRule(rule, evidence);
      expect(JSON.parse(merged)).toEqual(siteOf([other, expected], [other], [expected]));
    },
  );

  test.each<[string, SiteRule]>([
    ['another revision', { group_id: '', rule_id_src: 'SV-281700r1300000_rule' }],
    ['the rule’s id as people are shown it', { rule_id: 'SV-281700r5' }],
    ['the group’s id of the source', { group_id_src: 'V-281700' }],
    ['the long id of the benchmark', { rule_id_src: 'xccdf_mil.disa.stig_rule_SV-281700r1179499_rule' }],
  ])('knows the rule by %s', (_name, ids) => {
    const rule = { ...ids, status: 'open', comments: '', finding_details: '' };
    expect(JSON.parse(merge(JSON.stringify(siteOf([rule])))).stigs[0].rules[0].status).toBe('not_a_finding');
  });

  test('takes no longer number for the rule', () => {
    const near = {
      ...ours,
      group_id: 'V-2817001',
      group_id_src: 7,
      rule_id: null,
      rule_id_src: ['V-281700'],
    };
    expect(() => merge(JSON.stringify(siteOf([near])))).toThrow('V-281700 of the');
  });

  test('has a time of change only where the site’s has one, and comments even where there were none', () => {
    const rule: SiteRule = { ...ours, comments: null, updatedAt: undefined };
    const [merged] = JSON.parse(merge(JSON.stringify(siteOf([rule])))).stigs[0].rules;
    expect(merged).not.toHaveProperty('updatedAt');
    expect(merged.comments).toBe(commentBlock(anEvidence()));
  });

  test.each([
    ['a text', 'Jane: see \\u0022SSP\\" \\/ \\u00e9', 'Jane: see \\u0022SSP\\" \\/ \\u00e9\\n\\n'],
    ['lines', 'a\\r\\nb', 'a\\r\\nb\\n\\n'],
    ['a backslash at the end', 'C:\\\\', 'C:\\\\\\n\\n'],
    ['a lost end', '--- reaper audit: end ---', '--- reaper audit: end ---\\n\\n'],
  ])('keeps the site’s own comment, and how it is written: %s', (_name, comment, kept) => {
    const site = JSON.stringify(siteOf([{ ...ours, comments: '@' }])).replace('"@"', `"${comment}"`);
    const once = merge(site);
    const block = JSON.stringify(commentBlock(anEvidence())).slice(1, -1);
    expect(once).toContain(`"comments":"${kept}${block}"`);
    expect(merge(once)).toBe(once);
  });

  test('puts the new part of the comments in the place of its earlier one', () => {
    const open = anEvidence({ status: 'open' });
    const comments = `before\n${commentBlock(anEvidence())}\nafter`;
    const merged = merge(JSON.stringify(siteOf([{ ...ours, comments }])), open);
    expect(JSON.parse(merged).stigs[0].rules[0].comments).toBe(`before\n${commentBlock(open)}\nafter`);
  });

  test.each(hostile)('is right whatever people call themselves: %s', (_name, text) => {
    const evidence = hostileEvidence(text);
    const once = merge(JSON.stringify(siteOf([other, ours])), evidence);
    expect(JSON.parse(once)).toEqual(siteOf([other, mergedRule(ours, evidence)]));
    expect(merge(once, evidence)).toBe(once);
  });

  test('is what another audit would have made of it, if one follows', () => {
    const before = cklbText(anEvidence(), anAsset, sha256);
    const evidence = anEvidence({ status: 'open' });
    expect(merge(before, evidence)).toBe(cklbText(evidence, anAsset, sha256));
  });

  /** JSON with blanks where it may have them. */
  const written = (value: unknown, blank: () => string): string => {
    if (Array.isArray(value)) {
      return `[${value.map((each) => blank() + written(each, blank) + blank()).join(',')}${blank()}]`;
    }
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const pairs = Object.entries(value).map(
      ([key, each]) =>
        `${blank()}${JSON.stringify(key)}${blank()}:${blank()}${written(each, blank)}${blank()}`,
    );
    return `{${pairs.join(',')}${blank()}}`;
  };

  const values = /"(status|comments|finding_details|updatedAt)"(\s*):(\s*)"(?:[^"\\]|\\.)*"/g;

  test('differs in nothing else to the byte, and merged twice is as merged once', () => {
    let changed = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.array(
            fc.record({
              isOurs: fc.boolean(),
              extra: fc.dictionary(
                fc.string().map((key) => `x${key}`),
                fc.jsonValue({ maxDepth: 2 }),
                {
                  maxKeys: 3,
                },
              ),
              comments: oddText,
            }),
            { maxLength: 3 },
          ),
          { minLength: 1, maxLength: 3 },
        ),
        fc.infiniteStream(fc.constantFrom('', '', ' ', '\n', '\r\n\t', '\t', '\n      ')),
        fc.constantFrom('', '\ufeff'),
        (stigs, blanks, mark) => {
          const rules = stigs.map((each) =>
            each.map(({ isOurs, extra, comments }) => ({ ...extra, ...(isOurs ? ours : other), comments })),
          );
          if (!stigs.flat().some(({ isOurs }) => isOurs)) return;
          changed++;
          const text = `${mark}${written(siteOf(...rules), () => blanks.next().value)}\n`;
          const merged = merge(text);
          expect(merge(merged)).toBe(merged);
          const expected = rules.map((each, stig) =>
            each.map((rule, at) => {
              if (stigs[stig]?.[at]?.isOurs !== true) return rule;
              const { comments } = rule;
              const kept = comments.trim() === '' ? '' : `${comments}\n\n`;
              return { ...mergedRule(rule, anEvidence()), comments: kept + commentBlock(anEvidence()) };
            }),
          );
          expect(JSON.parse(merged.replace(/^\ufeff/, ''))).toEqual(
            JSON.parse(JSON.stringify(siteOf(...expected))),
          );
          // The bytes: all but the values of these four keys.
          expect(merged.replaceAll(values, '"$1"$2:$3')).toBe(text.replaceAll(values, '"$1"$2:$3'));
        },
      ),
      { numRuns: 40 },
    );
    expect(changed).toBeGreaterThan(5);
  });
});

describe('refused, with the place', () => {
  const { status: _status, ...withoutStatus } = ours;
  const cases: [string, string, string][] = [
    ['nothing', '', 'no JSON'],
    ['XML', '<CHECKLIST/>', 'no JSON'],
    ['half a file', '{"stigs": [', 'no JSON'],
    ['YAML', 'stigs: []', 'no JSON'],
    ['a comment', '{"stigs": [] // x\n}', 'no JSON'],
    ['a comma too many', '{\n"title": "x",\n}', 'site.cklb:3:1: it is no JSON'],
    ['a list', '[]', 'it has no stigs with rules'],
    ['a text', '"x"', 'it has no stigs with rules'],
    ['other JSON', '{"profiles": []}', 'it has no stigs with rules'],
    ['no list of stigs', '{"stigs": {"rules": []}}', 'it has no stigs with rules'],
    ['no list of rules', '{"stigs": [{"rules": 7}, null, []]}', 'it has no stigs with rules'],
    ['another STIG', JSON.stringify(siteOf([other])), 'V-281700 of the MongoDB Enterprise Advanced 8.x'],
    [
      'the same rule of another MongoDB',
      JSON.stringify(siteOf([{ ...other, group_id: 'V-252170' }])),
      'but V-252170 of the MongoDB Enterprise Advanced 4.x',
    ],
    ['no status', JSON.stringify(siteOf([withoutStatus]), null, 1), 'site.cklb:8:5: this rule has no status'],
    [
      'a list for a comment',
      JSON.stringify(siteOf([{ ...ours, comments: [] }])),
      'this rule has no comments',
    ],
    [
      'a key that is twice there',
      '{"stigs": [{"rules": [{"group_id": "V-281700", "status": "open",\n"status": "open"}]}]}',
      'site.cklb:2:1: a key that is twice in one object',
    ],
    ['nesting without end', `${'['.repeat(3000)}${']'.repeat(3000)}`, 'nested too deeply'],
  ];

  test.each(cases)('%s', (_name, text, message) => {
    for (const mark of ['', '\ufeff']) {
      const error = thrownBy(() => merge(mark + text));
      expect(error).toBeInstanceOf(ReaperError);
      expect((error as ReaperError).code).toBe('usage');
      if (mark === '') expect((error as ReaperError).message).toContain(message);
      expect((error as ReaperError).message).toMatch(/^site\.cklb\b/);
      expect((error as ReaperError).remedy).toBeTruthy();
    }
  });
});
