// Which sessions are idle, and how many of whom there are: what a dry run answers, each half as the server does it
// fastest. (In one aggregate with $facet the index on lastUse could not serve, and it takes longer.)
import { idleSince, sessionsOf, withClient } from './client.ts';

await withClient(async (client) => {
  const owner = { uid: '$_id.uid', user: '$user.name' };
  const [idle, owners] = await Promise.all([
    sessionsOf(client, [{ $match: { lastUse: { $lt: idleSince } } }]).toArray(),
    sessionsOf(client, [{ $group: { _id: owner, count: { $sum: 1 } } }]).toArray(),
  ]);
  for (const { _id, user } of idle) console.log(user?.name, String(_id.id));
  console.log(owners.length);
});
