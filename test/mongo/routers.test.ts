import { UUID, type Document } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/mongo/deployment.ts';
import { look } from '../../src/mongo/look.ts';
import { takeSnapshot } from '../../src/snapshot.ts';
import { rememberingUidOf } from '../../src/mongo/uid.ts';
import type { Listening } from '../support/mongos/listen.ts';
import { helloOf, startScriptedServer, type Script } from '../support/mongos/scripted-server.ts';
import { aServer, ownOperation, rows } from './a-server.ts';

const started: Listening[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function start(script: Script): Promise<string> {
  const server = await startScriptedServer(script);
  started.push(server);
  return server.address;
}

/** A router of a cluster with one shard, whose primary is at this host. */
function aRouter(host: string, changes: Script = {}): Script {
  const onShard = ownOperation('reaper@admin', { shard: 'shard-1', host, type: 'op', active: true });
  return aServer({ hello: helloOf({ msg: 'isdbgrid' }), aggregate: onShard, ...changes });
}

const connectTo = (...addresses: string[]) => connect({ uri: `mongodb://${addresses.join(',')}/` });

describe('routers', () => {
  it('are the members of a sharded cluster, all that the connection string names', async () => {
    const [a, b] = [await start(aRouter('db1:27018')), await start(aRouter('db1:27018'))];
    await using deployment = await connectTo(a, b);
    expect(deployment).toMatchObject({ topology: 'sharded', name: `${a},${b}`, membersComplete: false });
    expect(deployment.members).toMatchObject([
      { address: a, role: 'router', version: '7.0.15', error: undefined },
      { address: b, role: 'router', version: '7.0.15', error: undefined },
    ]);
  });

  it('the one that refreshes least often counts', async () => {
    const slow = aRouter('db1:27018', { getParameter: { logicalSessionRefreshMillis: 900_000 } });
    await using deployment = await connectTo(await start(slow), await start(aRouter('db1:27018')));
    expect(deployment).toMatchObject({ refreshMillis: 900_000, refreshMillisKnown: true });
  });

  it('one that is down is a failure of that member', async () => {
    const up = await start(aRouter('db1:27018'));
    await using deployment = await connectTo('127.0.0.1:1', up);
    expect(deployment.members).toMatchObject([
      { address: '127.0.0.1:1', role: 'router', error: expect.stringContaining('ECONNREFUSED') },
      { address: up, error: undefined },
    ]);
  });

  it('of two clusters are refused: a uid names a user in both', async () => {
    const [a, b] = [await start(aRouter('db1:27018')), await start(aRouter('db2:27018'))];
    await expect(connectTo(a, b)).rejects.toMatchObject({
      code: 'uri-invalid',
      message: `${a} and ${b} are routers of different clusters: they have no shard in common`,
    });
  });

  it('an account that may not see their shards is told so later, by what it lacks', async () => {
    const blind = aRouter('db1:27018', {
      aggregate: (command) =>
        command['pipeline'][0].$currentOp.localOps === true
          ? ownOperation('reaper@admin')(command)
          : { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized on admin' },
    });
    await using deployment = await connectTo(await start(blind), await start(aRouter('db2:27018')));
    expect(deployment.members.map(({ error }) => error)).toEqual([undefined, undefined]);
  });
});

describe('a connection string that names a mongos and a mongod is refused', () => {
  it('where a mongos answers first', async () => {
    const [router, mongod] = [await start(aRouter('db1:27018')), await start(aServer())];
    // A standalone among several addresses never counts for the driver, so the router is what it finds.
    await expect(connectTo(mongod, router)).rejects.toMatchObject({
      code: 'uri-invalid',
      exitCode: 2,
      message: `the connection string is mixed: ${mongod} is no mongos, others are`,
    });
  });

  it('where a replica set answers first', async () => {
    const router = await start(aRouter('db1:27018'));
    let own = '';
    const mongod = await start(
      aServer({ hello: () => helloOf({ setName: 'rs', hosts: [own], me: own, primary: own }) }),
    );
    own = mongod;
    await expect(connect({ uri: `mongodb://${router},${mongod}/?replicaSet=rs` })).rejects.toMatchObject({
      code: 'uri-invalid',
      message: `the connection string is mixed: ${router} is a mongos, others are members of a replica set`,
    });
  });
});

describe('a look through a router', () => {
  /** Answers each kind of listing with these rows. */
  const answering =
    (found: { local?: Document[]; here?: Document[]; onShards?: Document[]; collection?: Document[] }) =>
    (command: Document): Document => {
      const [first] = command['pipeline'] as [Document];
      if (first['$listSessions'] !== undefined) return rows(found.collection ?? []);
      if (first['$listLocalSessions'] !== undefined) return rows(found.local ?? []);
      if (first['$currentOp'].allUsers !== true)
        return ownOperation('reaper@admin', { shard: 'shard-1', host: 'db1:27018' })(command);
      return rows((first['$currentOp'].localOps === true ? found.here : found.onShards) ?? []);
    };

  it('counts what a shard holds once, however many routers there are, and gives it no idle time', async () => {
    const ago = (millis: number): Date => new Date(Date.now() - millis);
    const lsid = ownOperation('alice@admin')({ lsid: { id: new UUID() } })['cursor'].firstBatch[0].lsid;
    const cursor = (cursorId: number) => ({
      type: 'idleCursor',
      lsid,
      cursor: { cursorId, createdDate: ago(60_000), lastAccessDate: ago(60_000) },
    });
    const onShards = [{ ...cursor(2), shard: 'shard-1', host: 'db1:27018' }];
    const first = await start(
      aRouter('db1:27018', { aggregate: answering({ here: [cursor(1)], onShards }) }),
    );
    const second = await start(aRouter('db1:27018', { aggregate: answering({ onShards }) }));
    await using deployment = await connectTo(first, second);

    const { sessions, silentMembers } = takeSnapshot(await look(deployment), rememberingUidOf());
    expect(silentMembers).toEqual([]);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.held).toEqual([`${first} cursor 1`, 'shard-1/db1:27018 cursor 2']);
    const [ofRouter, ofShard] = sessions[0]?.resources ?? [];
    expect(ofRouter?.idle).toBeGreaterThan(59_000);
    // Its clock is not known through a router.
    expect(ofShard).toMatchObject({ member: 'shard-1/db1:27018', idle: 0, open: 0, clientGone: 'unknown' });
  });

  it('fails as a whole if the shards cannot be asked, as it does without the collection', async () => {
    const deaf = (command: Document): Document => {
      const { $currentOp: options } = command['pipeline'][0];
      if (options?.allUsers === true && options.localOps !== true)
        return {
          ok: 0,
          code: 133,
          codeName: 'FailedToSatisfyReadPreference',
          errmsg: 'no primary for shard-1',
        };
      return answering({})(command);
    };
    await using deployment = await connectTo(await start(aRouter('db1:27018', { aggregate: deaf })));
    await expect(look(deployment)).rejects.toMatchObject({
      code: 'server-error',
      message: expect.stringContaining('no primary for shard-1'),
    });
  });
});
