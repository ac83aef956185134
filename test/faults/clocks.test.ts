import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { checkJson } from '../../src/report/check.ts';
import { documents, everyAction, openCursor, people } from '../support/people.ts';
import { startProxiedSet, type ProxiedSet } from '../support/proxied-set.ts';
import { testBench, type Called } from '../support/reaper.ts';
import { wrongBy } from '../support/wrong-clock.ts';
import { faultTable } from './fault.ts';

// The servers are real and share one clock: a proxy before a secondary stands in for its wrong one. They refresh as
// seldom as they do by default, so that nothing but the member's own list knows of a use.
let set: ProxiedSet;
let everyone: ReturnType<typeof people>;
let uri: string;
beforeAll(async () => {
  set = await startProxiedSet({ logicalSessionRefreshMillis: 300_000 });
  everyone = people(set);
  await everyone.collection();
  uri = await everyone.reaperUri(everyAction);
}, 120_000);
afterAll(async () => {
  await everyone?.close();
  await set?.stop();
}, 60_000);

/** Half a second more, since `check` tells whole ones. */
const off = 90_500;

/** Somebody with a cursor that was used just now on the secondary, and a policy for that session. */
async function sceneWith(conditions: string) {
  const { primary } = await (await everyone.root()).db('admin').command({ hello: 1 });
  const secondary = set.members.find(({ address }) => address !== primary)!.address;
  const owner = await everyone.person('alice');
  const client = await owner.client(secondary);
  const cursor = await openCursor(client);
  const rule = `{ name: named, when: { users: ['${owner.listed}']${conditions} } }`;
  const bench = await testBench(uri, `rules: [${rule}]`);
  const { session } = cursor;
  return {
    cursor,
    bench,
    /** Uses the session once more, and holds nothing afterwards. */
    use: () => client.db('test').collection('things').findOne({}, { session }),
    /** What a run says of the session, while the clock of its member is wrong by so many ms. */
    async underClock<T>(millis: number, work: () => Promise<T>): Promise<T> {
      const proxy = set.proxies.get(secondary)!;
      proxy.alter = wrongBy(millis);
      try {
        const { stdout } = await bench.call(['check', '--json', '--policy', bench.policyFile]);
        const { items } = checkJson.parse(JSON.parse(stdout));
        const words = `its clock is 1m30s ${millis < 0 ? 'behind' : 'ahead of'} the primary’s`;
        expect(items.find(({ topic }) => topic === `member ${secondary}`)?.message).toContain(words);
        return await work();
      } finally {
        proxy.alter = () => undefined;
      }
    },
    said({ json, code, stderr }: Called): string {
      const found = json.sessions.filter(({ lsid }) => lsid.id === cursor.id);
      expect(found, stderr).toHaveLength(1);
      return `\`${found[0]?.outcome ?? found[0]?.verdict}\`, exit status ${code}`;
    },
  };
}

const table = faultTable('the clock of a secondary is wrong by 90 s', 'clocks');

for (const { where, by } of [
  { where: 'behind', by: -off },
  { where: 'ahead', by: off },
]) {
  for (const condition of ['idle_for', 'cursor_idle_for']) {
    table.fault(
      `${where}; a session that was used there just now, \`${condition}: 1m\``,
      'what is in use does not look idle',
      async () => {
        const scene = await sceneWith(`, ${condition}: 1m`);
        const called = await scene.underClock(by, () => scene.bench.run(['--all']));
        const sentence = scene.said(called);
        expect(await scene.cursor.drain()).toBe(documents);
        return `${sentence}; it lives`;
      },
    );
  }

  table.fault(
    `${where}; a session that was used there 6 s ago, \`idle_for: 5s\``,
    'late perhaps, never early',
    async () => {
      const scene = await sceneWith(', idle_for: 5s');
      await sleep(6000);
      return scene.said(await scene.underClock(by, () => scene.bench.run(['--all'])));
    },
  );

  table.fault(
    `${where}; a session that is used there after the kill`,
    'the use is seen: `killed`, never `ended`, and the next run judges it afresh',
    async () => {
      const scene = await sceneWith('');
      return scene.underClock(by, async () => {
        let used = false;
        const first = await scene.bench.run([], {
          onStage: async (stage) => {
            if (stage !== 'verify' || used) return;
            used = true;
            await scene.use();
          },
        });
        expect(first.json.sessions[0]?.outcome_because).toContain('used it again');
        const next = await scene.bench.run();
        expect(await scene.cursor.drain()).toBe('CursorNotFound');
        return `${scene.said(first)}; the next run: ${scene.said(next)}`;
      });
    },
  );

  table.fault(
    `${where}; a session that was ended and is used there after the run`,
    'the next run sees the use, and judges it afresh',
    async () => {
      const scene = await sceneWith('');
      return scene.underClock(by, async () => {
        const first = await scene.bench.run();
        await scene.use();
        const next = await scene.bench.run();
        return `${scene.said(first)}; the next run: ${scene.said(next)}`;
      });
    },
  );

  table.fault(
    `${where}; a session that was used there just before the kill, and not since`,
    'an old use is not taken for a new one, by the next run neither',
    async () => {
      const scene = await sceneWith('');
      return scene.underClock(by, async () => {
        await scene.use();
        const first = await scene.bench.run();
        const next = await scene.bench.run();
        expect(await scene.cursor.drain()).toBe('CursorNotFound');
        return `${scene.said(first)}; the next run: ${scene.said(next)}`;
      });
    },
  );
}

table.compare();
