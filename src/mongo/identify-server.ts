import { identifyServerName } from 'mongodb-build-info';
import {
  MongoCompatibilityError,
  MongoError,
  MongoServerError,
  type Document,
  type MongoClient,
} from 'mongodb';
import { ReaperError } from '../errors.ts';
import type { Hello } from './answers.ts';
import { openDeadline, within } from './deadline.ts';

/** Whether a server’s `hello` is that of a router (mongos) of a sharded cluster. */
export function isRouter({ msg }: Pick<Hello, 'msg'>): boolean {
  return msg === 'isdbgrid';
}

const oldestWireVersion = 17; // MongoDB 6.0

/** By the names that their own documentation uses. */
const productNames: Readonly<Record<string, string>> = {
  cosmosdb: 'Azure Cosmos DB',
  documentdb: 'Amazon DocumentDB',
  ferretdb: 'FerretDB',
  firestore: 'Google Firestore',
  pg_documentdb: 'DocumentDB for PostgreSQL',
};

const supported = 'reaper supports MongoDB 6.0 and later: standalone, replica set, or through mongos';

/**
 * Refuses, with a ReaperError, what only looks like MongoDB: it has neither MongoDB’s sessions nor its kill, and
 * guessing there ends in a lie. So it does with a MongoDB that is too old, and with a cluster’s config servers.
 */
export async function refuseOthers(
  client: Pick<MongoClient, 'db'>,
  hello: Document,
  uri: string,
): Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  const server = await identifyServerName({
    connectionString: uri,
    // One after another: for two at once the driver opens a second connection, and logs in again.
    adminCommand(command) {
      const name = Object.keys(command)[0] ?? 'a command';
      const answer = before.then(() => within(openDeadline, name, client.db('admin').command(command)));
      before = answer.catch(() => undefined);
      return answer;
    },
  });
  if (server !== 'mongodb') {
    const name = productNames[server] ?? 'another product that speaks MongoDB’s protocol';
    throw unsupported(`this server is ${name}, not MongoDB`, supported);
  }
  if (!(hello['maxWireVersion'] >= oldestWireVersion))
    throw unsupported('this MongoDB is older than 6.0', 'upgrade the server');
  if (hello['configsvr'] !== undefined) {
    throw unsupported(
      'this is a config server of a sharded cluster, which knows only its own sessions',
      'name the cluster’s routers (mongos) in the connection string',
    );
  }
}

/** What a ReaperError says of an error that only a server which is not supported gives; undefined for others. */
export function unsupportedBy(error: unknown, message: string): ReaperError | undefined {
  if (error instanceof MongoServerError && error.code === atlasProxy) {
    return unsupported(
      `this is a free or Flex cluster of Atlas, which refuses what reaper needs: ${message}`,
      'move to a dedicated cluster (M10 or larger); $listSessions, $currentOp and killAllSessionsByPattern do not exist on the others',
      error,
    );
  }
  if (isTooOldForDriver(error)) return unsupported(`this server is too old: ${message}`, supported, error);
  return undefined;
}

/** Whether a login was refused: 18 by MongoDB itself, 8000 with these words by the proxy of Atlas. */
export function isRefusedLogin({ code, message }: MongoServerError): boolean {
  return code === 18 || (code === atlasProxy && /bad auth|authentication failed/i.test(message));
}

/**
 * AtlasError: only the proxy before Atlas’s free, Flex and serverless clusters answers so. A dedicated cluster is
 * a MongoDB without it, whose refusals have MongoDB’s own codes.
 */
const atlasProxy = 8000;

/** The driver itself turns away what is older than MongoDB 4.4, and says so inside of what it throws. */
function isTooOldForDriver(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  return error instanceof MongoCompatibilityError || isTooOldForDriver(error.cause);
}

function unsupported(what: string, remedy: string, cause?: unknown): ReaperError {
  return new ReaperError('unsupported-server', what, { remedy, cause });
}
