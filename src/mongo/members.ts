import type { MongoClient } from 'mongodb';
import { ReaperError } from '../errors.ts';
import type { Account } from './account.ts';
import { parseDataBearing, parseHello, parseVersion, type Hello } from './answers.ts';
import { openDeadline, within } from './deadline.ts';
import { isRouter } from './identify-server.ts';
import { refuseNoAddress } from './uri.ts';

/** One server that a run talks to directly: data-bearing (T7), or a router of a sharded cluster (T8). */
export interface Member {
  readonly address: string;
  readonly role: 'primary' | 'secondary' | 'hidden' | 'standalone' | 'router' | 'unknown';
  readonly client: MongoClient;
  readonly version: string | undefined;
  /** Why it did not answer; undefined if it did. */
  readonly error: string | undefined;
}

/** Makes a client for exactly the server at an address; it connects at first use. */
export type Open = (address: string) => MongoClient;

/** All data-bearing members. Only the configuration names hidden ones (T7), so without it the list may be short. */
export async function findMembers(
  client: MongoClient,
  hello: Hello,
  account: Account,
): Promise<{ addresses: string[]; complete: boolean }> {
  if (hello.setName === undefined) {
    const [host] = client.options.hosts;
    if (hello.me !== undefined) refuseNoAddress(hello.me);
    return { addresses: [hello.me ?? String(host)], complete: true };
  }
  if (!account.actions.has('replSetGetConfig')) {
    return { addresses: [...hello.hosts], complete: false };
  }
  const asked = client.db('admin').command({ replSetGetConfig: 1 });
  const config = await within(openDeadline, 'replSetGetConfig', asked);
  return { addresses: parseDataBearing(config), complete: true };
}

/**
 * Connects to one member; never throws, since a member that cannot be reached is a failure of that member. `said` is
 * its `hello`, if it has just been asked.
 */
export async function openMember(
  address: string,
  client: MongoClient,
  { setName, wordsOf, said }: { setName: unknown; wordsOf: (error: unknown) => string; said?: Hello },
): Promise<Member> {
  try {
    const { hello, version } = await greet(client, said);
    const error = strangerWords(address, setName, hello);
    return { address, role: roleOf(hello), client, version, error };
  } catch (error) {
    return { address, role: 'unknown', client, version: undefined, error: wordsOf(error) };
  }
}

/**
 * What a server says of itself, or has `said` already. Throws what the driver throws, NoAnswer, or a ReaperError if it
 * makes no sense.
 */
export async function greet(client: MongoClient, said?: Hello): Promise<{ hello: Hello; version: string }> {
  const admin = client.db('admin');
  const hello = said ?? parseHello(await within(openDeadline, 'hello', admin.command({ hello: 1 })));
  const buildInfo = await within(openDeadline, 'buildInfo', admin.command({ buildInfo: 1 }));
  return { hello, version: parseVersion(buildInfo) };
}

/**
 * Throws a ReaperError if one of these addresses, which the connection string names beside the set’s members, is
 * a router’s: the set would be a shard of its cluster, and its sessions are used through the routers.
 */
export async function refuseRouters(addresses: readonly string[], open: Open): Promise<void> {
  await Promise.all(
    addresses.map(async (address) => {
      // What does not answer here is no member, and not needed.
      const answer = await greet(open(address)).catch(() => undefined);
      if (answer !== undefined && isRouter(answer.hello))
        throw mixed(`${address} is a mongos, others are members of a replica set`);
    }),
  );
}

/** The error of a connection string that names routers and other servers; `which` says which is what. */
export function mixed(which: string): ReaperError {
  return new ReaperError('uri-invalid', `the connection string is mixed: ${which}`, {
    remedy:
      'name every mongos of the cluster and nothing else, or members of one replica set and nothing else',
  });
}

/**
 * Whoever answers at a member's address must be that member. Uids are the same in every deployment (T5): a kill
 * that reached another one would end a namesake's sessions.
 */
function strangerWords(address: string, setName: unknown, hello: Hello): string | undefined {
  if (hello.setName === setName && (setName === undefined || hello.me === address)) return undefined;
  return `another server answers at this address: ${hello.me} of ${hello.setName ?? 'no replica set'}`;
}

function roleOf(hello: Hello): Member['role'] {
  if (hello.setName === undefined) return 'standalone';
  if (hello.isWritablePrimary) return 'primary';
  if (hello.hidden) return 'hidden';
  return hello.secondary ? 'secondary' : 'unknown';
}
