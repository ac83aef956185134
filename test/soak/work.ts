import type { ClientSession, Document, FindCursor, MongoClient } from 'mongodb';
import { noted, notedFor, type OwnSession, type OwnThing } from './record.ts';
import type { Dice } from './random-policies.ts';

/** A session in use, and what its client needs for its work. */
export interface Desk {
  readonly client: MongoClient;
  readonly session: ClientSession;
  readonly record: OwnSession;
  readonly dice: Dice;
  /** Waits so many ms, or until the soak is over. */
  readonly pause: (millis: number) => Promise<void>;
  readonly isOver: () => boolean;
}

/** Something that a client can go on with, until it gives it up. */
interface Held {
  goOn(): Promise<void>;
  giveUp(): Promise<void>;
}

const things = (client: MongoClient) => client.db('test').collection('things');

/** Opens a cursor of which every reading asks the server. */
async function openCursor({ client, session, record, dice }: Desk): Promise<Held> {
  // A client of one member has no choice.
  const direct = client.options.directConnection;
  const readPreference = direct ? 'nearest' : dice.pick(['primary', 'secondary', 'nearest'] as const);
  const cursor: FindCursor<Document> = things(client).find({}, { session, batchSize: 2, readPreference });
  const thing: OwnThing = { kind: 'cursor', uses: [] };
  record.things.push(thing);
  const read = async (): Promise<void> => {
    cursor.readBufferedDocuments();
    await notedFor(record, thing, async () => cursor.next());
  };
  await read();
  return {
    goOn: read,
    async giveUp() {
      const { span } = await noted(record, async () => cursor.close());
      thing.released = span;
    },
  };
}

/** Begins a transaction. */
async function openTransaction({ client, session, record, dice }: Desk): Promise<Held> {
  const thing: OwnThing = { kind: 'transaction', uses: [] };
  record.things.push(thing);
  session.startTransaction();
  const write = async (): Promise<void> => {
    await notedFor(record, thing, async () =>
      client.db('test').collection('written').insertOne({ by: record.id }, { session }),
    ).catch(async (error: unknown) => {
      await noted(record, async () => session.abortTransaction()).catch(() => undefined);
      throw error;
    });
  };
  await write();
  return {
    goOn: write,
    async giveUp() {
      const end = dice.chance(0.5) ? 'commitTransaction' : 'abortTransaction';
      const from = Date.now();
      // An abort that finds nothing says nothing.
      await notedFor(record, thing, async () => session[end]());
      thing.released = { from, to: Date.now() };
    },
  };
}

/** Goes on with what it holds, in a hurry or slowly, for some seconds; then gives it up or leaves it lying. */
async function holding(desk: Desk, held: readonly Held[]): Promise<void> {
  const { dice, pause, isOver } = desk;
  const until = Date.now() + dice.between(3_000, 15_000);
  const [least, most] = dice.pick([
    [150, 500] as const,
    [150, 500] as const,
    [1_000, 4_000] as const,
    [4_000, 12_000] as const,
  ]);
  try {
    while (Date.now() < until && !isOver()) {
      await pause(dice.between(least, most));
      // Of two cursors one may lie idle while the other is read.
      await (dice.chance(0.8) ? held[0] : held.at(-1))?.goOn();
    }
  } finally {
    // Whatever happened: does the rest go on? Once after the last run, so that none lives on unnoticed.
    for (const each of held) await each.goOn().catch(() => undefined);
  }
  if (!dice.chance(0.2)) for (const each of held) await each.giveUp();
}

/** What a client may do in a session; each throws once it has lost what it held. */
export const works = {
  async reads(desk: Desk) {
    await holding(desk, [await openCursor(desk)]);
  },
  async readsTwice(desk: Desk) {
    await holding(desk, [await openCursor(desk), await openCursor(desk)]);
  },
  async writes(desk: Desk) {
    await holding(desk, [await openTransaction(desk)]);
  },
  /** Goes away without a word between two pieces of work, and comes back under the same session. */
  async comesBack(desk: Desk) {
    const { client, session, record, dice, pause } = desk;
    for (let times = dice.between(2, 5); times > 0; times--) {
      await noted(record, async () => things(client).findOne({ at: 1 }, { session }));
      await pause(dice.between(1_000, 8_000));
      const cursor = await openCursor(desk);
      for (let reads = 10; reads > 0; reads--) {
        await pause(dice.between(100, 300));
        await cursor.goOn();
      }
      await cursor.giveUp();
    }
  },
  /** Short commands, and one that runs for seconds. */
  async computes({ client, session, record, dice, pause }: Desk) {
    for (let times = dice.between(1, 6); times > 0; times--) {
      const slowly = { $where: `sleep(${Math.floor(dice.between(5, 25))}); return true` };
      const filter = dice.chance(0.4) ? { $and: [{ at: { $lt: 200 } }, slowly] } : { at: 1 };
      const thing: OwnThing = { kind: 'operation', uses: [] };
      await notedFor(record, thing, async () => things(client).find(filter, { session }).toArray()).catch(
        (error: unknown) => {
          record.things.push(thing);
          throw error;
        },
      );
      await pause(dice.between(100, 3_000));
    }
  },
};
