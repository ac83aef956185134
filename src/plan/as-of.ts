import type { Session } from '../session.ts';
import type { Snapshot } from '../snapshot.ts';

/** The snapshot as it would be at another time, ms since the epoch, if the clients stay away; its own time stays. */
export function asOf(snapshot: Snapshot, at: number): Snapshot {
  const later = at - snapshot.serverTime;
  return { ...snapshot, sessions: snapshot.sessions.map((each) => sessionAsOf(each, later)) };
}

/** The session so many ms after the snapshot; what runs then goes on running. */
function sessionAsOf(session: Session, later: number): Session {
  if (session.resources.length === 0) return session;
  const busy = session.holds.operations > 0;
  const resources = session.resources.map((each) => ({
    ...each,
    idle: busy ? each.idle : Math.max(0, each.idle + later),
    open: Math.max(0, each.open + later),
  }));
  return { ...session, resources };
}
