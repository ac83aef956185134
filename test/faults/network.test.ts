import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, UUID, type Document } from 'mongodb';
import { afterAll, beforeAll, expect } from 'vitest';
import type { OutcomeName } from '../../src/terminate/outcome.ts';
import { openCursor } from '../support/people.ts';
import { startProxiedSet, type ProxiedSet } from '../support/proxied-set.ts';
import type { Passing, Proxy } from '../support/proxy.ts';
import { testBench, type Called } from '../support/reaper.ts';
import { faultTable } from './fault.ts';
import { actionsIn, afterRefresh, said, scenes, type Scene } from './scene.ts';

let set: ProxiedSet;
beforeAll(async () => {
  set = await startProxiedSet();
}, 120_000);
afterAll(() => set?.stop(), 60_000);
const { take, people, uri } = scenes(() => set, 19);

/** Where the cursors of all scenes are, and the other one. */
const theirs = (): Proxy => set.proxies.get(set.members[1]!.address)!;
const other = (): Proxy => set.proxies.get(set.members[0]!.address)!;
const both = (): Proxy[] => [theirs(), other()];

/** Does this to reaper’s messages through these proxies while the work lasts. */
async function meddling<T>(proxies: Proxy[], meddle: Proxy['meddle'], work: () => Promise<T>): Promise<T> {
  for (const proxy of proxies) proxy.meddle = meddle;
  try {
    return await work();
  } finally {
    for (const proxy of proxies) proxy.meddle = () => 'pass';
  }
}

const cutAt =
  (command: string, direction: Passing['direction']): Proxy['meddle'] =>
  (passing) =>
    passing.command === command && passing.direction === direction ? 'cut' : 'pass';

/** Lets a member answer these commands of reaper’s with an error while the work lasts. */
async function failing<T>(at: 0 | 1, data: Document, work: () => Promise<T>, times?: number): Promise<T> {
  await using client = await MongoClient.connect(set.memberUri(set.members[at]!.address));
  const configure = (mode: Document | string) =>
    client
      .db('admin')
      .command({ configureFailPoint: 'failCommand', mode, data: { appName: 'reaper', ...data } });
  await configure(times === undefined ? 'alwaysOn' : { times });
  try {
    return await work();
  } finally {
    await configure('off');
  }
}

const becauseOf = ({ json }: Called): string => json.sessions[0]?.outcome_because ?? '';

/** What the next run makes of it when all is well again. */
async function nextRun(scene: Scene, outcome: OutcomeName): Promise<string> {
  const next = said(scene, await scene.bench.run(), outcome);
  await scene.expectDead();
  return `the next run: ${next}`;
}

const table = faultTable('the network and the servers fail', 'network');

const neverAssumed = 'an answer that was lost is never assumed; the next run looks again';
const kill = 'killAllSessionsByPattern';

table.fault(`cut before the kill reaches the member where the cursors are`, neverAssumed, async () => {
  const scene = take();
  const first = await meddling([theirs()], cutAt(kill, 'request'), () => scene.bench.run());
  expect(becauseOf(first)).toMatch(/^still there after the kill.*no answer to the kill/);
  return `${said(scene, first, 'failed')}, since they are seen to live; ${await nextRun(scene, 'ended')}`;
});

table.fault(`cut before the kill reaches another member`, neverAssumed, async () => {
  const scene = take();
  const first = await meddling([other()], cutAt(kill, 'request'), () => scene.bench.run());
  expect(becauseOf(first)).toContain('no answer to the kill');
  return `${said(scene, first, 'in_doubt')}; ${await nextRun(scene, 'ended')}`;
});

table.fault(`cut after the kill, before its answer`, neverAssumed, async () => {
  const scene = take();
  const first = await meddling([theirs()], cutAt(kill, 'answer'), () => scene.bench.run());
  expect(becauseOf(first)).toContain('no answer to the kill');
  await scene.expectDead();
  const sentence = said(scene, first, 'in_doubt');
  return `${sentence}, though it was carried out; the next run: ${said(scene, await scene.bench.run(), 'ended')}`;
});

table.fault(`a kill that the server breaks off (InterruptedDueToReplStateChange)`, neverAssumed, async () => {
  const scene = take();
  const first = await failing(0, { failCommands: [kill], errorCode: 11602 }, () => scene.bench.run());
  return `${said(scene, first, 'in_doubt')}; ${await nextRun(scene, 'ended')}`;
});

table.fault(
  `a kill that the server refuses (Unauthorized)`,
  '`failed`, with the server’s words',
  async () => {
    const scene = take();
    const first = await failing(0, { failCommands: [kill], errorCode: 13 }, () => scene.bench.run());
    expect(becauseOf(first)).toContain('the kill was refused');
    return `${said(scene, first, 'failed')}; ${await nextRun(scene, 'ended')}`;
  },
);

table.fault(
  'one kill of many is refused, in two chunks',
  'only what that kill was for has failed; all else comes to its end',
  async () => {
    const scene = take();
    const crowd = await Promise.all(Array.from({ length: 17 }, () => people().person('crowd')));
    const address = set.members[1]!.address;
    for (const each of crowd) await openCursor(await each.client(address));
    // By their whole names: who owns a record that was written while its operation ran is not listed (L3).
    const names = JSON.stringify(crowd.map(({ listed }) => listed));
    const bench = await testBench(uri(), `rules: [{ name: many, when: { users: ${names} } }]`);
    const fails = { failCommands: [kill], errorCode: 13 };
    const first = await failing(1, fails, () => bench.run(), 1);
    const { ended, killed, failed, in_doubt: inDoubt } = first.json.counts;
    expect(ended + killed).toBe(16);
    expect({ failed, inDoubt, code: first.code }).toEqual({ failed: 1, inDoubt: 0, code: 3 });
    const second = await bench.run();
    expect(second.json.counts).toMatchObject({ failed: 0, in_doubt: 0 });
    expect(second.code).toBe(0);
    await scene.expectLive();
    return '16 of 17 users’ sessions are over, 1 `failed`, exit status 3; after the next run none is left';
  },
);

table.fault(`cut in the look after the kill`, '`in_doubt`: not ended unless seen', async () => {
  const scene = take();
  const first = await meddling(
    [],
    () => 'pass',
    async () => {
      const called = await scene.bench.run([], {
        onStage: (stage) => {
          if (stage === 'verify') theirs().meddle = cutAt('aggregate', 'answer');
        },
      });
      theirs().meddle = () => 'pass';
      return called;
    },
  );
  expect(becauseOf(first)).toContain('could not be looked at afterwards');
  return `${said(scene, first, 'in_doubt')}; the next run: ${said(scene, await scene.bench.run(), 'ended')}`;
});

table.fault(
  `cut before endSessions is answered`,
  '`killed`: what is not acknowledged is not ended',
  async () => {
    const scene = take();
    const first = await meddling(both(), cutAt('endSessions', 'answer'), () => scene.bench.run());
    expect(becauseOf(first)).toContain('endSessions was not acknowledged');
    await sleep(afterRefresh);
    expect((await scene.bench.run()).code).toBe(0);
    expect(await actionsIn(scene.bench.auditLog)).toContain('confirmed-gone');
    await scene.expectDead();
    return `${said(scene, first, 'killed')}; the next run sees that they are gone`;
  },
);

table.fault(
  `cut in the listing of a member`,
  'a member that says nothing has confirmed nothing',
  async () => {
    const scene = take();
    const first = await meddling([theirs()], cutAt('aggregate', 'answer'), () => scene.bench.run());
    expect(becauseOf(first)).toContain('the kill could not be sent');
    return `${said(scene, first, 'failed')}; ${await nextRun(scene, 'ended')}`;
  },
);

table.fault(`cut in the listing of the whole set`, 'nothing is ended that was not seen', async () => {
  const scene = take();
  const first = await meddling(
    both(),
    () => 'pass',
    () =>
      scene.bench.run([], {
        onStage: (stage) => {
          if (stage !== 'list') return;
          for (const proxy of both()) proxy.meddle = cutAt('aggregate', 'answer');
        },
      }),
  );
  expect(await actionsIn(scene.bench.auditLog)).toEqual(['run-started', 'run-completed']);
  await scene.expectLive();
  return `both sessions live, exit status ${first.code}`;
});

table.fault(`a member is down, then comes back`, '`failed`, and the next run ends it', async () => {
  const scene = take();
  const first = await meddling(
    [theirs()],
    () => 'cut',
    () => scene.bench.run(),
  );
  return `${said(scene, first, 'failed')}; ${await nextRun(scene, 'ended')}`;
});

table.fault(`a member refuses the login`, 'a failure of that member, in its own words', async () => {
  const scene = take();
  const refuses = { failCommands: ['saslStart', 'saslContinue'], errorCode: 18 };
  const { primary } = await (await people().root()).db('admin').command({ hello: 1 });
  const secondary = set.members[0]!.address === primary ? 1 : 0;
  const first = await failing(secondary, refuses, () => scene.bench.run());
  expect(becauseOf(first)).toContain('could not be sent');
  return `${said(scene, first, 'failed')}; ${await nextRun(scene, 'ended')}`;
});

table.fault(`every member is down`, 'nothing is ended, exit status 69', async () => {
  const scene = take();
  const first = await meddling(
    both(),
    () => 'cut',
    () => scene.bench.run(),
  );
  await scene.expectLive();
  return `both sessions live, exit status ${first.code}`;
});

table.fault(`every answer comes late`, 'a slow member is no failure', async () => {
  const scene = take();
  const slow: Proxy['meddle'] = ({ direction }) => (direction === 'answer' ? 100 : 'pass');
  const first = await meddling(both(), slow, () => scene.bench.run());
  await scene.expectDead();
  return said(scene, first, 'ended');
});

table.fault(`an arbiter is in the set`, 'it has no sessions and is not asked', async () => {
  const scene = take();
  const first = await scene.bench.run();
  const { members, members_complete: complete } = first.json.deployment;
  expect(members.map(({ role }) => role).sort()).toEqual(['primary', 'secondary']);
  expect(complete).toBe(true);
  return `${said(scene, first, 'ended')}; two members, none of them the arbiter`;
});

const hour = 3_600_000;
for (const { done, ahead, limit, outcome } of [
  { done: 'reaper’s clock is 6 h ahead', ahead: 6 * hour, limit: '1h', outcome: 'retain' },
  { done: 'reaper’s clock is 6 h behind', ahead: -6 * hour, limit: '1s', outcome: 'ended' },
] as const) {
  table.fault(done, 'only the server’s clock counts', async () => {
    const scene = take();
    const rule = `{ name: idle, when: { users: ['${scene.owner.listed}'], idle_for: ${limit} } }`;
    const bench = await testBench(uri(), `rules: [${rule}]`);
    const called = await bench.run(['--all'], { clock: () => new Date(Date.now() + ahead) });
    return `idle for seconds, limit ${limit}: ${said(scene, called, outcome)}`;
  });
}

table.fault(`a lastUse lies in the future`, 'such a session is not idle', async () => {
  const scene = take();
  await setLastUse(scene, new Date(Date.now() + hour));
  const rule = `{ name: idle, when: { users: ['${scene.owner.listed}'], idle_for: 1s } }`;
  const bench = await testBench(uri(), `rules: [${rule}]`);
  const sentence = said(scene, await bench.run(['--all']), 'retain');
  await scene.expectLive();
  return sentence;
});

/** Writes into the listing what only the server itself may write. */
async function setLastUse({ cursors }: Scene, lastUse: Date): Promise<void> {
  const admin = (await people().root()).db('admin');
  await admin.command({ createUser: 'server', pwd: 'secret', roles: ['__system'], writeConcern: { w: 2 } });
  await using client = await MongoClient.connect(set.uri('server', 'secret'));
  const ids = cursors.map(({ id }) => new UUID(id));
  const changed = await client
    .db('config')
    .collection('system.sessions')
    .updateMany({ '_id.id': { $in: ids } }, { $set: { lastUse } });
  expect(changed.matchedCount).toBe(cursors.length);
}

table.compare();
