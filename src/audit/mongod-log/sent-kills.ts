import type { Line } from '../chain.ts';
import { attempted, outcome } from '../run-lines.ts';

/** One kill that the audit log says was sent. */
export interface SentKill {
  readonly runId: string;
  /** ms since the epoch, by the clock of reaper’s host. */
  readonly at: number;
  readonly user: string | undefined;
  readonly uid: string;
  /** `user`: the pattern was the uid alone; else the lsids of these sessions, in this order. */
  readonly by: string;
  readonly sessionIds: readonly string[];
  /** Whom it was sent to, and who said that it was done; nobody if no outcome was recorded. */
  readonly members: readonly string[];
  readonly doneBy: ReadonlySet<string>;
}

/** Collects the kills from the lines of the audit log, whole as it is: a kill of any run of ours is no stranger’s. */
export function collectSentKills(): { add(line: Line): void; readonly kills: readonly SentKill[] } {
  const kills: SentKill[] = [];
  const doneBy = new Map<string, Set<string>>();
  return {
    kills,
    add({ '@timestamp': at, 'event.action': action, reaper }) {
      const runId = reaper['run_id'];
      if (typeof runId !== 'string') return;
      if (action === 'attempt') {
        const found = attempted.safeParse(reaper);
        if (!found.success) return;
        const { user, uid, by, session_ids: sessionIds, members } = found.data;
        const done = new Set<string>();
        // A run sends one kill for each user.
        doneBy.set(`${runId} ${uid}`, done);
        kills.push({
          runId,
          at: Date.parse(at),
          user: user ?? undefined,
          uid,
          by,
          sessionIds,
          members,
          doneBy: done,
        });
      }
      if (action === 'outcome') {
        const found = outcome.safeParse(reaper);
        if (!found.success) return;
        const done = doneBy.get(`${runId} ${found.data.uid}`);
        for (const { address, ok } of found.data.members) if (ok) done?.add(address);
      }
    },
  };
}
