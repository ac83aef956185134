import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testAll } from '../../src/decide/combine.ts';
import { decide } from '../../src/decide/decide.ts';
import type { Truth } from '../../src/decide/truth.ts';
import type { Verdict } from '../../src/decide/verdict.ts';
import type { Criterion } from '../../src/decide/condition.ts';
import type { Session, SessionId } from '../../src/session.ts';
import { always, aContext, aRule, aSession } from '../support/builders.ts';
import { aCase, aLockedCase, shuffled, type Case } from './random-policies.ts';

const verdictsOf = ({ sessions, policy, context, wasEnded }: Case) =>
  decide(sessions, policy, context, wasEnded);

const kindsOf = (found: Case) =>
  new Map(verdictsOf(found).map(({ session, verdict }) => [session.lsid.id, verdict]));

function endedBy(found: Case): Set<SessionId> {
  return new Set([...kindsOf(found)].filter(([, kind]) => kind === 'terminate').map(([id]) => id));
}

const isBuiltIn = ({ lsid }: Session, { uidOf }: Case['context']) =>
  ['reaper@admin', '__system@local'].map(uidOf).includes(lsid.uid);

/** The meaning of a policy as P1, P4 and P8 say it, in numbers: false 0, unknown 1, true 2. */
function expectedKinds({ sessions, policy, context, wasEnded }: Case): Verdict['verdict'][] {
  const rank = (truth: Truth) => (truth === 'unknown' ? 1 : truth ? 2 : 0);
  const owns = sessions.map((session) => {
    const hold = (all: readonly Criterion[]) =>
      Math.min(...all.map((each) => rank(each.test(session, context))));
    const builtIn = isBuiltIn(session, context);
    const rules = policy.rules.map((rule) => ({ ...rule, held: hold(rule.criteria) }));
    const overridden = rules.some(
      ({ overridesExemptions, held }) => overridesExemptions === true && held === 2,
    );
    const exempt = Math.max(0, ...policy.exemptions.map(({ criteria }) => hold(criteria)));
    const exemption = builtIn ? 2 : overridden ? 0 : exempt;
    const selects = rules.some(({ terminate, held }) => terminate === 'user' && held === 2);
    return {
      uid: session.lsid.uid,
      rule: Math.max(0, ...rules.map(({ held }) => held)),
      exemption,
      selects: selects && exemption === 0 && !wasEnded(session),
    };
  });
  return owns.map(({ uid, rule, exemption }) => {
    if (exemption === 2) return 'exempt';
    const matches = rule === 0 && owns.some((other) => other.selects && other.uid === uid) ? 2 : rule;
    if (matches === 0) return 'retain';
    return matches === 2 && exemption === 0 ? 'terminate' : 'indeterminate';
  });
}

describe('whatever the sessions and the policy', () => {
  test.each([
    ['P1 and P4 say', aCase],
    ['P8 says of locks and of --only', aLockedCase],
  ])('there is one verdict for each session, in the order given, and it is what %s', (_name, cases) => {
    fc.assert(
      fc.property(cases, (found) => {
        const verdicts = verdictsOf(found);
        expect(verdicts.map(({ session }) => session)).toEqual(found.sessions);
        expect(verdicts.map(({ verdict }) => verdict)).toEqual(expectedKinds(found));
      }),
      { numRuns: 1000 },
    );
  });

  test('an exempt session is never ended', () => {
    fc.assert(
      fc.property(aCase, (found) => {
        const ended = endedBy(found);
        const { context, policy } = found;
        for (const session of found.sessions) {
          const isExempt =
            isBuiltIn(session, context) ||
            policy.exemptions.some(({ criteria }) =>
              criteria.every((each) => each.test(session, context) === true),
            );
          if (isExempt) expect(ended).not.toContain(session.lsid.id);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a lock that overrides exemptions never ends the system’s sessions or reaper’s own', () => {
    fc.assert(
      fc.property(aLockedCase, (found) => {
        for (const verdict of verdictsOf(found)) {
          if (!isBuiltIn(verdict.session, found.context)) continue;
          expect(verdict).toMatchObject({ verdict: 'exempt', builtIn: true });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what is ended is named by a rule that is true of it, or of a session that selects its user', () => {
    fc.assert(
      fc.property(aLockedCase, (found) => {
        const { sessions, policy, context, wasEnded } = found;
        for (const verdict of verdictsOf(found)) {
          if (verdict.verdict !== 'terminate') continue;
          const { lsid } = verdict.session;
          const rule = policy.rules.find(({ name }) => name === verdict.rule);
          const holds = (session: Session) => testAll(rule?.criteria ?? [], session, context) === true;
          const selects = (session: Session) =>
            rule?.terminate === 'user' &&
            session.lsid.uid === lsid.uid &&
            !wasEnded(session) &&
            holds(session);
          expect(holds(verdict.session) || sessions.some(selects)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('one more exemption never ends more', () => {
    fc.assert(
      fc.property(fc.oneof(aCase, aLockedCase), ({ policy, ...rest }) => {
        const [, ...fewer] = policy.exemptions;
        const more = endedBy({ ...rest, policy });
        const less = endedBy({ ...rest, policy: { ...policy, exemptions: fewer } });
        expect([...more].filter((id) => !less.has(id))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('one more rule never ends less, but of a whole user what that rule cannot decide', () => {
    fc.assert(
      fc.property(aCase, ({ policy, ...rest }) => {
        const [added, ...fewer] = policy.rules;
        const kinds = kindsOf({ ...rest, policy });
        for (const id of endedBy({ ...rest, policy: { ...policy, rules: fewer } })) {
          const session = rest.sessions.find(({ lsid }) => lsid.id === id);
          if (kinds.get(id) === 'terminate' || !session || !added) continue;
          expect(kinds.get(id)).toBe('indeterminate');
          expect(testAll(added.criteria, session, rest.context)).toBe('unknown');
          expect(fewer.some(({ terminate }) => terminate === 'user')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('one more silent member never ends more', () => {
    fc.assert(
      fc.property(fc.oneof(aCase, aLockedCase), ({ policy, ...rest }) => {
        const contextWith = (silent: string[]) => rest.contextOf(policy, rest.sessions, silent);
        const all = endedBy({ ...rest, policy, context: contextWith([]) });
        const some = endedBy({ ...rest, policy, context: contextWith(['m1']) });
        expect([...some].filter((id) => !all.has(id))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('the order of rules and exemptions changes reasons, not verdicts', () => {
    fc.assert(
      fc.property(aLockedCase, fc.infiniteStream(fc.nat()), ({ policy, ...rest }, dice) => {
        const other = {
          ...policy,
          rules: shuffled(policy.rules, dice),
          exemptions: shuffled(policy.exemptions, dice),
        };
        expect(kindsOf({ ...rest, policy: other })).toEqual(kindsOf({ ...rest, policy }));
      }),
      { numRuns: 500 },
    );
  });

  test('the order of sessions changes nothing', () => {
    fc.assert(
      fc.property(aCase, fc.infiniteStream(fc.nat()), ({ sessions, ...rest }, dice) => {
        const kinds = kindsOf({ ...rest, sessions });
        const others = shuffled(sessions, dice);
        const context = rest.contextOf(rest.policy, others);
        expect(kindsOf({ ...rest, sessions: others, context })).toEqual(kinds);
      }),
    );
  });
});

test('a rule with something unknown and nothing false never ends a session by itself', () => {
  const truths = fc.array(fc.constantFrom<Truth>(true, false, 'unknown'), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(truths, fc.constantFrom('sessions', 'user'), (criteria, terminate) => {
      const rules = [aRule(criteria.map(always), { terminate })];
      const [found] = decide([aSession()], { rules, exemptions: [] }, aContext());
      const expected = criteria.includes(false)
        ? 'retain'
        : criteria.includes('unknown')
          ? 'indeterminate'
          : 'terminate';
      expect(found?.verdict).toBe(expected);
    }),
  );
});
