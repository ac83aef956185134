import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { oldestDecides } from '../../src/decide/oldest-decides.ts';
import { policySchema } from '../../src/policy/schema.ts';
import { aContext, aSession, minute } from '../support/builders.ts';

const policyOf = (document: object) => policySchema.parse({ version: 1, name: 'p', ...document });
const rulesOf = (when: object, terminate = 'user') => policyOf({ rules: [{ name: 'r', when, terminate }] });

describe('the session unused longest tells all of its user', () => {
  test.each([
    [{ idle_for: '5m' }],
    [{ users: ['a*'], outside: 'day' }],
    [{ any_of: [{ idle_for: '5m', not: { users: ['a*'] } }, { during: 'day' }] }],
  ])('%j', (when) => {
    expect(oldestDecides(rulesOf(when))).toBe(true);
  });

  test.each([
    [{ not: { idle_for: '5m' } }],
    [{ any_of: [{ idle_for: '5m' }, { client_gone: true }] }],
    [{ any_of: [{ users: ['a*'] }, { not: { idle_for: '5m' } }] }],
    [{ roles: ['root@admin'] }],
    [{ more_than_per_user: 3 }],
    [{ older_than: '1h' }],
    [{ clients: ['10.0.0.0/8'] }],
  ])('but not where %j', (when) => {
    expect(oldestDecides(rulesOf(when))).toBe(false);
  });

  test('nor where sessions end one by one, or are exempt one by one', () => {
    expect(oldestDecides(rulesOf({ idle_for: '5m' }, 'sessions'))).toBe(false);
    const exemptions = [{ name: 'e', idle_for: '5m' }];
    const rules = [{ name: 'r', when: { users: ['a*'] }, terminate: 'user' }];
    expect(oldestDecides(policyOf({ rules, exemptions }))).toBe(false);
    const [rule] = policyOf({ rules }).rules;
    expect(oldestDecides({ rules: [{ ...rule!, overridesExemptions: true }], exemptions: [] })).toBe(false);
  });

  test('nor where one rule, one condition or one part of an exemption is not so', () => {
    const fits = { name: 'fits', when: { idle_for: '5m' }, terminate: 'user' };
    const rulesWith = (...rules: object[]) => policyOf({ rules });
    expect(oldestDecides(rulesWith(fits, { ...fits, name: 'other', terminate: 'sessions' }))).toBe(false);
    expect(oldestDecides(rulesWith(fits, { ...fits, name: 'other', when: { older_than: '1h' } }))).toBe(
      false,
    );
    expect(oldestDecides(rulesOf({ idle_for: '5m', older_than: '1h' }))).toBe(false);
    const exemptions = [{ name: 'e', users: ['a*'], idle_for: '5m' }];
    expect(oldestDecides(policyOf({ rules: [fits], exemptions }))).toBe(false);
  });
});

const owners = ['alice@admin', 'bob@admin', 'svc_a@admin', '__system@local', 'reaper@admin'];
const patterns = fc.subarray([...owners, 'svc_*', '*@admin', '*b*'], { minLength: 1 });
const limit = fc.constantFrom('5m', '15m', '30m');
const interval = fc.constantFrom('day', 'night');
const ofOwner = fc.oneof(
  fc.record({ users: patterns }),
  fc.record({ not_users: patterns }),
  fc.record({ during: interval }),
  fc.record({ not: fc.record({ users: patterns, outside: interval }) }),
);
const simple = fc.oneof(
  fc.record({ idle_for: limit }),
  ofOwner,
  fc.record({ idle_for: limit, users: patterns }),
);
const when = fc.oneof(simple, fc.record({ any_of: fc.array(simple, { minLength: 1, maxLength: 3 }) }));
const aPolicy = fc
  .record({
    rules: fc.array(when, { minLength: 1, maxLength: 3 }),
    exemptions: fc.array(ofOwner, { maxLength: 2 }),
  })
  .map(({ rules, exemptions }) =>
    policyOf({
      time_intervals: { day: [{}], night: [{ years: [2020] }] },
      rules: rules.map((each, at) => ({ name: `r${at}`, when: each, terminate: 'user' })),
      exemptions: exemptions.map((each, at) => ({ name: `e${at}`, ...each })),
    }),
  );
const crowd = fc.array(fc.tuple(fc.constantFrom(...owners), fc.integer({ min: 0, max: 40 })), {
  maxLength: 12,
});

test('whatever the policy of that kind, the others of its user come to the same or are retained with it', () => {
  let ended = 0;
  fc.assert(
    fc.property(aPolicy, crowd, (policy, all) => {
      expect(oldestDecides(policy)).toBe(true);
      const context = aContext({ open: ['day'] });
      const sessions = all.map(([owner, ago], id) => aSession({ id, owner, flushedAgo: ago * minute }));
      const verdicts = decide(sessions, policy, context);
      for (const owner of owners) {
        const theirs = verdicts.filter(({ session }) => session.user === owner);
        if (theirs.length === 0) continue;
        const oldest = Math.max(...all.filter(([name]) => name === owner).map(([, ago]) => ago));
        const [alone] = decide([aSession({ owner, flushedAgo: oldest * minute })], policy, context);
        expect(new Set(theirs.map(({ verdict }) => verdict))).toEqual(new Set([alone?.verdict]));
        if (alone?.verdict === 'terminate') ended += theirs.length;
      }
    }),
    { numRuns: 500 },
  );
  expect(ended).toBeGreaterThan(100);
});
