import type { Document, MongoClient } from 'mongodb';
import { ReaperError } from '../errors.ts';
import type { Uid } from '../session.ts';
import type { HeldThing, MemberListing } from '../snapshot.ts';
import { openDeadline } from './deadline.ts';
import { isRouter } from './identify-server.ts';
import { greet, mixed, type Member, type Open } from './members.ts';
import { stagesOfOperations } from './operations.ts';
import { readDocuments } from './raw-cursor.ts';
import { parseHeldThings } from './rows.ts';

/*
 * What a router (mongos) does with the commands of a run, as its source has it (mongos_process_interface.cpp,
 * document_source_current_op.cpp, kill_sessions_remote.cpp, of MongoDB 4.4 to 8.0):
 *
 * - `$listSessions` on `config.system.sessions`, a sharded collection, lists all records.
 * - `$listLocalSessions` lists the router’s own cache: the uses through it since its last refresh. A use through
 *   another router, or of a shard directly, is seen only when it has been flushed.
 * - `$currentOp` with `localOps` shows the router’s own operations, cursors and transactions; without it those on
 *   one member of every shard, the primary. What is open on a shard’s secondary is not seen.
 * - A kill closes the router’s own cursors and operations, then goes to every member that the router knows of every
 *   shard, which hidden ones are not. If one of those fails, the answer is `HostUnreachable`, though the others
 *   did what was asked.
 *
 * So not everything can be seen through routers: `membersComplete` is false, `idle_for` keeps the margin of P3, and
 * a session that was killed is never called ended.
 */

/**
 * Connects to every router that the connection string names. One that does not answer is a failure of that
 * member. Throws a ReaperError if one is no router, or if they belong to different clusters.
 */
export async function openRouters(
  addresses: readonly string[],
  open: Open,
  wordsOf: (error: unknown) => string,
): Promise<Member[]> {
  const opened = await Promise.all(addresses.map((address) => openRouter(address, open(address), wordsOf)));
  const other = opened.find(({ kind }) => kind === 'other');
  if (other !== undefined) throw mixed(`${other.member.address} is no mongos, others are`);
  refuseTwoClusters(opened);
  return opened.map(({ member }) => member);
}

interface Opened {
  readonly member: Member;
  readonly kind: 'router' | 'other' | 'silent';
  /** The shards’ primaries that it sends to; undefined where that is not told. */
  readonly shards: ReadonlySet<string> | undefined;
}

async function openRouter(
  address: string,
  client: MongoClient,
  wordsOf: (error: unknown) => string,
): Promise<Opened> {
  try {
    const { hello, version } = await greet(client);
    const kind = isRouter(hello) ? 'router' : 'other';
    const shards = kind === 'router' ? await shardsOf(client) : undefined;
    return { member: { address, role: 'router', client, version, error: undefined }, kind, shards };
  } catch (error) {
    const member = { address, role: 'router' as const, client, version: undefined, error: wordsOf(error) };
    return { member, kind: 'silent', shards: undefined };
  }
}

/** Every operation on a shard names its server, and this question is one. Needs inprog, which is asked for later. */
async function shardsOf(client: MongoClient): Promise<ReadonlySet<string> | undefined> {
  const pipeline = [{ $currentOp: { allUsers: false } }, { $project: { shard: 1, host: 1 } }];
  const query = { ...ofRouter, pipeline, what: '$currentOp', deadline: openDeadline };
  const shards = await readDocuments(client, query, addressOf).catch((): string[] => []);
  return shards.length === 0 ? undefined : new Set(shards);
}

const ofRouter = { db: 'admin', of: 1, batchSize: 10_000 } as const;

/** A shard’s primary, as an operation on it names it. */
function addressOf({ shard, host }: Document): string {
  return `${shard}/${host}`;
}

/** Uids are the same in every cluster (T5): a kill that reached another one would end a namesake’s sessions. */
function refuseTwoClusters(opened: readonly Opened[]): void {
  const [first, ...others] = opened.filter(({ shards }) => shards !== undefined);
  const stranger = others.find(({ shards }) =>
    [...(shards ?? [])].every((shard) => !first?.shards?.has(shard)),
  );
  if (first === undefined || stranger === undefined) return;
  throw new ReaperError(
    'uri-invalid',
    `${first.member.address} and ${stranger.member.address} are routers of different clusters: they have no shard in common`,
    { remedy: 'name the routers of one cluster in a connection string' },
  );
}

/** In ms: a listing may be long, and the router waits for its slowest shard. */
const listDeadline = 120_000;

/**
 * What sessions hold on the shards, through any router, as listings of the shards’ primaries; only these users’
 * if given. Throws what the driver throws.
 */
export async function listShards(
  router: MongoClient,
  uids: readonly Uid[] | undefined,
): Promise<MemberListing[]> {
  const pipeline = stagesOfOperations(uids, 'on-shards');
  const query = { ...ofRouter, pipeline, what: 'what the shards hold', deadline: listDeadline };
  const shards = new Map<string, HeldThing[]>();
  // A shard’s clock is not known here, so its cursors get no idle time: that of the router’s own cursor counts.
  const rows = await readDocuments(
    router,
    query,
    (row) => [addressOf(row), parseHeldThings(row, 0)] as const,
  );
  for (const [address, held] of rows) {
    const ofShard = shards.get(address);
    if (ofShard === undefined) shards.set(address, [...held]);
    else for (const thing of held) ofShard.push(thing);
  }
  return Array.from(shards, ([address, held]) => ({ address, behind: 0, sessions: [], held }));
}
