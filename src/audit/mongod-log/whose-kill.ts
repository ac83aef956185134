import { visible } from '../../report/visible.ts';
import type { KillCommand, KillTarget } from './kill-command.ts';
import type { SentKill } from './sent-kills.ts';

/** Takes the kills of the audit log and returns what tells of a logged one which of them it is, or why none. */
export function whoseKill(
  kills: readonly SentKill[],
): (kill: KillCommand) => { sent: SentKill } | { because: string } {
  const runs = new Set(kills.map(({ runId }) => runId));
  const byUid = new Map<string, SentKill[]>();
  for (const kill of kills) {
    const ofUid = byUid.get(kill.uid);
    if (ofUid) ofUid.push(kill);
    else byUid.set(kill.uid, [kill]);
  }
  return ({ run, target, cut, at }) => {
    const candidates = (byUid.get(target?.uid ?? '') ?? []).filter((kill) => isAimedAt(kill, target));
    if (run !== undefined) {
      // By the run's name alone, since the clocks of host and server may differ.
      const sent = candidates.find(({ runId }) => runId === run);
      if (sent !== undefined) return { sent };
      const named = `its comment names run ${visible(run).slice(0, 40)}`;
      return {
        because: runs.has(run)
          ? `${named}, which recorded no such kill`
          : `${named}, of which the audit log knows no kill`,
      };
    }
    if (!cut) return { because: 'its comment names no run of reaper' };
    // The same sessions in the same order, dozens of them: that is as good as the run's name.
    const [nearest] = candidates.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at));
    return nearest === undefined
      ? { because: 'it is cut where its comment was, and no run recorded a kill of these sessions' }
      : { sent: nearest };
  };
}

/** A kill of very many sessions is sent in parts, and a long part is logged in part. */
function isAimedAt(kill: SentKill, target: KillTarget | undefined): boolean {
  if (target?.sessionIds === undefined) return kill.by === 'user';
  const [first = ''] = target.sessionIds;
  const start = kill.sessionIds.indexOf(first);
  return (
    kill.by !== 'user' &&
    start !== -1 &&
    target.sessionIds.every((id, at) => kill.sessionIds[start + at] === id)
  );
}
