import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../src/audit/evidence.ts';
import { stigs } from '../../../src/audit/stig.ts';
import { auditHtml } from '../../../src/report/html/page.ts';
import { anEvidence, auditedAt } from '../../audit/an-evidence.ts';
import { all, cellsOf, parsePage, part, textOf, texts } from './parse.ts';

const hour = 3_600_000;
const pageOf = (more: Partial<Evidence>) => parsePage(auditHtml(anEvidence(more)));
const wordsOf = (id: string, more: Partial<Evidence>) => textOf(part(pageOf(more), id));

const many = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** Labels and values of the first list of facts in a part of the page. */
function factsOf(id: string, more: Partial<Evidence>): Record<string, string> {
  const found = part(pageOf(more), id);
  const values = texts(found, 'dd');
  return Object.fromEntries(texts(found, 'dt').map((label, at) => [label, values[at] ?? '']));
}

test('what was ended is summed up by rule and by user, the most first', () => {
  const page = pageOf({
    ended: [
      { rule: 'a', user: 'u1', ended: 1, killed: 0, failed: 2, inDoubt: 0 },
      { rule: 'b', user: 'u2', ended: 1000, killed: 200, failed: 0, inDoubt: 3 },
      { rule: 'a', user: 'u2', ended: 1, killed: 1, failed: 0, inDoubt: 0 },
    ],
  });
  const all = ['All', '1,002', '201', '2', '3'];
  expect(cellsOf(page, 'By rule')).toEqual([
    ['Rule', 'Ended', 'Killed', 'Failed', 'In doubt'],
    ['b', '1,000', '200', '0', '3'],
    ['a', '2', '1', '2', '0'],
    all,
  ]);
  expect(cellsOf(page, 'By user').slice(1)).toEqual([
    ['u2', '1,001', '201', '0', '3'],
    ['u1', '1', '0', '2', '0'],
    all,
  ]);
});

test('of very many users the first hundred are shown, and all are counted', () => {
  const ended = many(150).map((at) => ({
    rule: 'a',
    user: `u${at}`,
    ended: at,
    killed: 0,
    failed: 0,
    inDoubt: 0,
  }));
  const page = pageOf({ ended });
  const rows = cellsOf(page, 'By user');
  expect(rows).toHaveLength(102);
  expect(rows[1]?.slice(0, 2)).toEqual(['u150', '150']);
  expect(rows.at(-1)?.[1]).toBe('11,325');
  expect(textOf(part(page, 'ended'))).toContain('And 50 more users; the totals are of all');
});

describe('open ends', () => {
  test('are named with user, session and run', () => {
    const page = pageOf({
      openEnds: [
        { runId: 'r1', user: 'alice@admin', sessionId: 's1', uid: 'u1', state: 'in_doubt' },
        { runId: 'r2', user: undefined, sessionId: undefined, uid: 'u2', state: 'not_attempted' },
      ],
    });
    expect(cellsOf(page, '2 sessions whose end the log leaves open').slice(1)).toEqual([
      ['alice@admin', 'in doubt: sent, and no outcome is certain', 's1', 'r1'],
      ['unknown, uid u2', 'never attempted: planned, and nothing was sent', 'all of the user’s', 'r2'],
    ]);
  });

  test('none is said, and of very many the latest are shown', () => {
    expect(wordsOf('open-ends', {})).toContain('None');
    const openEnds = many(130).map((at) => ({
      runId: `r${at}`,
      user: 'u',
      sessionId: `s${at}`,
      uid: 'u',
      state: 'in_doubt' as const,
    }));
    const page = pageOf({ openEnds });
    expect(cellsOf(page, '130 sessions whose end the log leaves open').at(-1)?.[3]).toBe('r130');
    expect(textOf(part(page, 'open-ends'))).toContain('Before these, 30 more sessions');
  });
});

describe('the audit log', () => {
  const { chain } = anEvidence();

  test('intact, with its head', () => {
    const words = wordsOf('audit-log', {});
    for (const told of ['Intact', 'number 212', `sha256:${'b'.repeat(64)}`, '/var/lib/reaper/audit.jsonl'])
      expect(words).toContain(told);
    expect(words).not.toContain('Changed');
  });

  test('whose beginning was not seen, and what it follows', () => {
    expect(factsOf('audit-log', {})).not.toHaveProperty('First line');
    const after = `sha256:${'c'.repeat(64)}`;
    const cut = { chain: { ...chain, first: { sequence: 1253, at: auditedAt - hour }, after } };
    expect(factsOf('audit-log', cut)).toMatchObject({
      'First line': 'number 1253, 2026-11-22 05:00:00Z; what came before was not seen',
      'Said to follow': after,
    });
  });

  test('changed, with the first places', () => {
    const faults = many(70).map((line) => ({ file: 'f', line, problem: `p${line}` }));
    const page = pageOf({ chain: { ...chain, intact: false, faults, torn: 2 } });
    const rows = cellsOf(page, 'Where it was changed');
    expect(rows).toHaveLength(51);
    expect(rows[1]).toEqual(['f', '1', 'p1']);
    const words = textOf(part(page, 'audit-log'));
    for (const told of ['Changed', 'And 20 more faults', '2, left by crashes']) expect(words).toContain(told);
  });
});

describe('the server’s log', () => {
  const confirmation = {
    file: 'mongod.log',
    confirmed: 44,
    missing: [],
    foreign: [],
    moreForeign: 0,
    member: 'm1:27017',
    cursorsClosed: 9,
    from: auditedAt - hour,
    to: undefined,
    unreadable: 2,
  };

  test('is summed up', () => {
    expect(factsOf('server-log', { confirmation })).toEqual({
      File: 'mongod.log',
      'Of the member': 'm1:27017',
      'First entry': '2026-11-22 05:00:00Z',
      'Last entry': 'unknown',
      'Kills that it confirms': '44',
      'Kills that it lacks': '0',
      'Kills by others': '0',
      'Cursors that it closed': '9',
      'Lines that cannot be read': '2',
    });
  });

  test('names what it lacks, and what others did', () => {
    const missing = many(51).map((at) => ({ runId: `r${at}`, at: auditedAt, user: undefined }));
    const foreign = [
      { at: auditedAt, by: 'root@admin', command: 'killAllSessions', because: 'it names no run' },
    ];
    const page = pageOf({ confirmation: { ...confirmation, missing, foreign } });
    expect(cellsOf(page, 'In the audit log, and not in the server’s')).toHaveLength(51);
    expect(textOf(part(page, 'server-log'))).toContain('And 1 more kill.');
    expect(cellsOf(page, 'In the server’s log, and of no run in the audit log').at(-1)).toEqual([
      '2026-11-22 06:00:00Z',
      'root@admin',
      'killAllSessions',
      'it names no run',
    ]);
  });
});

test('kills by others that nobody kept are counted', () => {
  const foreign = [{ at: auditedAt, by: 'root@admin', command: 'killAllSessions', because: 'so' }];
  const confirmation = {
    ...{ file: 'mongod.log', confirmed: 0, missing: [], foreign, moreForeign: 120, member: undefined },
    ...{ cursorsClosed: 0, from: undefined, to: undefined, unreadable: 0 },
  };
  expect(factsOf('server-log', { confirmation })['Kills by others']).toBe('121');
  expect(wordsOf('server-log', { confirmation })).toContain('And 120 more kills.');
});

describe('schedules', () => {
  const [timer] = anEvidence().schedules;

  test('with when they start', () => {
    expect(factsOf('schedules', {})).toEqual({
      Says: 'OnCalendar=*:0/5',
      'Longest between starts': '5m',
      'Will start': 'yes',
      'Last start': '2026-11-22 05:56:00Z',
      'Next start': '2026-11-22 06:01:00Z',
    });
  });

  test('with what is not known of them, and what speaks against them', () => {
    const unknown = { lastRun: undefined, nextRun: undefined, longestGap: undefined };
    const page = pageOf({
      schedules: [
        { ...timer!, ...unknown, kind: 'cron', where: '/etc/crontab:3', active: false, problems: ['Off.'] },
        { ...timer!, ...unknown, kind: 'note', where: 'Jane', active: undefined },
      ],
    });
    const [cron, note] = all(part(page, 'schedules'), 'article').map(textOf);
    expect(cron).toMatch(/cron: \/etc\/crontab:3 .*unknown Will start no What speaks against it: Off\.$/);
    expect(note).toMatch(/vouched for: Jane .*unknown Will start unknown$/);
  });
});

test.each([
  { product: '8', told: ['V-281700', 'SV-281700r1179499_rule', 'MD8X-00-006050', 'low (CAT III)'] },
  { product: '7', told: ['V-265933', 'SV-265933r1028585_rule', 'medium (CAT II)'] },
] as const)('the rule of $product.x under all its ids, with its check text', ({ product, told }) => {
  const stig = stigs[product];
  const facts = factsOf('rule', { stig });
  const values = Object.values(facts);
  for (const each of [
    ...told,
    'SRG-APP-000295-DB-000305',
    'CCI-002361, NIST SP 800-53 AC-12',
    stig.benchmark,
  ])
    expect(values).toContain(each);
  expect(Object.hasOwn(facts, 'STIG id')).toBe(product === '8');
  expect(texts(part(pageOf({ stig }), 'rule'), 'p')).toHaveLength(stig.checkText.split('\n\n').length);
});

test('the numbers that decide lead to their sections', () => {
  const { chain } = anEvidence();
  const page = pageOf({
    gaps: [{ from: auditedAt - 30 * hour, to: auditedAt }],
    longestGap: 30 * hour,
    openEnds: [{ runId: 'r', user: undefined, sessionId: undefined, uid: undefined, state: 'in_doubt' }],
    chain: { ...chain, intact: false, faults: [{ file: 'f', line: 1, problem: 'p' }] },
  });
  const figures = all(page, 'dl').find((list) => list.getAttribute('class') === 'figures');
  expect(texts(figures!, 'dd')).toEqual([
    '24 in 3d',
    '1d6h 1 gap over a day',
    '48 of 2 users',
    '1 in doubt or never attempted',
    'changed 1 fault',
  ]);
});
