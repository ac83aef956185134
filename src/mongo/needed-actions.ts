/** One action that reaper uses, and what for. */
export interface NeededAction {
  readonly action: 'listSessions' | 'inprog' | 'killAnySession' | 'impersonate' | 'replSetGetConfig';
  readonly required: boolean;
  /** What it is for; what is lost without it. */
  readonly reason: string;
}

/** The actions on `{cluster: true}` that a run needs: `kills` unless nothing can be ended, `ends` as the policy says. */
export function neededActions(run: {
  readonly kills: boolean;
  readonly ends: boolean;
  readonly topology: 'replica-set' | 'standalone' | 'sharded';
}): NeededAction[] {
  const all: (NeededAction & { readonly if: boolean })[] = [
    { if: true, action: 'listSessions', required: true, reason: 'lists every user’s sessions' },
    {
      if: true,
      action: 'inprog',
      required: true,
      reason: 'sees what runs in a session, before and after a kill',
    },
    { if: run.kills, action: 'killAnySession', required: true, reason: 'ends another user’s sessions' },
    {
      // Behind mongos nothing is taken out of the listing: it does not show enough for that.
      if: run.kills && run.ends && run.topology !== 'sharded',
      action: 'impersonate',
      required: false,
      reason:
        'takes killed sessions out of the listing; without it they stay listed until the server expires them',
    },
    {
      if: run.topology === 'replica-set',
      action: 'replSetGetConfig',
      required: false,
      reason: 'finds hidden members; without it a session’s cursors there are neither seen nor closed',
    },
  ];
  return all.filter((each) => each.if).map(({ action, required, reason }) => ({ action, required, reason }));
}

/** The mongosh command that adds actions to reaper's role. */
export function grantCommand(actions: readonly string[]): string {
  return `db.getSiblingDB("admin").grantPrivilegesToRole("reaper", [{ resource: { cluster: true }, actions: ${JSON.stringify(actions)} }])`;
}
