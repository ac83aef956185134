import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { idOf, type Person } from '../support/people.ts';
import type { Dice } from './random-policies.ts';
import { noted, type OwnSession } from './record.ts';
import { works, type Desk } from './work.ts';

/** One of the forty. */
export interface Client {
  readonly person: Person;
  readonly app: string;
  /** The member that it works on, or the first that it asks for the set. */
  readonly member: string;
  readonly direct: boolean;
  readonly dice: Dice;
}

/**
 * Logs in, works in one session after the other, logs out, and so on until it is over. Every session is noted in
 * `sessions`. A session is never used by two: what `endSessions` ended may still die (T17), so none comes from a pool.
 */
export async function live(client: Client, sessions: OwnSession[], over: AbortSignal): Promise<void> {
  const { person, app, member, direct, dice } = client;
  while (!over.aborted) {
    const connection = new MongoClient(person.memberUri(member), {
      appName: app,
      directConnection: direct,
      ...(direct ? {} : { replicaSet: 'rs' }),
      maxPoolSize: 4,
      serverMonitoringMode: 'poll',
    });
    try {
      await connection.connect();
      for (let times = dice.between(1, 5); times > 0 && !over.aborted; times--)
        await workInOneSession(connection, client, sessions, over);
    } catch {
      // No server can be had just now: an election, or it stands still.
      await pauseOf(over)(1_000);
    } finally {
      await connection.close().catch(() => undefined);
    }
  }
}

async function workInOneSession(
  connection: MongoClient,
  { person, app, direct, dice }: Client,
  sessions: OwnSession[],
  over: AbortSignal,
): Promise<void> {
  const session = connection.startSession();
  const record: OwnSession = { id: idOf(session), user: person.listed, app, uses: [], things: [] };
  sessions.push(record);
  const pause = pauseOf(over);
  const desk: Desk = { client: connection, session, record, dice, pause, isOver: () => over.aborted };
  const { reads, readsTwice, writes, computes, comesBack } = works;
  const work = direct
    ? dice.pick([reads, reads, readsTwice, computes, comesBack])
    : dice.pick([reads, readsTwice, writes, writes, computes, comesBack]);
  try {
    await work(desk);
    if (!dice.chance(0.7)) return;
    // Some say goodbye; what the others leave stays listed.
    const { span } = await noted(record, async () =>
      connection.db('admin').command({ endSessions: [session.id] }, { session }),
    );
    record.left = span;
  } catch {
    // It is noted with what was lost. The next session is a new one, as a program that was ended would take.
    await pause(dice.between(0, 2_000));
  }
}

function pauseOf(over: AbortSignal): (millis: number) => Promise<void> {
  return async (millis) => sleep(millis, undefined, { signal: over }).catch(() => undefined);
}
