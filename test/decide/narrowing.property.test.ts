import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { narrowPolicy, type Narrowing } from '../../src/decide/narrowing.ts';
import { matchesText } from '../../src/decide/pattern.ts';
import type { Session } from '../../src/session.ts';
import { aCase } from './random-policies.ts';

/** Whether the record that the collection has of this session is let through. */
function lets(narrowing: Narrowing, session: Session & { flushed: number }): boolean {
  if (narrowing === 'all' || narrowing === 'none') return narrowing === 'all';
  if ('usedBefore' in narrowing) return session.flushed < narrowing.usedBefore;
  if ('allOf' in narrowing) return narrowing.allOf.every((part) => lets(part, session));
  if ('anyOf' in narrowing) return narrowing.anyOf.some((part) => lets(part, session));
  const { owners, uids } = narrowing;
  if (uids.includes(session.lsid.uid)) return true;
  const { user } = session;
  return owners.length > 0 && (user === undefined || owners.some((pattern) => matchesText(pattern, user)));
}

const isFlushed = (session: Session): session is Session & { flushed: number } =>
  session.flushed !== undefined;

test('lets through every record whose session would end, or could not be decided', () => {
  let left = 0;
  fc.assert(
    fc.property(aCase, ({ sessions, policy, context }) => {
      const narrowing = narrowPolicy(policy, context);
      const rules = policy.rules.map((rule) => ({ ...rule, terminate: 'sessions' as const }));
      for (const { session, verdict } of decide(sessions, { ...policy, rules }, context)) {
        if (!isFlushed(session)) continue;
        if (verdict === 'terminate' || verdict === 'indeterminate')
          expect(lets(narrowing, session)).toBe(true);
        else if (!lets(narrowing, session)) left += 1;
      }
    }),
    { numRuns: 1000 },
  );
  expect(left).toBeGreaterThan(100);
});
