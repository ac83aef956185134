import { LsidMap } from '../lsid-map.ts';
import type { PlannedUser } from '../plan/plan.ts';
import type { Lsid, Uid } from '../session.ts';
import { countByOwner, isListed, type Snapshot } from '../snapshot.ts';
import { countOwners, listRecords, listRecordsOf, since } from './collection.ts';
import type { Deployment } from './deployment.ts';
import { again, listMembers, readClock, type Clock, type Look, type MemberOptions } from './look.ts';
import { only } from './operations.ts';

/** What an earlier look saw. */
export interface Earlier extends Pick<Look, 'clock'> {
  readonly snapshot: Snapshot;
  /** Of whom it left out what could not matter to it: it may now. */
  readonly partlyRead: ReadonlySet<Uid>;
  /** Whether a session’s verdict depends on no other session: then the records of those that are planned will do. */
  readonly eachAlone: boolean;
}

/**
 * Looks at these users again: at all that the members know of them now, and in the collection at all on which the
 * verdicts of their planned sessions depend, of which little is sent. Throws ReaperErrors.
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
      ? { collection: await listRecordsOf(deployment.primary, planned) }
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
  const used = [since(usedSince), ...only('_id.uid', uids)];
  return lookAt(deployment, { ...options, uids }, async () => ({
    collection: await listRecords(deployment.primary, used),
  }));
}

/** What was read of the collection, and what it still has as it was. */
type Records = Pick<Look, 'collection' | 'unchanged'>;

async function lookAt(
  deployment: Deployment,
  options: MemberOptions,
  read: (clock: Clock) => Promise<Records>,
): Promise<Look> {
  return again(deployment, async () => {
    const clock = await readClock(deployment.primary);
    const told = await listMembers(deployment, clock, options);
    return { clock, serverTime: clock.time, ...told, ...(await read(clock)) };
  });
}

/** All records of these users, of which only those are sent that may be others than before. */
async function recordsOfUsers(
  { primary, topology, refreshMillis }: Deployment,
  uids: readonly Uid[],
  { clock, snapshot, partlyRead }: Earlier,
  now: Clock,
): Promise<Records> {
  // The shards of a cluster stamp its records, and a router tells nothing of their clocks and elections.
  if (topology === 'sharded' || !isSameClock(clock, now))
    return { collection: await listRecords(primary, only('_id.uid', uids)) };
  const theirs = new Set(uids);
  const before = snapshot.sessions.filter((session) => isListed(session) && theirs.has(session.lsid.uid));
  // First the count: so it can come out as expected only if nothing has left the listing, or came in between.
  const counts = new Map((await countOwners(primary, uids)).map(({ uid, count }) => [uid, count]));
  // What a refresh was writing during the earlier look may bear a time from before it (L2).
  const changedSince = since(clock.time - 2 * refreshMillis);
  const changed = await listRecords(primary, [changedSince, ...only('_id.uid', uids)]);
  const isChanged = new LsidMap(changed.map(({ lsid }) => [lsid, true]));
  const unchanged = before.filter(({ lsid }) => !isChanged.has(lsid));

  const found = countByOwner([...unchanged, ...changed]);
  const unsure = new Set(
    uids.filter((uid) => partlyRead.has(uid) || (found.get(uid) ?? 0) !== (counts.get(uid) ?? 0)),
  );
  if (unsure.size === 0) return { collection: changed, unchanged };
  const readAgain = await listRecords(primary, only('_id.uid', [...unsure]));
  const isSure = ({ lsid }: { readonly lsid: Lsid }): boolean => !unsure.has(lsid.uid);
  return { collection: [...changed.filter(isSure), ...readAgain], unchanged: unchanged.filter(isSure) };
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
