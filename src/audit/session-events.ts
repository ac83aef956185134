import { groupsOf } from '../groups.ts';
import type { EndedSession } from '../plan/already-ended.ts';
import type { Outcome } from '../terminate/outcome.ts';
import type { SessionOutcome } from '../terminate/terminate.ts';
import type { AuditEvent } from './event.ts';
import { lastUseTexts } from './run-events.ts';

/** journald cuts a line at 48 KiB, and who reads a log by eye wants to see where a line ends. */
const mostInLine = 200;

const eventOutcomes = {
  ended: 'success',
  killed: 'success',
  already_ended: 'success',
  spared: 'success',
  failed: 'failure',
  in_doubt: 'unknown',
} as const;

/**
 * What became of each session. Those of one user that came to the same by the same rule share a line: a run that
 * ends a hundred thousand would else write the same thousand bytes for each of them.
 */
export function outcomeEvents(runId: string, outcomes: Iterable<SessionOutcome>): AuditEvent[] {
  // Most sessions of a kill share the very outcome.
  const texts = new Map<Outcome, string>();
  const textOf = (outcome: Outcome): string => {
    const text = texts.get(outcome) ?? JSON.stringify(outcome);
    texts.set(outcome, text);
    return text;
  };
  const lastUseText = lastUseTexts();
  const traits = ({ verdict: { session, rule }, outcome, at }: SessionOutcome): unknown[] => [
    session.lsid.uid,
    session.user,
    rule,
    at,
    textOf(outcome),
  ];
  return groupsOf(outcomes, traits, mostInLine).map((alike): AuditEvent => {
    const [{ verdict, outcome, at }] = alike;
    const { session, rule } = verdict;
    return {
      action: 'outcome',
      outcome: eventOutcomes[outcome.outcome],
      reaper: {
        run_id: runId,
        uid: session.lsid.uid,
        user: session.user,
        rule,
        outcome: outcome.outcome,
        outcome_because: outcome.because,
        looked_at: new Date(at).toISOString(),
        used_again: outcome.usedAgain,
        members: outcome.members.map((member) => ({ ...member })),
        sessions: alike.map(({ verdict: each }) => ({
          because: each.because,
          id: each.session.lsid.id,
          last_use: lastUseText(each.session),
        })),
      },
    };
  });
}

/** Sessions that earlier runs ended have left the listing: the last proof. Those of one user and run share a line. */
export function goneEvents(runId: string, gone: Iterable<EndedSession>): AuditEvent[] {
  const traits = ({ lsid: { uid }, user, runId: endedBy, outcome }: EndedSession): unknown[] => [
    uid,
    user,
    endedBy,
    outcome,
  ];
  return groupsOf(gone, traits, mostInLine).map((alike): AuditEvent => {
    const [{ lsid, user, runId: endedBy, outcome }] = alike;
    return {
      action: 'confirmed-gone',
      outcome: 'success',
      reaper: {
        run_id: runId,
        uid: lsid.uid,
        user,
        ended_by_run: endedBy,
        outcome,
        sessions: alike.map((each) => ({ id: each.lsid.id })),
      },
    };
  });
}
