import { killSessions } from '../mongo/terminate-sessions.ts';
import type { Target } from '../plan/plan.ts';
import type { Aim } from './aim.ts';
import type { KillResult } from './outcome.ts';
import type { TerminateRun } from './terminate.ts';

/** What is left of a planned user, and what to kill of it. */
export type Aimed = Aim & { readonly target: Target };

/** A kill that was sent, and how each member took it. */
export interface Killed {
  readonly aim: Aimed;
  readonly results: readonly KillResult[];
}

/** Sends one user's kill to every data-bearing member, in parallel (T7). */
export async function killEverywhere({ target, sessions }: Aimed, run: TerminateRun): Promise<KillResult[]> {
  const comment = {
    reaper: run.runId,
    policy: run.policyName,
    rules: [...new Set(sessions.map((each) => each.rule))],
  };
  return Promise.all(
    run.deployment.members.map(async ({ address, client, error }): Promise<KillResult> => {
      const lost = error ?? run.lostMembers.get(address);
      if (lost !== undefined) return { address, kind: 'unreached', message: lost };
      const answer = await killSessions(client, target, comment);
      if (answer.kind === 'done') return { address, kind: 'done' };
      const message = run.deployment.wordsOf(answer.message);
      // It would hold up every other user's kill until the look before it is stale.
      if (answer.kind !== 'refused') run.lostMembers.set(address, message);
      return { address, kind: answer.kind, message };
    }),
  );
}
