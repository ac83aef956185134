// The same, and the sessions leave the listing: their ids are read once, and ended.
import { idleSince, sessionsOf, withClient } from './client.ts';
import { killUsers } from './kill.ts';

await withClient(async (client) => {
  const stages = [{ $match: { lastUse: { $lt: idleSince } } }, { $project: { _id: 1 } }];
  const ids = (await sessionsOf(client, stages).toArray()).map(({ _id }) => _id as object);
  await killUsers();
  for (let start = 0; start < ids.length; start += 50_000)
    await client.db('admin').command({ endSessions: ids.slice(start, start + 50_000) });
});
