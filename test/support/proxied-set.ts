import { MongoClient } from 'mongodb';
import { deploymentFrom, type Deployment } from './deployment-access.ts';
import { startReplicaSet } from './deployment.ts';
import { startProxy, type Proxy } from './proxy.ts';

/** A replica set that knows its members by the addresses of proxies, so that everybody goes through these. */
export interface ProxiedSet extends Deployment {
  /** By the address of the member. */
  readonly proxies: ReadonlyMap<string, Proxy>;
}

/** Starts a set of two members and an arbiter, whose mongods can be told to fail (`failCommand`). */
export async function startProxiedSet(setParameters: Record<string, number> = {}): Promise<ProxiedSet> {
  const set = await startReplicaSet({
    members: 2,
    arbiters: 1,
    setParameters: { enableTestCommands: 1, ...setParameters },
  });
  const proxies: Proxy[] = [];
  const stop = async (): Promise<void> => {
    await set.stop();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  };
  try {
    for (const { address } of set.members) proxies.push(await startProxy(address));
    await renameMembers(set, new Map(set.members.map(({ address }, at) => [address, proxies[at]!.address])));
  } catch (error) {
    await stop();
    throw error;
  }
  const members = set.members.map((member, at) => ({ ...member, address: proxies[at]!.address }));
  const { replicaSet = 'rs', adminUser, adminPassword } = set;
  return {
    ...deploymentFrom({ members, replicaSet, adminUser, adminPassword }, stop),
    proxies: new Map(proxies.map((proxy) => [proxy.address, proxy])),
  };
}

/** Gives the members other addresses in the configuration of their set, and waits until there is a primary again. */
async function renameMembers(set: Deployment, addresses: ReadonlyMap<string, string>): Promise<void> {
  await using client = await MongoClient.connect(set.memberUri(set.members[0]!.address));
  const admin = client.db('admin');
  const { config } = await admin.command({ replSetGetConfig: 1 });
  config.version += 1;
  for (const member of config.members) member.host = addresses.get(member.host) ?? member.host;
  await admin.command({ replSetReconfig: config, force: true });
  for (;;) {
    const { members } = await admin.command({ replSetGetStatus: 1 });
    const states = (members as { stateStr: string }[]).map(({ stateStr }) => stateStr);
    if (states.includes('PRIMARY') && states.includes('SECONDARY')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
