import { endSessions } from '../mongo/terminate-sessions.ts';
import type { Lsid } from '../session.ts';
import type { Killed } from './kill.ts';
import type { Sight } from './look-after.ts';
import type { Aftersight, EndResult } from './outcome.ts';
import type { TerminateRun } from './terminate.ts';

/** What became of a session in the listing, told by the kill that it died by and by what was seen of it since. */
export type EndOf = (killed: Killed, after: Aftersight) => EndResult;

/** Sends `endSessions` for what every member confirmed and the look shows unused (T10, T17). */
export async function endUnused(kills: readonly Killed[], sight: Sight, run: TerminateRun): Promise<EndOf> {
  const unused = kills.flatMap((killed) =>
    killed.aim.sessions.map(({ session }) => session).filter((session) => isUnused(killed, sight(session))),
  );
  const result = await endAll(
    unused.map((session) => session.lsid),
    run,
  );
  return (killed, after) => (isUnused(killed, after) ? result : unconfirmed);
}

const unconfirmed: EndResult = { kind: 'not-ended', why: 'not every member confirmed the kill' };

function isUnused({ results }: Killed, { survivors, usedAgain, silentMembers }: Aftersight): boolean {
  const isDone = results.every(({ kind }) => kind === 'done');
  return isDone && survivors.length === 0 && !usedAgain && silentMembers.length === 0;
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
