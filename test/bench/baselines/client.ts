import { MongoClient } from 'mongodb';

/** Connects with the address in the environment, hands the client over, and closes it. */
export async function withClient(work: (client: MongoClient) => Promise<void>): Promise<void> {
  const client = await MongoClient.connect(process.env['BENCH_URI'] ?? '');
  await work(client);
  await client.close();
}

/** Before when the last use of an idle session was. */
export const idleSince = new Date(Date.now() - Number(process.env['BENCH_LIMIT']));

/** The listing, with what is to be done with it. */
export const sessionsOf = (client: MongoClient, stages: object[]) =>
  client
    .db('config')
    .collection('system.sessions')
    .aggregate([{ $listSessions: { allUsers: true } }, ...stages], { batchSize: 100_000 });
