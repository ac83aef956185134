import type { Verdict } from '../decide/verdict.ts';
import { groupsOf } from '../groups.ts';
import { formatDuration } from '../policy/duration.ts';
import { mostEach, sessionsOf, type RunResult } from '../run-result.ts';
import { lastUse, type Session } from '../session.ts';
import type { Outcome, OutcomeName } from '../terminate/outcome.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';

export const outcomeWords = {
  ended: 'ended',
  killed: 'killed',
  already_ended: 'already ended',
  spared: 'spared',
  failed: 'FAILED',
  in_doubt: 'IN DOUBT',
} as const satisfies Record<OutcomeName, string>;

/** Takes the verdicts to show and returns the lines of a table: of each session, or of each user where they are many. */
export function sessionsTable(shown: readonly Verdict[], result: RunResult, style: Style): string[] {
  const many = shown.length > mostEach || shown.some((each) => sessionsOf(each, result.standsFor) > 1);
  const session = many ? { heading: 'SESSIONS', most: 9 } : { heading: 'SESSION', most: 8 };
  const groups = many ? byUser(shown, result) : shown.map((verdict) => ({ verdict, count: 1 }));
  const rows = groups
    .sort((a, b) => byNeed(a.verdict, b.verdict))
    .map(({ verdict, count }) => [
      visible(verdict.session.user ?? '(unknown)'),
      many ? String(count) : verdict.session.lsid.id.slice(0, 8),
      idleWords(verdict.session, result),
      resultWord(verdict, result, style),
      why(verdict, result),
    ]);
  return [
    ...table(
      [
        { heading: 'USER', most: 24 },
        session,
        { heading: many ? 'LONGEST' : 'IDLE', most: 7 },
        { heading: 'RESULT', most: 13 },
        { heading: 'WHY', most: 60 },
      ],
      rows,
      style.width,
    ),
    ...(many ? ['', 'One line for sessions of one user with one result; --json names each session.'] : []),
  ];
}

/** Sessions of one user that came to the same by the same rule; the one unused longest stands for them. */
interface Group {
  readonly verdict: Verdict;
  readonly count: number;
}

function byUser(shown: readonly Verdict[], result: RunResult): Group[] {
  const traits = (verdict: Verdict): unknown[] => {
    const { outcome, because } = outcomeOf(verdict.session, result) ?? {};
    // What went wrong may have gone wrong in several ways.
    const how = outcome === 'failed' || outcome === 'in_doubt' ? because : outcome;
    return [verdict.session.lsid.uid, verdict.verdict, how, verdict.rule];
  };
  const since = ({ session }: Verdict): number => lastUse(session) ?? 0;
  return groupsOf(shown, traits).map((alike) => ({
    verdict: alike.reduce((oldest, each) => (since(each) < since(oldest) ? each : oldest)),
    count: alike.reduce((sum, each) => sum + sessionsOf(each, result.standsFor), 0),
  }));
}

const order = { terminate: 0, indeterminate: 1, exempt: 2, retain: 3 } as const;

function byNeed(a: Verdict, b: Verdict): number {
  return order[a.verdict] - order[b.verdict] || (lastUse(a.session) ?? 0) - (lastUse(b.session) ?? 0);
}

function outcomeOf({ lsid }: Session, { outcomes }: RunResult): Outcome | undefined {
  return outcomes.get(lsid);
}

function resultWord(verdict: Verdict, result: RunResult, { paint }: Style): string {
  const outcome = outcomeOf(verdict.session, result)?.outcome;
  if (outcome !== undefined) {
    const word = outcomeWords[outcome];
    if (outcome === 'failed' || outcome === 'in_doubt') return paint.red(word);
    return outcome === 'spared' ? paint.green(word) : paint.magenta(word);
  }
  if (verdict.verdict === 'terminate') {
    return result.exceeded.length > 0 ? paint.red('not ended') : paint.magenta('would end');
  }
  if (verdict.verdict === 'indeterminate') return paint.yellow('indeterminate');
  return verdict.verdict;
}

function why(verdict: Verdict, result: RunResult): string {
  // The reason of what cannot be decided names the rule or the exemption itself.
  const named = verdict.rule !== undefined && verdict.verdict !== 'indeterminate';
  // The rule of a lock is named by its reason.
  const reason = visible(named ? `${verdict.rule}: ${verdict.because}` : verdict.because);
  const outcome = outcomeOf(verdict.session, result);
  // `ended` and `already ended` say enough by themselves; what is still listed needs its reason (T9).
  if (outcome === undefined || outcome.outcome === 'ended' || outcome.outcome === 'already_ended')
    return reason;
  return `${reason} → ${visible(outcome.because)}`;
}

function idleWords(session: Session, { serverTime }: RunResult): string {
  const used = lastUse(session);
  return used === undefined ? '?' : formatDuration(serverTime - used);
}
