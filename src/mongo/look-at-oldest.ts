import { randomUUID } from 'node:crypto';
import { LsidMap, type ReadonlyLsidMap } from '../lsid-map.ts';
import { parseSessionId, type Lsid } from '../session.ts';
import { listRecordsOf, oldestOfOwners } from './collection.ts';
import type { Deployment } from './deployment.ts';
import { again, listMembers, lsidsOf, readClock, type Look } from './look.ts';

/** Below so many it is no slower to read all. */
const fewest = 2_000;

/** Of these the server may have to leave out one by one. */
const mostKnown = 1_000;

/** One record of each owner stands for all of the owner’s that no member knows: it has the earliest last use of these. */
export interface OldestLook extends Look {
  /** By the lsid that such a record was given; no session has it. */
  readonly standsFor: ReadonlyLsidMap<number>;
}

/**
 * Looks as `look` does, and has the server group the records that no member knows and that are not among `also`.
 * Undefined where that is not worth it. Throws ReaperErrors.
 */
export async function lookAtOldest(
  deployment: Deployment,
  also: readonly Lsid[],
): Promise<OldestLook | undefined> {
  // Clients choose the ids of their sessions: one that could be foreseen might be somebody's.
  const standIn = parseSessionId(randomUUID());
  return again(deployment, async () => {
    const { primary } = deployment;
    const clock = await readClock(primary);
    const told = await listMembers(deployment, clock, {});
    const known = [...told.members.flatMap(lsidsOf), ...also];
    if (known.length > mostKnown) return undefined;
    const records = await listRecordsOf(primary, known);
    const owners = await oldestOfOwners(primary, records);
    if (owners.reduce((sum, { count }) => sum + count, 0) < fewest) return undefined;
    const oldest = owners.map(({ uid, lastUse, user }) => ({ lsid: { id: standIn, uid }, lastUse, user }));
    return {
      clock,
      serverTime: clock.time,
      ...told,
      collection: [...records, ...oldest],
      standsFor: new LsidMap(owners.map(({ uid, count }) => [{ id: standIn, uid }, count])),
    };
  });
}
