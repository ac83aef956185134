// Who has an idle session: one aggregate by uid.
import { idleSince, sessionsOf, withClient } from './client.ts';

await withClient(async (client) => {
  const rows = await sessionsOf(client, [
    { $match: { lastUse: { $lt: idleSince } } },
    {
      $group: {
        _id: '$_id.uid',
        count: { $sum: 1 },
        oldest: { $min: '$lastUse' },
        user: { $max: '$user.name' },
      },
    },
  ]).toArray();
  for (const { user, count, oldest } of rows) console.log(user, count, oldest);
});
