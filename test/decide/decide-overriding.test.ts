import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import type { Truth } from '../../src/decide/truth.ts';
import { aContext, always, anExemption, aRule, aSession } from '../support/builders.ts';

const T = true;
const F = false;
const U = 'unknown';

interface Given {
  readonly lock: Truth;
  readonly exemption: Truth;
  readonly overrides?: boolean;
  readonly owner?: string;
}

/** A rule that matches everything, then a lock. */
function verdictsOn({ lock, exemption, overrides = true, owner = 'alice@admin' }: Given) {
  const rules = [
    aRule([always(T)], { name: 'plain' }),
    aRule([always(lock)], { name: 'lock', overridesExemptions: overrides, terminate: 'user' }),
  ];
  const exemptions = [anExemption([always(exemption)], { name: 'batch' })];
  return decide([aSession({ owner })], { rules, exemptions }, aContext())[0];
}

describe('a lock that overrides exemptions (P8)', () => {
  test.each<[lock: Truth, exemption: Truth, verdict: string, rule: string | undefined]>([
    [T, T, 'terminate', 'lock'],
    [T, U, 'terminate', 'lock'],
    [T, F, 'terminate', 'plain'],
    [U, T, 'exempt', 'batch'],
    [U, U, 'indeterminate', 'plain'],
    [U, F, 'terminate', 'plain'],
    [F, T, 'exempt', 'batch'],
    [F, U, 'indeterminate', 'plain'],
  ])('lock %s, exemption %s: %s by %s', (lock, exemption, verdict, rule) => {
    expect(verdictsOn({ lock, exemption })).toMatchObject({ verdict, rule });
  });

  test.each<[exemption: Truth, verdict: string]>([
    [T, 'exempt'],
    [U, 'indeterminate'],
  ])('one that does not override: exemption %s, %s', (exemption, verdict) => {
    expect(verdictsOn({ lock: T, exemption, overrides: false })).toMatchObject({ verdict });
  });

  test.each(['reaper@admin', '__system@local'])('never ends %s', (owner) => {
    for (const exemption of [T, U, F] as const)
      expect(verdictsOn({ lock: T, exemption, owner })).toMatchObject({ verdict: 'exempt', builtIn: true });
  });

  test('selects the user, of whom the other sessions keep their own exemptions', () => {
    const session = aSession({ id: 1 });
    const only = (id: number, truth: Truth, others: Truth) => ({
      ...always(truth),
      test: ({ lsid }: typeof session) => (lsid.id === aSession({ id }).lsid.id ? truth : others),
    });
    const lock = aRule([only(1, T, F)], { name: 'lock', overridesExemptions: true, terminate: 'user' });
    const sessions = [session, aSession({ id: 2 }), aSession({ id: 3 })];
    const spared = [anExemption([only(2, T, F)]), anExemption([only(1, T, F)]), anExemption([only(3, U, F)])];
    const verdicts = decide(sessions, { rules: [lock], exemptions: spared }, aContext());
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['terminate', 'exempt', 'indeterminate']);
    expect(verdicts[0]).toMatchObject({ rule: 'lock', wholeUser: true });
  });
});
