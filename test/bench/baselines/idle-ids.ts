// The id of every idle session, as they come.
import { idleSince, sessionsOf, withClient } from './client.ts';

await withClient(async (client) => {
  const idle = [{ $match: { lastUse: { $lt: idleSince } } }, { $project: { _id: 1 } }];
  let lines: string[] = [];
  for await (const { _id } of sessionsOf(client, idle)) {
    lines.push(String(_id.id));
    if (lines.length < 1000) continue;
    process.stdout.write(`${lines.join('\n')}\n`);
    lines = [];
  }
  process.stdout.write(`${lines.join('\n')}\n`);
});
