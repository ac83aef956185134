import { setMaxListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { startReplicaSet } from '../support/deployment.ts';
import { everyAction, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { live } from './client.ts';
import { makeTrouble, watchElections } from './faults.ts';
import type { Fault, History, WatchedRun } from './history.ts';
import { judge } from './observer.ts';
import { aPolicy, appNames, dice, names } from './random-policies.ts';
import type { OwnSession } from './record.ts';
import { detail, line, summary } from './report.ts';
import { runOnce } from './runs.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '3' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed))
  throw new Error('usage: soak [--minutes NUMBER] [--seed INTEGER]');

const clients = 40;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`reaper soak: ${clients} clients of ${names.length} users, ${minutes} minutes, seed ${seed}`);
const set = await startReplicaSet({ hidden: 1, say });
const { person, reaperUri, collection, root, close } = people(set);
const over = new AbortController();
// Each client waits for it.
setMaxListeners(clients + 1, over.signal);
const start = Date.now();
const sessions: OwnSession[] = [];
const runs: WatchedRun[] = [];
const faults: Fault[] = [];
let logIntact = false;
let stateDir: string;

try {
  await collection(5_000);
  const admin = await root();
  await admin.db('test').createCollection('written');
  const bench = await testBench(await reaperUri(everyAction), '');
  ({ stateDir } = bench);
  const users = await Promise.all(names.map(async (name) => person(name, { exact: true })));
  watchElections(admin, faults);

  const lives = Array.from({ length: clients }, async (_, at) => {
    const own = dice(seed + 1 + at);
    const [user, member] = [users[at % users.length], set.members[at % set.members.length]];
    if (user === undefined || member === undefined)
      throw new Error('there is nobody, or nothing to log in to');
    // A hidden member is seen by its own clients alone.
    const direct = member.hidden || own.chance(0.5);
    const app = own.pick(appNames as [string, ...string[]]);
    return live({ person: user, app, member: member.address, direct, dice: own }, sessions, over.signal);
  });

  const deadline = Date.now() + minutes * 60_000;
  const trouble = async (): Promise<void> => {
    const own = dice(seed);
    while (Date.now() < deadline) {
      await sleep(own.between(6_000, 18_000));
      if (Date.now() < deadline) say(`  ${await makeTrouble(set, admin, own, faults)}`);
    }
  };
  const reaping = async (): Promise<void> => {
    const own = dice(seed - 1);
    const [policies] = fc.sample(fc.infiniteStream(fc.noBias(aPolicy)), { seed, numRuns: 1 });
    for (let number = 1; Date.now() < deadline; number++) {
      await sleep(own.between(1_500, 4_000));
      const policy = policies?.next().value;
      if (policy === undefined) return;
      const ran = await runOnce(bench, policy, number);
      runs.push(ran.run);
      say(line(ran));
    }
  };
  await Promise.all([trouble(), reaping()]);
  over.abort();
  await Promise.all(lives);
  const verified = await bench.call(['audit', 'verify', '--state-dir', stateDir]);
  logIntact = verified.code === 0;
  say(`\naudit log   ${verified.stdout.trim()}`);
} finally {
  over.abort();
  await close();
  await set.stop();
}

const history: History = { sessions, runs, faults };
const judgement = judge(history);
for (const line of summary(history, judgement)) say(line);
if (judgement.violations.length > 0 || !logIntact) {
  for (const violation of judgement.violations)
    for (const line of detail(violation, history, start)) say(line);
  const file = join(stateDir, 'history.json');
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Map || value instanceof Set ? [...(value as Set<unknown>)] : value;
  await writeFile(file, JSON.stringify({ seed, start, ...history }, plain));
  say(`The audit log and everything that the clients did: ${stateDir}`);
  process.exitCode = 1;
}
say(`seed ${seed}`);
