// What is idle is read, killed by lsid on every member, and leaves the listing; each user's in one command. All is
// counted by owner, as a run's report and its limits have it.
import { MongoClient } from 'mongodb';
import { idleSince, sessionsOf, withClient } from './client.ts';

await withClient(async (client) => {
  const owner = { uid: '$_id.uid', user: '$user.name' };
  const [idle, owners] = await Promise.all([
    sessionsOf(client, [{ $match: { lastUse: { $lt: idleSince } } }]).toArray(),
    sessionsOf(client, [{ $group: { _id: owner, count: { $sum: 1 } } }]).toArray(),
  ]);
  const byUser = new Map<string, object[]>();
  for (const { _id, user } of idle) {
    const name = String(user?.name);
    byUser.set(name, [...(byUser.get(name) ?? []), _id]);
  }
  await Promise.all(
    (process.env['BENCH_MEMBERS'] ?? '').split(' ').map(async (uri) => {
      const member = await MongoClient.connect(uri);
      for (const lsids of byUser.values()) {
        const killAllSessionsByPattern = lsids.map((lsid) => ({ lsid }));
        await member.db('admin').command({ killAllSessionsByPattern });
      }
      await member.close();
    }),
  );
  await client.db('admin').command({ endSessions: idle.map(({ _id }) => _id as object) });
  console.log(idle.length, owners.length);
});
