import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { runToText } from '../../src/report/run-text.ts';
import { styleFor } from '../../src/report/style.ts';
import type { RunResult } from '../../src/run-result.ts';
import { LsidMap } from '../../src/lsid-map.ts';
import type { OutcomeName } from '../../src/terminate/outcome.ts';
import { aSession, minute, toSpare, toTerminate } from '../support/builders.ts';
import { anOutcome, aRunResult, oddNames, verdictsFor } from './a-run-result.ts';

const plain = styleFor({}, {});
const coloured = styleFor({ isTTY: true, columns: 80 }, {});

const textOf = (result: RunResult, all = false) =>
  runToText(result, all, plain).join('\n').replace(/\s+/g, ' ');

const ended: OutcomeName[] = ['ended', 'killed', 'already_ended', 'spared', 'failed', 'in_doubt'];

const manyOutcomes = () => {
  const verdicts = verdictsFor(oddNames);
  const toEnd = verdicts.filter(({ verdict }) => verdict === 'terminate');
  const outcomes = toEnd.map(({ session }, at) => {
    const because = `the kill was refused by ${oddNames[at]} (not authorized)`;
    return [session, anOutcome(ended[at] ?? 'ended', { because })] as const;
  });
  return aRunResult({
    verdicts,
    outcomes,
    silent: { 'm2:27017': `connect ECONNREFUSED ${oddNames.join(' ')}` },
  });
};

describe('the report for a person', () => {
  const results: [string, RunResult][] = [
    ['nothing listed', aRunResult()],
    ['a dry run', aRunResult({ verdicts: verdictsFor(oddNames) })],
    [
      'beyond a limit',
      aRunResult({ verdicts: verdictsFor(oddNames), limits: { users: 0, sessions: 1, percent: 1 } }),
    ],
    ['every outcome', manyOutcomes()],
    ['not required', aRunResult({ notRequired: `the SSP says so, ${'at length '.repeat(20)}` })],
    ['a long name of the replica set', aRunResult({ name: 'r'.repeat(200) })],
  ];

  test.each(results)('has no line wider than 80: %s', (_name, result) => {
    for (const style of [plain, coloured]) {
      const lines = runToText(result, true, style);
      expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    }
  });

  test.each(results)('obeys no name: %s', (_name, result) => {
    expect(runToText(result, true, plain).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test.each([
    [40, 40],
    [100, 100],
    [20, 40],
    [500, 120],
  ])('on a terminal of %d columns takes %d at the most', (columns, most) => {
    const style = styleFor({ isTTY: true, columns }, {});
    const widths = runToText(manyOutcomes(), true, style).map((line) => stringWidth(line));
    expect(Math.max(...widths)).toBeLessThanOrEqual(most);
  });

  test('is one short line when there is nothing to say', () => {
    const text = textOf(aRunResult({ verdicts: [toSpare('retain', aSession())] }));
    expect(text).toContain('nothing to end');
    expect(text).toContain('1 listed · 0 exempt · 0 indeterminate');
    expect(text).not.toContain('SESSION');
  });

  test.each([
    ['enforce', 'ENFORCE'],
    ['dry-run', 'DRY RUN: nothing is ended'],
    ['report', 'REPORT: nothing is ended'],
  ] as const)('%s is named first', (mode, words) => {
    const text = textOf(aRunResult({ mode, verdicts: verdictsFor(['alice@admin']) }));
    expect(text.startsWith(`reaper: ${words} · policy stig-v-281700 · rs0 (2 members)`)).toBe(true);
  });

  test('of a dry run says what would end', () => {
    const text = textOf(aRunResult({ verdicts: verdictsFor(['alice@admin']) }));
    expect(text).toMatch(/alice@admin 00000000 20m would end idle-15m: /);
    expect(text).toMatch(/alice@admin 00000000 0s indeterminate indeterminate because of alice/);
    expect(text).toContain('4 listed · 1 to end · 1 exempt · 1 indeterminate');
    expect(text).not.toMatch(/retain/);
  });

  test('with all sessions says what lives, last', () => {
    const text = textOf(aRunResult({ verdicts: verdictsFor(['alice@admin']).reverse() }), true);
    expect(text).toMatch(/would end .*indeterminate indeterminate .*exempt some-rule: .*retain retain/);
  });

  test.each([
    ['ended', 'ended', '1 ended'],
    ['killed', 'killed', '0 ended · 1 killed'],
    ['already_ended', 'already ended', '0 ended · 1 already ended'],
    ['spared', 'spared', '0 ended · 1 spared'],
    ['failed', 'FAILED', '0 ended · 1 FAILED'],
    ['in_doubt', 'IN DOUBT', '0 ended · 1 IN DOUBT'],
  ] as const)('%s is %s, and why where it needs a reason', (outcome, word, footer) => {
    const session = aSession({ flushedAgo: 20 * minute });
    const text = textOf(
      aRunResult({ verdicts: [toTerminate(session)], outcomes: [[session, anOutcome(outcome)]] }),
    );
    expect(text).toContain(`20m ${word} a-rule: it matches`);
    expect(text).toContain(`1 listed · ${footer} · 0 exempt`);
    expect(text.includes(`→ because of ${outcome}`)).toBe(!['ended', 'already_ended'].includes(outcome));
  });

  test('beyond a limit says that nothing was ended, and what to do', () => {
    const verdicts = verdictsFor(['alice@admin', 'bob@admin']);
    const text = textOf(aRunResult({ mode: 'enforce', verdicts, limits: { users: 1 } }));
    expect(text).toContain('nothing was ended: 2 users to end, limit 1');
    expect(text).toContain('--force');
    expect(text).toContain('not ended');
    expect(text).not.toContain('would end');
  });

  test('names a member that did not answer', () => {
    const text = textOf(aRunResult({ silent: { 'm2:27017': 'ECONNREFUSED' } }));
    expect(text).toContain('rs0 (1 of 2 members)');
    expect(text).toContain('Member m2:27017 did not answer: ECONNREFUSED');
  });

  test('of an unknown owner and last use says so', () => {
    const session = aSession({ named: false, flushedAgo: undefined, cursors: 1 });
    expect(textOf(aRunResult({ verdicts: [toTerminate(session)] }))).toContain(
      '(unknown) 00000000 ? would end',
    );
  });

  test('tells sessions of one user in one line where they are many, and how many share it', () => {
    const many = Array.from({ length: 101 }, (_, id) =>
      toTerminate(aSession({ id, owner: 'ann@admin', flushedAgo: (id + 20) * minute }), {
        rule: 'idle',
        because: `idle for ${id + 20}m`,
      }),
    );
    const text = textOf(aRunResult({ verdicts: [...many, toSpare('indeterminate', aSession({ id: 200 }))] }));
    expect(text).toContain('ann@admin 101 2h would end idle: idle for 120m');
    expect(text).toContain('alice@admin 1 0s indeterminate');
    expect(text).toContain('--json names each session');
    expect(text).toContain('102 listed · 101 to end');
    expect(textOf(aRunResult({ verdicts: many.slice(1) }))).not.toContain('--json');
  });

  test('tells each way in which many went wrong', () => {
    const many = Array.from({ length: 101 }, (_, id) => toTerminate(aSession({ id, owner: 'ann@admin' })));
    const outcomes = many.map(({ session }, at) => {
      const because = at < 3 ? 'm2 is gone' : 'm1 refused';
      return [session, anOutcome('failed', { because })] as const;
    });
    const text = textOf(aRunResult({ verdicts: many, outcomes }));
    expect(text).toMatch(/ann@admin 3 .*m2 is gone/);
    expect(text).toMatch(/ann@admin 98 .*m1 refused/);
  });

  test('tells for how many others a verdict stands', () => {
    const verdict = toTerminate(aSession({ owner: 'ann@admin' }), { rule: 'idle', because: 'idle for 3h' });
    const standsFor = new LsidMap([[verdict.session.lsid, 20_000]]);
    const text = textOf({ ...aRunResult({ verdicts: [verdict] }), standsFor });
    expect(text).toContain('ann@admin 20000 0s would end idle: idle for 3h');
    expect(text).toContain('20000 listed · 20000 to end');
  });
});
