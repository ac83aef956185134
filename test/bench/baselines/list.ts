// The least that one can do: connect, list, count.
import { sessionsOf, withClient } from './client.ts';

await withClient(async (client) => {
  console.log((await sessionsOf(client, []).toArray()).length);
});
