import { setTimeout as sleep } from 'node:timers/promises';
import { LsidMap } from '../lsid-map.ts';
import type { Session } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Killed } from './kill.ts';
import { aftersightOf, type Aftersight } from './outcome.ts';
import type { TerminateRun } from './terminate.ts';

/** What the look after the kill shows of a session. */
export type Sight = (session: Session) => Aftersight;

/** How long what was killed may take to be gone, in ms between looks: an operation dies at its next check. */
const patience = [50, 100, 200, 400, 800, 1600];

/** Looks until nothing of what was killed is left, or patience ends; returns what the last look showed. */
export async function lookUntilGone(
  kills: readonly Killed[],
  before: Snapshot,
  run: TerminateRun,
): Promise<Sight> {
  const killed = kills.flatMap(({ aim }) => aim.sessions.map((each) => each.session));
  const uids = [...new Set(killed.map((session) => session.lsid.uid))];
  for (const pause of [...patience, 0]) {
    const after = await run.lookAfter(uids, before.serverTime).catch(() => undefined);
    if (after === undefined) {
      // An election is over within seconds: the next look may find the new primary.
      if (pause === 0) return blind(run);
      await sleep(pause);
      continue;
    }
    const sight = sightOf(killed, before, after);
    if (pause === 0 || killed.every((session) => sight(session).survivors.length === 0)) return sight;
    await sleep(pause);
  }
  throw new Error('unreachable: the last pause is 0');
}

/** Where nothing is left and nobody came back, that is one and the same sight: most sessions have it. */
function sightOf(killed: readonly Session[], before: Snapshot, after: Snapshot): Sight {
  const { silentMembers } = after;
  const nothing: Aftersight = { silentMembers, survivors: [], usedAgain: false };
  const now = new LsidMap(after.sessions.map((session) => [session.lsid, session]));
  const seen = new Map<Session, Aftersight>();
  for (const session of killed) {
    const listed = now.get(session.lsid);
    if (listed === undefined) continue;
    const found = aftersightOf(session, listed, { lookedAt: before.serverTime, silentMembers });
    if (found.survivors.length > 0 || found.usedAgain) seen.set(session, found);
  }
  return (session) => seen.get(session) ?? nothing;
}

/** Nothing can be said of what was killed: every member counts as silent. */
function blind({ deployment }: TerminateRun): Sight {
  const silentMembers = deployment.members.map(({ address }) => address);
  const nothing: Aftersight = { silentMembers, survivors: [], usedAgain: false };
  return () => nothing;
}
