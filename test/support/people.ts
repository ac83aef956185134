import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, UUID, type ClientSession, type Document, type FindCursor } from 'mongodb';
import type { Deployment } from './deployment-access.ts';

export const documents = 200;
const password = 'a p@ss/word:%';

/** One who uses the database, with clients of their own. */
export interface Person {
  readonly name: string;
  /** `user@db`, as listed. */
  readonly listed: string;
  memberUri(member: string): string;
  /** Connected to the set, or directly to one member. */
  client(member?: string): Promise<MongoClient>;
}

/** Makes users and clients for one test file, and takes them away again. */
export function people(deployment: Deployment) {
  const clients: MongoClient[] = [];
  const open = async (uri: string): Promise<MongoClient> => {
    const client = new MongoClient(uri);
    clients.push(client);
    return client.connect();
  };
  let root: Promise<MongoClient> | undefined;
  const asRoot = (): Promise<MongoClient> => (root ??= open(deployment.uri()));

  return {
    root: asRoot,

    /** A user who may read and write everywhere; the name gets a random tail unless it is exact. */
    async person(name: string, { db = 'admin', exact = false } = {}): Promise<Person> {
      const full = exact ? name : `${name}-${randomBytes(3).toString('hex')}`;
      const admin = await asRoot();
      await admin.db(db).command({
        createUser: full,
        pwd: password,
        roles: [{ role: 'readWriteAnyDatabase', db: 'admin' }],
        writeConcern: { w: deployment.members.length },
      });
      return {
        name: full,
        listed: `${full}@${db}`,
        memberUri: (member) => deployment.memberUri(member, full, password, db),
        client: (member) =>
          open(
            member === undefined
              ? deployment.uri(full, password, db)
              : deployment.memberUri(member, full, password, db),
          ),
      };
    },

    /** An account for reaper with these actions on the cluster, and its connection string. */
    async reaperUri(actions: readonly string[], more: readonly object[] = []): Promise<string> {
      const name = `reaper-${randomBytes(3).toString('hex')}`;
      const admin = (await asRoot()).db('admin');
      const writeConcern = { w: deployment.members.length };
      const cluster = actions.length === 0 ? [] : [{ resource: { cluster: true }, actions }];
      const privileges = [...cluster, ...more];
      await admin.command({ createRole: name, privileges, roles: [], writeConcern });
      await admin.command({ createUser: name, pwd: password, roles: [name], writeConcern });
      return deployment.uri(name, password);
    },

    /** A collection with documents that every member has. */
    async collection(count = documents): Promise<void> {
      const collection = (await asRoot()).db('test').collection('things');
      if ((await collection.countDocuments()) > 0) return;
      const rows = Array.from({ length: count }, (_, at) => ({ at }));
      await collection.insertMany(rows, { writeConcern: { w: deployment.members.length } });
    },

    /** Waits until all of these sessions are listed, and unused for so long by the list: a refresh may be late. */
    async untilIdle(millis: number, ...ids: readonly string[]): Promise<void> {
      const sessions = (await asRoot()).db('config').collection('system.sessions');
      const lastUse = { $lte: ['$lastUse', { $subtract: ['$$NOW', millis] }] };
      const $match = { '_id.id': { $in: ids.map((id) => new UUID(id)) }, $expr: lastUse };
      const idle = () => sessions.aggregate([{ $listSessions: { allUsers: true } }, { $match }]).toArray();
      while ((await idle()).length < ids.length) await sleep(100);
    },

    /** Waits until none of these sessions is listed any more. */
    async untilGone(...ids: readonly string[]): Promise<void> {
      const sessions = (await asRoot()).db('config').collection('system.sessions');
      const $match = { '_id.id': { $in: ids.map((id) => new UUID(id)) } };
      const left = () => sessions.aggregate([{ $listSessions: { allUsers: true } }, { $match }]).toArray();
      while ((await left()).length > 0) await sleep(100);
    },

    async close(): Promise<void> {
      await Promise.allSettled(clients.map((client) => client.close()));
    },
  };
}

/** Everything that reaper may need; `getParameter` lets it know this set's fast refresh. */
export const everyAction = [
  'listSessions',
  'inprog',
  'killAnySession',
  'impersonate',
  'replSetGetConfig',
  'getParameter',
];

/** A cursor in a session of its own, of which one document was read. */
export interface OpenCursor {
  readonly session: ClientSession;
  readonly id: string;
  /** Reads it to its end; returns how many documents came in all, or the name of the server's error. */
  drain(): Promise<number | string>;
}

/** Opens a cursor in a new session of this client. */
export async function openCursor(client: MongoClient): Promise<OpenCursor> {
  const session = client.startSession();
  const cursor: FindCursor<Document> = client
    .db('test')
    .collection('things')
    .find({}, { session, batchSize: 10 });
  await cursor.next();
  return {
    session,
    id: idOf(session),
    async drain() {
      let seen = 1;
      try {
        while ((await cursor.next()) !== null) seen += 1;
        return seen;
      } catch (error) {
        return errorName(error);
      }
    },
  };
}

/** The UUID of a session, as reaper shows it. */
export function idOf(session: ClientSession): string {
  return session.id?.id.toUUID().toString() ?? '';
}

/** The name that the server gave its error. */
export function errorName(error: unknown): string {
  const { codeName, message } = error as { codeName?: string; message: string };
  return codeName ?? message;
}
