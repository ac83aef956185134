import { endSessions } from '../mongo/terminate-sessions.ts';
import { keyOf, type Lsid } from '../session.ts';
import type { Killed } from './kill.ts';
import type { Sight } from './look-after.ts';
import type { EndResult } from './outcome.ts';
import type { TerminateRun } from './terminate.ts';

/** Sends `endSessions` for what every member confirmed and the look shows unused (T10, T17). */
export async function endUnused(
  kills: readonly Killed[],
  sight: Sight,
  run: TerminateRun,
): Promise<Map<string, EndResult>> {
  const confirmed = kills
    .filter(({ results }) => results.every(({ kind }) => kind === 'done'))
    .flatMap(({ aim }) => aim.sessions.map((each) => each.session))
    .filter((session) => {
      const { survivors, usedAgain, silentMembers } = sight(session);
      return survivors.length === 0 && !usedAgain && silentMembers.length === 0;
    });
  const result = await endAll(
    confirmed.map((session) => session.lsid),
    run,
  );
  return new Map(confirmed.map((session) => [keyOf(session.lsid), result]));
}

async function endAll(lsids: readonly Lsid[], run: TerminateRun): Promise<EndResult> {
  const [first, ...rest] = lsids;
  if (!run.endSessions) return { kind: 'not-ended', why: 'the policy has end_sessions: false' };
  if (run.deployment.topology === 'sharded') {
    return {
      kind: 'not-ended',
      why: 'routers do not show all that the members of the shards may still hold',
    };
  }
  if (!run.deployment.membersComplete) {
    return { kind: 'not-ended', why: 'without replSetGetConfig a hidden member may still hold something' };
  }
  if (!run.deployment.account.actions.has('impersonate')) {
    return { kind: 'not-ended', why: 'the account lacks impersonate, which endSessions needs' };
  }
  if (first === undefined) return { kind: 'acknowledged' };
  const answer = await endSessions(run.deployment.primary, [first, ...rest], { reaper: run.runId });
  if (answer.kind === 'done') return { kind: 'acknowledged' };
  return {
    kind: 'not-ended',
    why: `endSessions was not acknowledged: ${run.deployment.wordsOf(answer.message)}`,
  };
}
