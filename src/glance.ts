import { decide } from './decide/decide.ts';
import type { Context } from './decide/condition.ts';
import { exempted } from './decide/exemption.ts';
import { makeContext } from './decide/make-context.ts';
import { namedUsers } from './decide/named-users.ts';
import { narrowPolicy } from './decide/narrowing.ts';
import { oldestDecides } from './decide/oldest-decides.ts';
import type { Deployment } from './mongo/deployment.ts';
import type { Policy } from './policy/policy.ts';
import { decidesAlone, makeDigest } from './digest.ts';
import { listRecords } from './mongo/collection.ts';
import { only } from './mongo/operations.ts';
import { sessionOf, type Lsid, type Uid } from './session.ts';
import { countByOwner, isListed, partlyReadOwners, type Snapshot } from './snapshot.ts';
import { lookAtOldest } from './mongo/look-at-oldest.ts';
import { factsOf, survey, surveyOf, type Known, type Survey } from './survey.ts';
import { mostEach, sessionsOf, type RunResult, type Unread } from './run-result.ts';

/** A survey that need not have read every session. */
export interface Glance extends Survey {
  readonly unread?: Unread | undefined;
  readonly standsFor?: RunResult['standsFor'];
}

/**
 * Which sessions a result is to name: all that are listed, those to end or undecided, or, of a dry run, only some
 * that stand for others of their user.
 */
export type Names = 'all' | 'ends' | 'users';

/** What to look at: `also` are sessions of which the run must know whether they are listed. */
interface Wanted {
  readonly names: Names;
  readonly also: readonly Lsid[];
}

/** Reads the least that tells what a policy means for all sessions; undefined if that is everything. */
export async function glance(
  deployment: Deployment,
  policy: Policy,
  wanted: Wanted,
  known: Known,
): Promise<Glance | undefined> {
  if (wanted.names === 'all') return undefined;
  const oldest =
    wanted.names === 'users' ? await glanceAtOldest(deployment, policy, wanted.also, known) : undefined;
  return oldest ?? glanceAtMatching(deployment, policy, wanted, known);
}

/**
 * Has the server group the sessions by owner where that tells as much: of each owner, the one unused longest stands
 * for the others. Undefined where it does not, and where to read those that matter is as fast.
 */
async function glanceAtOldest(
  deployment: Deployment,
  policy: Policy,
  also: readonly Lsid[],
  known: Known,
): Promise<Glance | undefined> {
  if (!oldestDecides(policy)) return undefined;
  const seen = await lookAtOldest(deployment, also);
  if (seen === undefined) return undefined;
  const surveyed = await surveyOf(seen, deployment, policy, known);
  const { snapshot, contextOf } = surveyed;
  // With one of these some sessions of a user may be undecided, and others not.
  const named = snapshot.sessions.every(({ user }) => user !== undefined);
  if (!named || contextOf(snapshot).silentMembers.length > 0) return undefined;
  const { standsFor } = seen;
  const ends = decide(snapshot.sessions, policy, contextOf(snapshot))
    .filter(({ verdict }) => verdict === 'terminate')
    .reduce((sum, verdict) => sum + sessionsOf(verdict, standsFor), 0);
  // So few are told one by one.
  return ends > mostEach ? { ...surveyed, standsFor } : undefined;
}

/**
 * Reads those sessions only that could matter, since mostly few are to end. Whoever is selected as a whole user is
 * then read in full, so that the verdicts are those of the whole listing. Undefined if only that will do.
 * Where not every session need be named, one of a user may stand for others that come to the same.
 */
async function glanceAtMatching(
  deployment: Deployment,
  policy: Policy,
  { names, also }: Wanted,
  known: Known,
): Promise<Glance | undefined> {
  if (!mayNarrow(policy)) return undefined;
  const nothing = (now: number): Snapshot => ({ serverTime: now, sessions: [], silentMembers: [] });
  const facts = factsOf(deployment, known);
  const contextOf = (snapshot: Snapshot): Context => makeContext(snapshot, policy, facts, known.at);
  const digest =
    names === 'users' && decidesAlone(policy) ? makeDigest(policy, known.uidOf, contextOf) : undefined;
  const seen = await survey(deployment, policy, known, {
    also,
    narrow: (now) => narrowPolicy(policy, contextOf(nothing(now))),
    digest,
  });
  // Nothing was left out: this is the whole listing.
  if (seen.seen.owners === undefined) return seen;
  const more = usersToReadInFull(seen, policy);
  if (more.length === 0) {
    const standsFor = digest?.standsFor();
    return { ...seen, unread: countUnread(seen, policy, known, standsFor), standsFor };
  }

  const rest = await listRecords(deployment.primary, only('_id.uid', more)).catch((error: unknown) => {
    throw deployment.failureOf(error);
  });
  const collection = [...seen.seen.collection, ...rest];
  const whole = await surveyOf({ ...seen.seen, collection }, deployment, policy, known);
  return { ...whole, unread: countUnread(whole, policy, known) };
}

/**
 * Users of whom not all was read and every session counts: one that may select its user does, whether or not it was
 * ended before.
 */
function usersToReadInFull({ seen, snapshot, contextOf }: Survey, policy: Policy): Uid[] {
  if (policy.rules.every(({ terminate }) => terminate === 'sessions')) return [];
  const partly = partlyReadOwners(snapshot, seen.owners);
  const theirs = snapshot.sessions.filter(({ lsid }) => partly.has(lsid.uid));
  const selected = decide(theirs, policy, contextOf(snapshot)).flatMap((each) =>
    each.verdict === 'terminate' && each.wholeUser ? [each.session.lsid.uid] : [],
  );
  return [...new Set(selected)];
}

/** Whether what was left out can be counted by its owners' names alone. */
function mayNarrow({ exemptions }: Policy): boolean {
  return exemptions.every(({ criteria }) =>
    criteria.every(({ about, needs }) => about !== 'session' && needs.size === 0),
  );
}

/** Sessions that no rule can match: exempt if their owner is, retained otherwise (P1). */
function countUnread(
  survey: Survey,
  policy: Policy,
  { uidOf }: Known,
  standsFor?: Glance['standsFor'],
): Unread {
  const { seen, snapshot, contextOf } = survey;
  const unread = { exempt: 0, builtIn: 0, retain: 0 };
  const context = contextOf(snapshot);
  // With all that each of them stands for.
  const read = countByOwner(snapshot.sessions.filter(isListed), ({ lsid }) => standsFor?.get(lsid) ?? 1);
  const named = new Map(namedUsers(policy).map((name) => [uidOf(name), name]));
  for (const { uid, count, user = named.get(uid) } of seen.owners ?? []) {
    const left = Math.max(0, count - (read.get(uid) ?? 0));
    const { truth, builtIn } = exempted(sessionOf(uid, user), policy.exemptions, context);
    if (truth !== true) unread.retain += left;
    else {
      unread.exempt += left;
      if (builtIn) unread.builtIn += left;
    }
  }
  return unread;
}
