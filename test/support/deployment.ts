import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { MongoClient, type Db } from 'mongodb';
import { MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server-core';
import { deploymentFrom, type Deployment, type DeploymentDescription } from './deployment-access.ts';
import { findMongod, type Say } from './mongod/find-mongod.ts';

export interface StartOptions {
  setParameters?: Record<string, string | number>;
  /** Told in a line where the mongod comes from; says nothing by default. */
  say?: Say;
}

/** A set whose mongods this process started: nobody else can start one of them again. */
export interface OwnSet extends Deployment {
  /** Kills the mongod at this address with SIGKILL and waits until its process is gone: no last word, no last write. */
  kill(address: string): Promise<void>;
  /** Starts it again with its port and its data, and waits until every member is at work. */
  revive(address: string): Promise<void>;
}

const LAUNCH_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = 60_000;

/** Starts a replica set with access control and waits until every member is at work; `members` are without arbiters. */
export async function startReplicaSet(
  options: StartOptions & { members?: number; hidden?: number; arbiters?: number } = {},
): Promise<OwnSet> {
  const { members = 3, hidden = 0, arbiters = 0 } = options;
  const bearing = members + hidden;
  const admin = newAdmin();
  const replicaSet = await MongoMemoryReplSet.create({
    binary: await binary(options.say),
    instanceOpts: Array.from({ length: bearing + arbiters }, (_, index) => ({
      launchTimeout: LAUNCH_TIMEOUT_MS,
      replicaMemberConfig:
        index < members
          ? {}
          : index < bearing
            ? { hidden: true, priority: 0, votes: 0 }
            : { arbiterOnly: true },
    })),
    replSet: {
      name: 'rs',
      storageEngine: 'wiredTiger',
      args: serverArguments(options.setParameters),
      auth: { ...authentication(admin), keyfileContent: randomBytes(48).toString('base64') },
      configSettings: STARTING,
    },
  });
  const description = {
    ...admin,
    replicaSet: 'rs',
    members: replicaSet.servers
      .slice(0, bearing)
      .map((server, index) => describeMember(server, index >= members)),
  };
  const deployment = deploymentFrom(description, () => stop(replicaSet.servers, replicaSet));
  try {
    await settle(deployment);
  } catch (error) {
    await deployment.stop();
    throw error;
  }
  return Object.assign(deployment, killingAndReviving(deployment, replicaSet.servers));
}

/** Starts a single mongod, by default with access control. */
export async function startStandalone(options: StartOptions & { auth?: boolean } = {}): Promise<Deployment> {
  const { auth = true } = options;
  const admin = auth ? newAdmin() : { adminUser: '', adminPassword: '' };
  const server = await MongoMemoryServer.create({
    binary: await binary(options.say),
    instance: {
      launchTimeout: LAUNCH_TIMEOUT_MS,
      storageEngine: 'wiredTiger',
      args: serverArguments(options.setParameters),
    },
    ...(auth ? { auth: authentication(admin) } : {}),
  });
  const description: DeploymentDescription = { ...admin, members: [describeMember(server, false)] };
  return deploymentFrom(description, () => stop([server], server));
}

// A first election takes its timeout, so a short one saves seconds at start. Left so, a machine
// busy for a second would change its primary in the middle of a test.
const STARTING = { electionTimeoutMillis: 1000, heartbeatIntervalMillis: 200 };
const SETTLED = { electionTimeoutMillis: 5000, heartbeatIntervalMillis: 1000 };

async function binary(say: Say = () => undefined): Promise<{ systemBinary: string }> {
  const { path } = await findMongod(say);
  // Not the version that mongodb-memory-server would have fetched, and it warns of that on every start.
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] ??= 'false';
  return { systemBinary: path };
}

function newAdmin(): { adminUser: string; adminPassword: string } {
  return { adminUser: 'admin', adminPassword: randomBytes(12).toString('base64url') };
}

function authentication({ adminUser, adminPassword }: ReturnType<typeof newAdmin>) {
  return { enable: true, customRootName: adminUser, customRootPwd: adminPassword };
}

function serverArguments(setParameters: Record<string, string | number> = {}): string[] {
  // Sessions reach the session listing at each refresh, which is every five minutes by default.
  const parameters = { logicalSessionRefreshMillis: 500, ...setParameters };
  return [
    '--wiredTigerCacheSizeGB',
    '0.25',
    ...Object.entries(parameters).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
  ];
}

function describeMember(server: MongoMemoryServer, hidden: boolean) {
  const info = server.instanceInfo;
  const pid = info?.instance.mongodProcess?.pid;
  if (!info || !pid) throw new Error('mongod is not running');
  return { address: `${info.ip}:${info.port}`, hidden, pid };
}

function killingAndReviving(
  { members, uri }: Deployment,
  servers: readonly MongoMemoryServer[],
): Pick<OwnSet, 'kill' | 'revive'> {
  const at = (address: string) => {
    const index = members.findIndex((member) => member.address === address);
    const [member, server] = [members[index], servers[index]];
    if (member === undefined || server === undefined) throw new Error(`no member has the address ${address}`);
    return { member, server };
  };
  return {
    kill: (address) => killed(at(address).server),
    async revive(address) {
      const { member, server } = at(address);
      await server.stop({ doCleanup: false, force: false });
      await server.start(true);
      member.pid = describeMember(server, member.hidden).pid;
      await using client = await MongoClient.connect(uri());
      await allMembersReady(client.db('admin'));
    },
  };
}

async function settle(deployment: Deployment): Promise<void> {
  const client = await MongoClient.connect(deployment.uri());
  try {
    const admin = client.db('admin');
    await allMembersReady(admin);
    const config = (await admin.command({ replSetGetConfig: 1 }))['config'];
    config.version += 1;
    Object.assign(config.settings, SETTLED);
    await admin.command({ replSetReconfig: config });
  } finally {
    await client.close();
  }
}

async function allMembersReady(admin: Db): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const status = await admin.command({ replSetGetStatus: 1 });
    const states = (status['members'] as { stateStr: string }[]).map((member) => member.stateStr);
    if (states.every((state) => ['PRIMARY', 'SECONDARY', 'ARBITER'].includes(state))) return;
    if (Date.now() > deadline) throw new Error(`replica set not ready: members are ${states.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Kills rather than shuts down: the data is thrown away anyway, and a member hung by SIGSTOP hears nothing else. */
async function stop(
  servers: MongoMemoryServer[],
  owner: { stop(options: { doCleanup: boolean }): Promise<boolean> },
): Promise<void> {
  await Promise.all(servers.map(killed));
  await owner.stop({ doCleanup: true });
}

async function killed(server: MongoMemoryServer): Promise<void> {
  const mongod = server.instanceInfo?.instance.mongodProcess;
  if (!mongod || mongod.exitCode !== null || mongod.signalCode !== null) return;
  const ended = once(mongod, 'exit');
  mongod.kill('SIGKILL');
  await ended;
}
