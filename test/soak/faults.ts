import { setTimeout as sleep } from 'node:timers/promises';
import type { MongoClient } from 'mongodb';
import type { Deployment } from '../support/deployment-access.ts';
import type { Fault } from './history.ts';
import type { Dice } from './random-policies.ts';

type OwnFault = { -readonly [K in keyof Fault]: Fault[K] };

/** What an election that nobody asked for may have begun with, in ms before it is seen. */
const electionTakes = 10_000;

/** Notes when a member becomes or stops being primary. */
export function watchElections(root: MongoClient, faults: Fault[]): void {
  root.on('serverDescriptionChanged', ({ address, previousDescription, newDescription }) => {
    if ((previousDescription.type === 'RSPrimary') === (newDescription.type === 'RSPrimary')) return;
    const to = Date.now();
    const what = `${address} is ${newDescription.type}`;
    faults.push({ kind: 'election', what, from: to - electionTakes, to });
  });
}

/** Does something to the deployment that it must bear, and waits until that is over. */
export async function makeTrouble(
  deployment: Deployment,
  root: MongoClient,
  dice: Dice,
  faults: Fault[],
): Promise<string> {
  if (dice.chance(0.4)) return stepDown(root, faults);
  const { address, pid, hidden } = dice.pick(
    deployment.members as [Deployment['members'][number], ...Deployment['members']],
  );
  const hello = await root.db('admin').command({ hello: 1 });
  // A primary that stands still for long comes back to another one, and rolls back what only it has.
  const millis = Math.round(dice.between(1_000, hello['me'] === address ? 2_500 : 12_000));
  const fault: OwnFault = { kind: 'stop', what: `${address} stopped`, from: Date.now(), to: Infinity };
  faults.push(fault);
  process.kill(pid, 'SIGSTOP');
  try {
    await sleep(millis);
  } finally {
    process.kill(pid, 'SIGCONT');
    fault.to = Date.now();
  }
  return `${hidden ? 'the hidden member' : 'a member'} stopped for ${(millis / 1000).toFixed(1)} s`;
}

async function stepDown(root: MongoClient, faults: Fault[]): Promise<string> {
  const fault: OwnFault = { kind: 'election', what: 'stepdown', from: Date.now(), to: Infinity };
  faults.push(fault);
  const admin = root.db('admin');
  try {
    await admin.command({ replSetStepDown: 5, secondaryCatchUpPeriodSecs: 3 });
    await admin.command({ hello: 1 }, { readPreference: 'primary' });
    return 'the primary stepped down';
  } catch (error) {
    return `the primary would not step down: ${(error as Error).message}`;
  } finally {
    fault.to = Date.now();
  }
}
