import { setTimeout as sleep } from 'node:timers/promises';
import { errorName, type Person } from '../support/people.ts';

/** What one of the demo's users does in a session. */
export interface Work {
  /** Reads one document at a time from now on, every tenth of a second. */
  keepReading(): void;
  /** Reads a few documents more; returns how many were read in all, or the name of the server's error. */
  goOn(): Promise<number | string>;
}

/** Opens a cursor, small batches, so that every few documents the server is asked again. */
export async function openWork(who: Person, member?: string): Promise<Work> {
  const client = await who.client(member);
  const session = client.startSession();
  const cursor = client.db('test').collection('things').find({}, { session, batchSize: 2 });
  let read = 0;
  let failure: string | undefined;
  let turn: Promise<void> = Promise.resolve();
  const next = async (): Promise<void> => {
    if (failure !== undefined) return;
    try {
      await cursor.next();
      read += 1;
    } catch (error) {
      failure = errorName(error);
    }
  };
  // One at a time: a cursor cannot be read twice at once.
  const readOne = (): Promise<void> => (turn = turn.then(next));
  await readOne();
  return {
    keepReading() {
      const loop = async (): Promise<void> => {
        for (let again = 0; again < 120 && failure === undefined; again++) {
          await readOne();
          await sleep(100);
        }
      };
      void loop();
    },
    async goOn() {
      for (let count = 0; count < 5; count++) await readOne();
      return failure ?? read;
    },
  };
}

/** The demo's policy, with working hours that are far from now. */
export function policyText(now: Date): string {
  const hour = (offset: number): string => `${String((now.getUTCHours() + offset) % 24).padStart(2, '0')}:00`;
  return `version: 1
name: demo
time_intervals:
  working-hours:
    - times: [{ start_time: '${hour(6)}', end_time: '${hour(10)}' }]
exemptions:
  - name: service-accounts
    users: ['svc_*@admin', 'admin@admin']
    because: batch jobs that their owners left to run
rules:
  - name: contractors-after-hours
    when: { users: ['ctr_*@admin'], outside: working-hours }
    terminate: user
  - name: idle-5s
    when: { idle_for: 5s }
limits: { users: 5 }
`;
}
