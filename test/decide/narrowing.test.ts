import { describe, expect, test } from 'vitest';
import { narrowPolicy } from '../../src/decide/narrowing.ts';
import { parsePattern } from '../../src/decide/pattern.ts';
import { aContext, anExemption, aRule, minute, now, uidOf, type When } from '../support/builders.ts';

describe('narrowPolicy', () => {
  const idle = { idle_for: '15m' };
  const usedBefore = now - 15 * minute;
  const alice = { owners: [], uids: [uidOf('alice@admin')] };

  test.each([
    ['a limit', [idle], { anyOf: [{ allOf: [{ usedBefore }] }] }],
    [
      'both of one rule',
      [{ ...idle, users: ['alice@admin'] }],
      { anyOf: [{ allOf: [{ usedBefore }, alice] }] },
    ],
    [
      'either of two',
      [idle, { users: ['alice@admin'] }],
      { anyOf: [{ allOf: [{ usedBefore }] }, { allOf: [alice] }] },
    ],
    ['a rule whose window is closed', [{ ...idle, during: 'closed' }], 'none'],
    ['a rule whose window is open', [{ ...idle, during: 'open' }], { anyOf: [{ allOf: [{ usedBefore }] }] }],
    ['outside of one that is open', [{ outside: 'open', ...idle }], 'none'],
    ['what says nothing of the record', [idle, { client_gone: true }], 'all'],
    [
      'either of two in one rule',
      [{ any_of: [idle, { users: ['alice@admin'] }] }],
      { anyOf: [{ allOf: [{ anyOf: [{ allOf: [{ usedBefore }] }, { allOf: [alice] }] }] }] },
    ],
    [
      'either of two of which one is closed',
      [{ any_of: [idle, { during: 'closed' }] }],
      { anyOf: [{ allOf: [{ anyOf: [{ allOf: [{ usedBefore }] }] }] }] },
    ],
    ['either of two of which one says nothing', [{ any_of: [idle, { client_gone: true }] }], 'all'],
    ['either of two that are closed', [{ any_of: [{ during: 'closed' }, { outside: 'open' }] }], 'none'],
    ['during one of several', [{ during: ['closed', 'open'] }], 'all'],
    ['outside of several', [{ outside: ['closed', 'open'] }], 'none'],
    ['outside of one that is closed', [{ outside: 'closed' }], 'all'],
    [
      'a rule that is closed beside another',
      [{ during: 'closed' }, idle],
      { anyOf: [{ allOf: [{ usedBefore }] }] },
    ],
    [
      'literal names and others',
      [{ users: ['alice@admin', 'svc_*'] }],
      { anyOf: [{ allOf: [{ owners: [parsePattern('svc_*')], uids: alice.uids }] }] },
    ],
    ['no rule', [], 'none'],
    ['a negation', [{ not: idle }], 'all'],
    ['what counts others', [{ ...idle, more_than_per_user: 2 }], 'all'],
    ['what must see all to remember them', [{ ...idle, older_than: '2h' }], 'all'],
  ])('%s', (_, whens, expected) => {
    const rules = whens.map((when) => aRule(when));
    expect(narrowPolicy({ rules, exemptions: [] }, aContext({ open: ['open'] }))).toEqual(expected);
  });

  test('an exemption lets nothing more through, unless it must see all', () => {
    const narrowed = (unless: When) =>
      narrowPolicy({ rules: [aRule(idle)], exemptions: [anExemption(unless)] }, aContext());
    expect(narrowed({ users: ['*'] })).toEqual({ anyOf: [{ allOf: [{ usedBefore }] }] });
    expect(narrowed({ more_than_per_user: 2 })).toBe('all');
    expect(narrowed({ not: { older_than: '2h' } })).toBe('all');
  });
});
