import type { Policy, Rule } from '../policy/policy.ts';
import type { Session, Uid } from '../session.ts';
import { becauseAll, testAll } from './combine.ts';
import type { Context } from './condition.ts';
import { exempted } from './exemption.ts';
import { rememberOwners } from './remember-owners.ts';
import type { Verdict } from './verdict.ts';

/** The part of a policy on which verdicts depend. */
export type Decisive = Pick<Policy, 'rules' | 'exemptions'>;

/** What a verdict alone does not tell, of the session decided last. */
interface Aside {
  /** The first rule with `terminate: user` that it satisfies, if it is itself to be ended. */
  selectedBy: Rule | undefined;
  /** Why it cannot be told whether it is exempt; undefined if it can. */
  doubt: string | undefined;
}

/**
 * Takes every session that is listed and returns one verdict for each, in the same order (P1, P4).
 *
 * A session selects its user only if it is itself to be ended: what is exempt, or cannot be decided, never
 * makes another session die. Nor does one that an earlier run ended (`mayBeOver`) and that is listed still: its
 * user may be back and at work in another.
 */
export function decide(
  sessions: readonly Session[],
  policy: Decisive,
  context: Context,
  mayBeOver: (session: Session) => boolean = () => false,
): Verdict[] {
  const remembering = rememberOwners(policy);
  const selections = new Map<Uid, { rule: Rule; by: Session }>();
  const doubts = new Map<Verdict, string>();
  const aside: Aside = { selectedBy: undefined, doubt: undefined };
  const own = sessions.map((session) => {
    const verdict = decideAlone(session, remembering, context, aside);
    const { selectedBy: rule, doubt } = aside;
    if (doubt !== undefined) doubts.set(verdict, doubt);
    if (rule !== undefined && !selections.has(session.lsid.uid) && !mayBeOver(session))
      selections.set(session.lsid.uid, { rule, by: session });
    return verdict;
  });
  if (selections.size === 0) return own;

  const words = new Map<Uid, string>();
  return own.map((verdict): Verdict => {
    const { session } = verdict;
    const { uid } = session.lsid;
    const selection = selections.get(uid);
    if (selection === undefined) return verdict;
    if (verdict.verdict === 'terminate') return { ...verdict, wholeUser: true };
    if (verdict.verdict !== 'retain') return verdict;
    const { rule, by } = selection;
    const doubt = doubts.get(verdict);
    if (doubt !== undefined)
      return { verdict: 'indeterminate', session, rule: rule.name, builtIn: false, because: doubt };
    let because = words.get(uid);
    if (because === undefined) {
      because = `its user is selected by session ${by.lsid.id.slice(0, 8)}: ${becauseAll(rule.criteria, by, context)}`;
      words.set(uid, because);
    }
    return { verdict: 'terminate', session, rule: rule.name, wholeUser: true, because };
  });
}

/** What a session deserves by its own properties, before other sessions of its user are looked at (P1). */
function decideAlone(session: Session, policy: Decisive, context: Context, aside: Aside): Verdict {
  const exemption = exempted(session, policy.exemptions, context);
  aside.selectedBy = undefined;
  aside.doubt = exemption.truth === 'unknown' ? exemption.because : undefined;
  const overriding =
    exemption.truth !== false && !exemption.builtIn
      ? policy.rules.find(
          (rule) => rule.overridesExemptions && testAll(rule.criteria, session, context) === true,
        )
      : undefined;
  if (exemption.truth === true && overriding === undefined) {
    const { name: rule, builtIn, because } = exemption;
    return { verdict: 'exempt', session, rule, builtIn, because };
  }

  let matched: Rule | undefined = overriding;
  let undecided: Rule | undefined;
  let selectedBy: Rule | undefined;
  for (const rule of policy.rules) {
    const truth = testAll(rule.criteria, session, context);
    if (truth === true) {
      matched ??= rule;
      if (rule.terminate === 'user') selectedBy ??= rule;
    } else if (truth === 'unknown') undecided ??= rule;
  }

  const { builtIn } = exemption;
  if (matched !== undefined) {
    const rule = matched.name;
    if (exemption.truth === 'unknown' && overriding === undefined)
      return { verdict: 'indeterminate', session, rule, builtIn, because: exemption.because };
    aside.selectedBy = selectedBy;
    const because = becauseAll(matched.criteria, session, context);
    return { verdict: 'terminate', session, rule, wholeUser: false, because };
  }
  if (undecided !== undefined) {
    const { name: rule, criteria } = undecided;
    const because = `rule ${rule} cannot be decided: ${becauseAll(criteria, session, context)}`;
    return { verdict: 'indeterminate', session, rule, builtIn, because };
  }
  return { verdict: 'retain', session, rule: undefined, builtIn, because: 'no rule matches' };
}
