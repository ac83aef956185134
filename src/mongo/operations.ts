import type { Document } from 'mongodb';
import type { Uid } from '../session.ts';
import { binaryUid } from './binary.ts';

/**
 * The stages that list what sessions hold (L7, L14), only these users’ if given. `here` is the server that is
 * asked, a mongod or a router. `on-shards`, only for a router, is the primary of every shard.
 */
export function stagesOfOperations(
  uids: readonly Uid[] | undefined,
  where: 'here' | 'on-shards',
): Document[] {
  const options = { allUsers: true, idleSessions: true, idleCursors: true, localOps: where === 'here' };
  return [
    { $currentOp: options },
    { $match: { lsid: { $exists: true } } },
    ...only('lsid.uid', uids),
    { $project: where === 'here' ? { ...shown, ...shownOfClients } : { ...shown, shard: 1, host: 1 } },
  ];
}

/** The stage that leaves in only documents whose `field` is one of these users’ uids; none if all may stay. */
export function only(field: string, uids: readonly Uid[] | undefined): Document[] {
  if (uids === undefined) return [];
  return [{ $match: { [field]: { $in: uids.map(binaryUid) } } }];
}

const shown = {
  type: 1,
  lsid: 1,
  opid: 1,
  active: 1,
  effectiveUsers: 1,
  'cursor.cursorId': 1,
  'cursor.createdDate': 1,
  'cursor.lastAccessDate': 1,
  'transaction.parameters': 1,
  'transaction.timeOpenMicros': 1,
  'transaction.timeInactiveMicros': 1,
};

/** On a shard these are the router’s. */
const shownOfClients = { client: 1, appName: 1, connectionId: 1 };
