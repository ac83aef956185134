import type { Document, MongoClient } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, type ConnectOptions } from '../../src/mongo/deployment.ts';
import { refuseOthers } from '../../src/mongo/identify-server.ts';
import { helloOf, startScriptedServer, type Script } from '../support/mongos/scripted-server.ts';
import { aServer, ownOperation, rows } from './a-server.ts';

let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

async function connecting(script: Script, options: Partial<ConnectOptions> = {}) {
  const server = await startScriptedServer(script);
  ({ stop } = server);
  const uri = options.uri?.replace('HOST', server.address) ?? server.uri;
  return connect({ ...options, uri });
}

const atlas = (errmsg: string): Document => ({ ok: 0, code: 8000, codeName: 'AtlasError', errmsg });

it('a MongoDB 6.0 is taken', async () => {
  await using deployment = await connecting(aServer({ hello: helloOf({ maxWireVersion: 17 }) }));
  expect(deployment).toMatchObject({ topology: 'standalone', membersComplete: true });
});

describe('is refused with a reason:', () => {
  it.each<{ what: string; script: Script; says: RegExp }>([
    {
      what: 'a MongoDB older than 6.0',
      script: aServer({ hello: helloOf({ maxWireVersion: 13 }) }),
      says: /older than 6\.0/,
    },
    {
      what: 'a server that the driver itself turns away',
      script: aServer({ hello: helloOf({ maxWireVersion: 7 }) }),
      says: /too old: .*reports maximum wire version 7/,
    },
    {
      what: 'FerretDB 1',
      script: aServer({ buildInfo: { version: '7.0.42', ferretdb: { version: 'v1.24.0' } } }),
      says: /this server is FerretDB, not MongoDB/,
    },
    {
      what: 'FerretDB 2, which is DocumentDB for PostgreSQL inside',
      script: aServer({
        buildInfo: { version: '7.0.77', ferretdb: { version: 'v2.7.0' } },
        getParameter: { ok: 0, code: 72, errmsg: 'schema "documentdb_api" does not know this parameter' },
      }),
      says: /another product that speaks MongoDB’s protocol, not MongoDB/,
    },
    {
      what: 'DocumentDB for PostgreSQL',
      script: aServer({ getParameter: { ok: 0, code: 72, errmsg: 'documentdb_api.get_parameter: unknown' } }),
      says: /this server is DocumentDB for PostgreSQL, not MongoDB/,
    },
    {
      what: 'a config server',
      script: aServer({ hello: helloOf({ configsvr: 2 }) }),
      says: /this is a config server of a sharded cluster/,
    },
    {
      what: 'a free cluster of Atlas, whose proxy knows no $currentOp',
      script: aServer({ aggregate: atlas('$currentOp is not allowed in this atlas tier') }),
      says: /free or Flex cluster of Atlas, .*: \$currentOp is not allowed in this atlas tier/,
    },
    {
      what: 'a Flex cluster of Atlas that refuses in newer words',
      script: aServer({
        connectionStatus: atlas(
          'connectionStatus is not allowed or the syntax is incorrect, see the Atlas documentation for more information',
        ),
      }),
      says: /free or Flex cluster of Atlas/,
    },
    {
      what: 'a server that shows no operation of its client’s own',
      script: aServer({ aggregate: rows([]) }),
      says: /does not show its clients their own operations/,
    },
    {
      what: 'a server whose uids are not those of MongoDB',
      script: aServer({ aggregate: ownOperation('5f0a_reaper@admin') }),
      says: /do not have the uid of that name/,
    },
  ])('$what', async ({ script, says }) => {
    await expect(connecting(script)).rejects.toMatchObject({
      code: 'unsupported-server',
      exitCode: 1,
      message: expect.stringMatching(says),
      remedy: expect.any(String),
    });
  });

  it.each([
    { host: 'docdb-2026.cluster-abc.eu-central-1.docdb.amazonaws.com:27017', name: 'Amazon DocumentDB' },
    { host: 'elastic-123.eu-central-1.docdb-elastic.amazonaws.com:27017', name: 'Amazon DocumentDB' },
    { host: 'accounts.mongo.cosmos.azure.com:10255', name: 'Azure Cosmos DB' },
    { host: 'cluster.mongocluster.cosmos.azure.com', name: 'Azure Cosmos DB' },
    { host: '01234567.europe-north2.firestore.goog:443', name: 'Google Firestore' },
  ])('$name by its host name, $host', async ({ host, name }) => {
    await expect(refuseOthers(nobody, helloOf(), `mongodb://u:p@${host}/`)).rejects.toMatchObject({
      code: 'unsupported-server',
      message: `this server is ${name}, not MongoDB`,
    });
  });
});

it.each(['cluster0-shard-00-00.nxezgv0.mongodb.net:27017', 'cluster0-shard-00-00.nxezgv0.mongodb.net:27016'])(
  'a dedicated cluster of Atlas is a MongoDB like any other: %s',
  async (host) => {
    await expect(refuseOthers(nobody, helloOf(), `mongodb://u:p@${host}/`)).resolves.toBeUndefined();
  },
);

it.each([
  { code: 18, errmsg: 'Authentication failed.' },
  { code: 8000, errmsg: 'bad auth : Authentication failed.' },
])('a login that is refused with code $code is called that, on Atlas too', async (refusal) => {
  const script = aServer({ saslStart: { ok: 0, ...refusal } });
  await expect(
    connecting(script, { uri: 'mongodb://reaper:marked-secret@HOST/?authMechanism=SCRAM-SHA-256' }),
  ).rejects.toMatchObject({
    code: 'login-refused',
    message: expect.not.stringContaining('marked-secret'),
  });
});

/** A client that is not to be asked: the host name says it all. */
const nobody = {
  db: () => ({ command: () => Promise.reject(new Error('asked')) }),
} as unknown as MongoClient;
