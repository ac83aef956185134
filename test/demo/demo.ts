// `npm run demo`: the main job on a real replica set, with real clients who find out what happened to them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import wrapAnsi from 'wrap-ansi';
import { startReplicaSet } from '../support/deployment.ts';
import { errorName, people } from '../support/people.ts';
import { openWork, policyText, type Work } from './cast.ts';

const width = Math.min(process.stdout.columns || 80, 100);
const say = (text: string): void => console.log(`\n${wrapAnsi(`▶ ${text}`, width)}`);

say('Starting a replica set of three real mongods with access control …');
const set = await startReplicaSet({ say: (line) => console.log(`  ${line}`) });
const dir = await mkdtemp(join(tmpdir(), 'reaper-demo-'));
const { person, reaperUri, collection, close, root } = people(set);
let failures = 0;

/**
 * Runs the built program as a shell would, its output going straight to this terminal. This process must not
 * block meanwhile: it reads the servers' logs, and a server whose log nobody reads stands still.
 */
async function reaper(args: readonly string[], uri: string, expected = 0): Promise<void> {
  console.log(`\n  $ reaper ${args.join(' ')}\n`);
  const child = spawn(process.execPath, [join('dist', 'reaper.js'), ...args], {
    env: {
      ...process.env,
      REAPER_MONGODB_URI: uri,
      REAPER_POLICY: join(dir, 'policy.yaml'),
      STATE_DIRECTORY: join(dir, 'state'),
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [status] = await once(child, 'close');
  if (status === expected) return;
  failures += 1;
  console.log(`${stderr}\n  exit status ${status}`);
}

/** Prints what a user's own client sees now, and remembers if it is not what this demo promises. */
function sees(who: string, what: string, asPromised: boolean): void {
  console.log(`  ${asPromised ? '✓' : '✗'} ${who} ${what}`);
  if (!asPromised) failures += 1;
}

try {
  await collection(5000);
  const uri = await reaperUri([
    'listSessions',
    'inprog',
    'killAnySession',
    'impersonate',
    'replSetGetConfig',
  ]);
  const [alice, bob, batch, contractor] = await Promise.all(
    ['alice', 'bob', 'svc_batch', 'ctr_eve'].map((name) => person(name, { exact: true })),
  );
  const secondary = set.members[1]?.address;
  const [alices, bobs, batches, contractors] = [
    await openWork(alice!, secondary),
    await openWork(bob!),
    await openWork(batch!, secondary),
    await openWork(contractor!),
  ];
  bobs.keepReading();

  await writeFile(join(dir, 'policy.yaml'), policyText(new Date()));
  say(
    'alice leaves a cursor open on a secondary and goes to lunch; svc_batch does so on purpose; bob keeps working; ctr_eve, a contractor, is here outside working hours. The policy:',
  );
  console.log(policyText(new Date()).replace(/^/gm, '    '));
  await sleep(6500);

  say('What the servers list:');
  await reaper(['list'], uri);
  say('What would end, and why:');
  await reaper(['run', '--dry-run'], uri);
  say('End it:');
  await reaper(['run'], uri);

  say('What their own clients see:');
  const promised = async (who: string, work: Work, survives: boolean): Promise<void> => {
    const end = await work.goOn();
    const lives = typeof end === 'number';
    sees(
      who,
      lives ? `noticed nothing and read on, ${end} documents so far` : `was told ${end}: the session is gone`,
      lives === survives,
    );
  };
  await promised('alice', alices, false);
  await promised('ctr_eve', contractors, false);
  await promised('bob', bobs, true);
  await promised('svc_batch', batches, true);

  say(
    'What an assessor is told: a demo has no schedule, and its policy no author, so not all of it is seen.',
  );
  await reaper(['audit'], uri, 5);

  say(
    'The same servers, and the command that the STIG prints, naming alice only, sent by the STIG’s own account:',
  );
  const stig = await sendStigCommand();
  const end = await bobs.goOn();
  console.log(
    `  killAllSessionsByPattern: [ { users: [ { user: "alice", db: "admin" } ] } ]  →  ok: ${stig}`,
  );
  sees('bob', `was told ${end}: the command ended his session too`, typeof end === 'string');
} finally {
  await close();
  await set.stop();
  await rm(dir, { recursive: true, force: true });
}
console.log(failures === 0 ? '\nAll as promised.' : `\n${failures} of the promises above were not kept.`);
process.exitCode = failures === 0 ? 0 : 1;

/** Literally as in the fix text of V-281700, by an account with the three actions that it asks for. */
async function sendStigCommand(): Promise<unknown> {
  const admin = (await root()).db('admin');
  const actions = ['listSessions', 'killAnySession', 'impersonate'];
  await admin.command({
    createRole: 'stig',
    privileges: [{ resource: { cluster: true }, actions }],
    roles: [],
  });
  const account = await person('stig_dba', { exact: true });
  await admin.command({
    grantRolesToUser: account.name,
    roles: ['stig'],
    writeConcern: { w: set.members.length },
  });
  const client = await account.client();
  const answer = await client
    .db('admin')
    .command({ killAllSessionsByPattern: [{ users: [{ user: 'alice', db: 'admin' }] }] })
    .catch(errorName);
  return typeof answer === 'string' ? answer : answer['ok'];
}
