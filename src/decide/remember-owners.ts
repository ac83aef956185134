import type { Policy } from '../policy/policy.ts';
import type { Uid } from '../session.ts';
import type { Criterion } from './condition.ts';
import type { Truth } from './truth.ts';

/**
 * The same rules and exemptions, for one pass over sessions with one context: what speaks of the clock alone is
 * asked once, and what speaks of the owner once for each owner. Many sessions have few owners.
 */
export function rememberOwners(
  policy: Pick<Policy, 'rules' | 'exemptions'>,
): Pick<Policy, 'rules' | 'exemptions'> {
  return {
    rules: policy.rules.map((rule) => ({ ...rule, criteria: rule.criteria.map(remembering) })),
    exemptions: policy.exemptions.map((each) => ({ ...each, criteria: each.criteria.map(remembering) })),
  };
}

function remembering(criterion: Criterion): Criterion {
  if (criterion.about === 'session') return criterion;
  if (criterion.about === 'clock') {
    let known: Truth | undefined;
    return { ...criterion, test: (session, context) => (known ??= criterion.test(session, context)) };
  }
  // The name counts beside the uid: what only some listings name is another owner to a test (P2).
  const known = new Map<Uid, { readonly user: string | undefined; readonly truth: Truth }>();
  return {
    ...criterion,
    test(session, context) {
      const { user, lsid } = session;
      const before = known.get(lsid.uid);
      if (before !== undefined && before.user === user) return before.truth;
      const truth = criterion.test(session, context);
      known.set(lsid.uid, { user, truth });
      return truth;
    },
  };
}
