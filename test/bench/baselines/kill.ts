import { createHash } from 'node:crypto';
import { MongoClient } from 'mongodb';

/** One command per user and member, members in parallel; nothing looked at, nothing recorded. */
export async function killUsers(): Promise<void> {
  const members = (process.env['BENCH_MEMBERS'] ?? '').split(' ');
  const users = Array.from({ length: 50 }, (_, user) => `user${user}@admin`);
  await Promise.all(
    members.map(async (uri) => {
      const client = await MongoClient.connect(uri);
      for (const user of users) {
        const uid = createHash('sha256').update(user).digest();
        await client.db('admin').command({ killAllSessionsByPattern: [{ uid }] });
      }
      await client.close();
    }),
  );
}
