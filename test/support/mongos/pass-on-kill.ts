import type { Document, MongoClient } from 'mongodb';
import { within } from '../../../src/mongo/deadline.ts';

/** A real one waits a minute, which is long for a test. In ms. */
const patience = 3_000;

/**
 * What a router does with a kill that it has carried out itself (T8): it sends it to every member of every shard
 * that it knows, which hidden ones are not, and names those that fail. Returns its answer.
 */
export async function passOnKill(
  { killAllSessionsByPattern, comment }: Document,
  done: Document,
  members: readonly MongoClient[],
): Promise<Document> {
  const failed = await Promise.all(
    members.map(async (member) => {
      try {
        const admin = member.db('admin');
        const { hidden } = await within(patience, 'hello', admin.command({ hello: 1 }));
        if (hidden === true) return [];
        const kill = { killAllSessionsByPattern, ...(comment !== undefined && { comment }) };
        await within(patience, 'the kill', admin.command(kill));
        return [];
      } catch {
        return member.options.hosts.map(String);
      }
    }),
  );
  const failedHosts = failed.flat();
  if (failedHosts.length === 0) return done;
  return {
    failedHosts,
    ok: 0,
    code: 6,
    codeName: 'HostUnreachable',
    errmsg: 'Failed to kill on some hosts',
  };
}
