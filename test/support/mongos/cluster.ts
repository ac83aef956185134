import { ConnectionString } from 'mongodb-connection-string-url';
import type { Deployment } from '../deployment-access.ts';
import { startStandInRouter } from './stand-in-router.ts';

/** A sharded cluster with two routers, for tests. */
export interface Cluster extends Deployment {
  /** The routers’ addresses. */
  readonly routers: readonly string[];
}

/**
 * The cluster that tests run against: the real one that the environment variable `REAPER_TEST_MONGOS_URI` names
 * (sharded.test.ts says what it must be like), else two stand-ins for routers before this replica set.
 */
export async function startCluster(shard: Deployment): Promise<Cluster> {
  const real = process.env['REAPER_TEST_MONGOS_URI'];
  if (real) return clusterAt(new ConnectionString(real), () => Promise.resolve());
  const routers = [await startStandInRouter(shard), await startStandInRouter(shard)];
  const uri = new ConnectionString(
    through(
      shard.uri(),
      routers.map(({ address }) => address),
    ),
  );
  uri.searchParams.delete('replicaSet');
  return clusterAt(uri, async () => {
    await Promise.all(routers.map((router) => router.stop()));
  });
}

/** The same connection string to these addresses. */
export function through(uri: string, addresses: readonly string[]): string {
  const parsed = new ConnectionString(uri);
  parsed.hosts = [...addresses];
  return parsed.toString();
}

function clusterAt(uri: ConnectionString, stop: () => Promise<void>): Cluster {
  const [adminUser, adminPassword] = [decodeURIComponent(uri.username), decodeURIComponent(uri.password)];
  const uriFor = (
    hosts: readonly string[],
    user = adminUser,
    password = adminPassword,
    authSource = 'admin',
  ): string => {
    const own = uri.clone();
    own.username = encodeURIComponent(user);
    own.password = encodeURIComponent(password);
    own.searchParams.set('authSource', authSource);
    own.hosts = [...hosts];
    return own.toString();
  };
  const routers = [...uri.hosts];
  return {
    routers,
    // One only: as many acknowledgements are waited for when a user is made, and routers want no number above 1.
    members: routers.slice(0, 1).map((address) => ({ address, hidden: false, pid: 0 })),
    adminUser,
    adminPassword,
    uri: (...credentials) => uriFor(routers, ...credentials),
    memberUri: (address, ...credentials) => uriFor([address], ...credentials),
    stop,
  };
}
