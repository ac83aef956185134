import type { MongoClient } from 'mongodb';
import { openDeadline, within } from './deadline.ts';
import { readAccount, type Account } from './account.ts';
import { parseHello, parseRefreshMillis, type Hello } from './answers.ts';
import {
  connectPrimary,
  failureOf,
  goodbye,
  memberClient,
  messageOf,
  type ClientOptions,
} from './connect.ts';
import { isRouter, refuseOthers } from './identify-server.ts';
import { findMembers, openMember, refuseRouters, type Member, type Open } from './members.ts';
import { openRouters } from './routers.ts';

/** A deployment that this run is connected to. */
export interface Deployment extends AsyncDisposable {
  readonly topology: 'replica-set' | 'standalone' | 'sharded';
  /** The replica set's name, the address of a standalone, or those of a sharded cluster's routers. */
  readonly name: string;
  /** Follows the primary, also through an election; behind mongos any router that answers. */
  readonly primary: MongoClient;
  /** Every data-bearing member; of a sharded cluster the routers that the connection string names. */
  readonly members: readonly Member[];
  /** False if hidden members could not be looked for, and behind mongos, which does not show all there is. */
  readonly membersComplete: boolean;
  readonly account: Account;
  /** How long the server keeps an unused session listed, in minutes (L6). */
  readonly sessionTimeoutMinutes: number;
  /** How late a use may reach the collection, in ms (L2), and whether the server told or it is the default. */
  readonly refreshMillis: number;
  readonly refreshMillisKnown: boolean;
  /** An error's words, without credentials. */
  readonly wordsOf: (error: unknown) => string;
  /** What an error of the primary means to a user. */
  readonly failureOf: (error: unknown) => unknown;
}

/** How to connect, and to what. */
export interface ConnectOptions extends ClientOptions {
  /** Also to a server without access control (L4), where no session has an owner: only to look, never to end. */
  readonly allowNoAuth?: boolean;
}

const defaultRefreshMillis = 300_000;

/** Connects to the primary, finds all members and reads what a run must know. Throws ReaperErrors. */
export async function connect(options: ConnectOptions): Promise<Deployment> {
  const primary = await connectPrimary(options);
  const clients = [primary];
  const wordsOf = (error: unknown): string => messageOf(error, options.uri);
  const close = async (): Promise<void> => {
    await Promise.all(clients.map(goodbye));
  };
  const open: Open = (address) => {
    const client = memberClient(address, primary.options.credentials?.source, options);
    clients.push(client);
    return client;
  };
  try {
    const answer = await within(openDeadline, 'hello', primary.db('admin').command({ hello: 1 }));
    // First: what another product answers is its own affair.
    await refuseOthers(primary, answer, options.uri);
    const hello = parseHello(answer);
    const account = await readAccount(primary, options);
    const found = isRouter(hello)
      ? await findCluster(primary, { open, wordsOf })
      : await findServers(primary, hello, { account, open, wordsOf });
    const refresh = await readRefreshMillis(primary, found, account);
    return {
      ...found,
      primary,
      account,
      sessionTimeoutMinutes: hello.logicalSessionTimeoutMinutes ?? 30,
      refreshMillis: refresh ?? defaultRefreshMillis,
      refreshMillisKnown: refresh !== undefined,
      wordsOf,
      failureOf: (error) => failureOf(error, options.uri),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw failureOf(error, options.uri);
  }
}

type Found = Pick<Deployment, 'topology' | 'name' | 'members' | 'membersComplete'>;

interface Connecting {
  readonly open: Open;
  readonly wordsOf: (error: unknown) => string;
}

/** The addresses of the connection string, also of one that DNS completes. */
function namedAddresses(primary: MongoClient): string[] {
  return [...new Set(primary.options.hosts.map(String))];
}

async function findServers(
  primary: MongoClient,
  hello: Hello,
  { account, open, wordsOf }: Connecting & { readonly account: Account },
): Promise<Found> {
  const { setName } = hello;
  const { addresses, complete } = await findMembers(primary, hello, account);
  const opening = addresses.map((address) =>
    setName === undefined
      ? // It cannot be followed anywhere else, so that its client is its member’s too, and has just said who it is.
        openMember(address, primary, { setName, wordsOf, said: hello })
      : openMember(address, open(address), { setName, wordsOf }),
  );
  const named = namedAddresses(primary);
  // Where only one server is named, it is the one that has already answered.
  if (named.length > 1)
    await refuseRouters(
      named.filter((address) => !addresses.includes(address)),
      open,
    );
  return {
    topology: setName === undefined ? 'standalone' : 'replica-set',
    name: setName ?? addresses[0] ?? 'standalone',
    members: await Promise.all(opening),
    membersComplete: complete,
  };
}

async function findCluster(primary: MongoClient, { open, wordsOf }: Connecting): Promise<Found> {
  const addresses = namedAddresses(primary);
  return {
    topology: 'sharded',
    name: addresses.join(','),
    members: await openRouters(addresses, open, wordsOf),
    membersComplete: false,
  };
}

/**
 * Asked only of an account that may: a refusal at every run would fill the server's own audit log. Each router has
 * its own, so the longest counts.
 */
async function readRefreshMillis(
  primary: MongoClient,
  { topology, members }: Found,
  account: Account,
): Promise<number | undefined> {
  if (!account.actions.has('getParameter')) return undefined;
  const routers = members.filter(({ error }) => error === undefined).map(({ client }) => client);
  const told = await Promise.all(
    (topology === 'sharded' ? routers : [primary]).map(async (client) => {
      const asked = client.db('admin').command({ getParameter: 1, logicalSessionRefreshMillis: 1 });
      return parseRefreshMillis(await within(openDeadline, 'getParameter', asked));
    }),
  );
  const known = told.filter((millis) => millis !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
