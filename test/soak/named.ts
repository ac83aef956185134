import { couldBe } from './conditions.ts';
import { isSurely, type Could } from './could.ts';
import type { History, WatchedRun, WatchedSession } from './history.ts';
import { seenBy, type Seen } from './seen.ts';

/** What one run may end, and what it must. */
export interface Named {
  readonly seen: Seen;
  readonly mayEnd: (session: WatchedSession) => boolean;
  /** Of a session that held something before the run; false wherever that is not sure. */
  readonly mustEnd: (session: WatchedSession) => boolean;
}

/** Beyond a limit a run ends nothing. */
const limitReached = 5;

/** Holds the policy of a run against what the clients did. */
export function namedBy(run: WatchedRun, history: History): Named {
  const seen = seenBy(run, history);
  const { rules, exemptions, mode, dryRun } = run.policy;
  const endsNothing = dryRun || mode === 'report' || run.exitCode === limitReached;
  const found = (session: WatchedSession) => {
    const given = { session, seen, all: history.sessions };
    return {
      rules: rules.map(({ when, terminate }) => ({ terminate, could: couldBe(when, given) })),
      exemptions: exemptions.map((when) => couldBe(when, given)),
    };
  };
  type Found = ReturnType<typeof found>;
  const maybeNotExempt = ({ exemptions }: Found): boolean => exemptions.every(({ no }) => no);
  const surelyNotExempt = ({ exemptions }: Found): boolean => exemptions.every(isSurelyNot);
  const ofUser = ({ user }: WatchedSession): WatchedSession[] =>
    history.sessions.filter((each) => each.user === user);

  return {
    seen,
    mayEnd(session) {
      if (endsNothing || run.stages['kill'] === undefined) return false;
      const own = found(session);
      const maybeMine = maybeNotExempt(own);
      if (maybeMine && own.rules.some(({ could }) => could.yes)) return true;
      // By uid also what came after the look dies, whose own exemption nobody could ask about.
      if (!maybeMine && !seen.isNewcomer(session)) return false;
      return ofUser(session).some((each) => {
        if (!seen.maybeListed(each)) return false;
        const its = found(each);
        return (
          maybeNotExempt(its) && its.rules.some(({ terminate, could }) => terminate === 'user' && could.yes)
        );
      });
    },
    mustEnd(session) {
      if (endsNothing || !seen.complete) return false;
      const own = found(session);
      return surelyNotExempt(own) && own.rules.some(({ could }) => isSurely(could));
    },
  };
}

function isSurelyNot({ yes, no, unknown }: Could): boolean {
  return no && !yes && !unknown;
}
