import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

/**
 * Starts a real sharded cluster with access control: a config server, a shard of two members and two routers, from
 * the mongod and mongos of the folder that the first argument names. Prints the connection string for
 * `REAPER_TEST_MONGOS_URI`, and leaves the servers running; CI ends them with the job.
 */
const [binaries] = process.argv.slice(2);
if (binaries === undefined) throw new Error('usage: tsx start-cluster.ts FOLDER-OF-MONGOD-AND-MONGOS');

const folder = await mkdtemp(join(tmpdir(), 'reaper-cluster-'));
const keyFile = join(folder, 'key');
await writeFile(keyFile, randomBytes(48).toString('base64'), { mode: 0o400 });
const admin = { user: 'admin', pwd: randomBytes(12).toString('base64url') };

const configServers = await startReplicaSet('config', '--configsvr', 1);
const shard = await startReplicaSet('shard-1', '--shardsvr', 2);
const routers = [await startRouter(configServers), await startRouter(configServers)];

await using first = await connect(routers[0]!);
// The first user of a cluster may be made by whoever is on the same host.
await first.db('admin').command({ createUser: admin.user, pwd: admin.pwd, roles: ['root'] });
const uri = `mongodb://${admin.user}:${admin.pwd}@${routers.join(',')}/?authSource=admin`;
await using client = await MongoClient.connect(uri);
await client.db('admin').command({ addShard: shard });
await untilSessionsAreKept(client);
console.log(uri);
process.exit(0);

/** Returns its name as `--configdb` and `addShard` want it. */
async function startReplicaSet(name: string, role: string, count: number): Promise<string> {
  const addresses: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const dbpath = join(folder, `${name}-${at}`);
    await mkdir(dbpath);
    addresses.push(await start('mongod', [role, '--replSet', name, '--dbpath', dbpath]));
  }
  // Each must listen before it can be asked to be a member.
  const clients = await Promise.all(addresses.map(connect));
  const members = addresses.map((host, _id) => ({ _id, host }));
  await clients[0]
    ?.db('admin')
    .command({ replSetInitiate: { _id: name, members, ...(role === '--configsvr' && { configsvr: true }) } });
  await Promise.all(clients.map((each) => each.close()));
  return `${name}/${addresses.join(',')}`;
}

async function startRouter(configServers: string): Promise<string> {
  return start('mongos', ['--configdb', configServers]);
}

/** Returns the address that it will listen at. */
async function start(program: string, args: readonly string[]): Promise<string> {
  const port = await freePort();
  const log = await open(join(folder, `${program}-${port}.log`), 'w');
  const common = ['--port', `${port}`, '--bind_ip', '127.0.0.1', '--keyFile', keyFile];
  // As all servers of these tests: what is listed is fresh within a second.
  const fresh = ['--setParameter', 'logicalSessionRefreshMillis=500'];
  const child = spawn(join(binaries!, program), [...args, ...common, ...fresh], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await once(child, 'spawn');
  child.unref();
  await log.close();
  return `127.0.0.1:${port}`;
}

async function connect(address: string): Promise<MongoClient> {
  return MongoClient.connect(`mongodb://${address}/?directConnection=true&serverSelectionTimeoutMS=60000`);
}

/** The config server makes the collection of sessions once there is a shard for it. */
async function untilSessionsAreKept(client: MongoClient): Promise<void> {
  const collections = client.db('config').collection<{ _id: string }>('collections');
  while ((await collections.countDocuments({ _id: 'config.system.sessions' })) === 0) await sleep(200);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
