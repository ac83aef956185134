import type { PlannedUser } from '../plan/plan.ts';
import type { Uid } from '../session.ts';
import type { ListedSession, Snapshot } from '../snapshot.ts';
import { countOwners, listRecords, listRecordsOf, since } from './collection.ts';
import type { Deployment } from './deployment.ts';
import {
  again,
  listMembers,
  readClock,
  type Clock,
  type Look,
  type MemberErrors,
  type MemberOptions,
} from './look.ts';
import { only } from './operations.ts';

/** What an earlier look saw. */
export interface Earlier extends Pick<Look, 'clock' | 'owners'> {
  readonly snapshot: Snapshot;
  /** Whether a session’s verdict depends on no other session: then the records of those that are planned will do. */
  readonly eachAlone: boolean;
}

/**
 * Looks at these users again: at all that the members know of them now, and in the collection at what may have
 * changed. It comes to what reading all of their records would, and sends a part of it. Throws ReaperErrors.
 */
export async function lookAgain(
  deployment: Deployment,
  users: readonly PlannedUser[],
  earlier: Earlier,
  options: MemberOptions,
): Promise<Look> {
  const uids = users.map(({ uid }) => uid);
  // Of some records none may tell the name.
  const owners = users.map(({ uid, user }) => ({ uid, user, count: 0 }));
  const planned = users.flatMap(({ sessions }) => sessions.map(({ session }) => session.lsid));
  const seen = await lookAt(deployment, { ...options, uids }, async (clock) =>
    earlier.eachAlone
      ? listRecordsOf(deployment.primary, planned)
      : recordsOfUsers(deployment, uids, earlier, clock),
  );
  return { ...seen, owners };
}

/** Looks at what is left of these users' sessions, and of the collection at what was used since, ms since the epoch. */
export async function lookAfter(
  deployment: Deployment,
  uids: readonly Uid[],
  usedSince: number,
  options: MemberOptions,
): Promise<Look> {
  return lookAt(deployment, { ...options, uids }, async () =>
    listRecords(deployment.primary, [since(usedSince), ...only('_id.uid', uids)]),
  );
}

async function lookAt(
  deployment: Deployment,
  options: MemberOptions,
  read: (clock: Clock) => Promise<ListedSession[]>,
): Promise<Look> {
  return again(deployment, async () => {
    const clock = await readClock(deployment.primary);
    const failed: MemberErrors = { errors: new Map(), hanging: new Set() };
    const members = await listMembers(deployment, clock, options, failed);
    return { clock, serverTime: clock.time, members, ...failed, collection: await read(clock) };
  });
}

/** All records of these users, of which only those are sent that may be others than before. */
async function recordsOfUsers(
  { primary, topology, refreshMillis }: Deployment,
  uids: readonly Uid[],
  { clock, snapshot, owners = [] }: Earlier,
  now: Clock,
): Promise<ListedSession[]> {
  // The shards of a cluster stamp its records, and a router tells nothing of their clocks and elections.
  if (topology === 'sharded' || !isSameClock(clock, now)) return listRecords(primary, only('_id.uid', uids));
  const known = recordsByOwner(snapshot, uids);
  const sizeOf = (uid: Uid): number => known.get(uid)?.size ?? 0;
  // Of these the earlier look left out what could not matter to it: it may now.
  const partlyRead = new Set(owners.flatMap(({ uid, count }) => (sizeOf(uid) < count ? [uid] : [])));
  // First the count: so it can come out as expected only if nothing has left the listing, or came in between.
  const counts = new Map((await countOwners(primary, uids)).map(({ uid, count }) => [uid, count]));
  // What a refresh was writing during the earlier look may bear a time from before it (L2).
  const changed = since(clock.time - 2 * refreshMillis);
  for (const record of await listRecords(primary, [changed, ...only('_id.uid', uids)]))
    known.get(record.lsid.uid)?.set(record.lsid.id, record);
  const unsure = uids.filter((uid) => partlyRead.has(uid) || sizeOf(uid) !== (counts.get(uid) ?? 0));
  for (const uid of unsure) known.delete(uid);
  const rest = unsure.length === 0 ? [] : await listRecords(primary, only('_id.uid', unsure));
  return [...known.values()].flatMap((records) => [...records.values()]).concat(rest);
}

function recordsByOwner({ sessions }: Snapshot, uids: readonly Uid[]): Map<Uid, Map<string, ListedSession>> {
  const byOwner = new Map(uids.map((uid) => [uid, new Map<string, ListedSession>()]));
  for (const { lsid, flushed, user } of sessions)
    if (flushed !== undefined) byOwner.get(lsid.uid)?.set(lsid.id, { lsid, lastUse: flushed, user });
  return byOwner;
}

/** In ms: by so much a clock may drift within a run. */
const drift = 1000;

/**
 * Whether the same server is still the primary, and nobody has set its clock: then whatever was written since bears
 * a time after the earlier look.
 */
function isSameClock(before: Clock, now: Clock): boolean {
  const doubt = before.uncertainty + now.uncertainty + drift;
  const isSameTerm = before.term !== undefined && before.term === now.term;
  return isSameTerm && Math.abs(now.ahead - before.ahead) <= doubt;
}
