import { makeContext, needsOf, type Facts } from './decide/make-context.ts';
import type { Context } from './decide/condition.ts';
import { namedUsers } from './decide/named-users.ts';
import type { Deployment } from './mongo/deployment.ts';
import { look, type Look, type LookOptions } from './mongo/look.ts';
import { readRoles } from './mongo/read-roles.ts';
import { asOf } from './plan/as-of.ts';
import type { Policy } from './policy/policy.ts';
import type { Session, Uid } from './session.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';

/** A deployment as it is now, with all that decisions under a policy depend on. */
export interface Survey {
  readonly seen: Look;
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  /** Puts together what a later look saw. */
  readonly snapshotOf: (seen: Look) => Snapshot;
  /** What a decision on this or a later snapshot may depend on. */
  readonly contextOf: (snapshot: Snapshot, mayBeOver?: (session: Session) => boolean) => Context;
}

/** What a survey must be told. */
export interface Known extends Pick<Facts, 'firstSeen'> {
  readonly uidOf: (name: string) => Uid;
  readonly localZone: string;
  /** The time for which to decide, ms since the epoch; the server's own unless given. */
  readonly at?: number | undefined;
  readonly onRead?: LookOptions['onRead'];
}

/** Looks at the deployment, and asks besides for what this policy needs: roles, connections. Throws ReaperErrors. */
export async function survey(
  deployment: Deployment,
  policy: Policy,
  known: Known,
  options: LookOptions = {},
): Promise<Survey> {
  const connections = needsOf(policy).has('connections');
  return surveyOf(
    await look(deployment, { connections, onRead: known.onRead, ...options }),
    deployment,
    policy,
    known,
  );
}

/** Makes a survey of what a look saw. */
export async function surveyOf(
  seen: Look,
  deployment: Deployment,
  policy: Policy,
  known: Known,
): Promise<Survey> {
  const { uidOf, at } = known;
  const named = namedUsers(policy);
  const snapshotOf = (later: Look): Snapshot => {
    const taken = takeSnapshot(later, uidOf, named);
    return at === undefined ? taken : asOf(taken, at);
  };
  const snapshot = snapshotOf(seen);
  const owners = [...new Set(snapshot.sessions.flatMap(({ user }) => user ?? []))];
  const roles = needsOf(policy).has('roles') ? await readRoles(deployment, owners, uidOf) : undefined;
  const facts = factsOf(deployment, known, roles);
  return {
    seen,
    snapshot,
    facts,
    snapshotOf,
    contextOf: (later, mayBeOver) => makeContext(later, policy, facts, at, mayBeOver),
  };
}

/** What is known besides a look, and the roles of owners if they were asked for. */
export function factsOf(deployment: Deployment, known: Known, roles: Facts['roles'] = new Map()): Facts {
  return {
    refreshMillis: deployment.refreshMillis,
    uidOf: known.uidOf,
    self: deployment.account.users,
    get localZone() {
      return known.localZone;
    },
    membersComplete: deployment.membersComplete,
    roles,
    firstSeen: known.firstSeen,
  };
}
