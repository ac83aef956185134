import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, UUID, type Collection } from 'mongodb';
import type { Deployment } from '../support/deployment-access.ts';

/** The limit of all policies, and for how long an idle session has been so: fresh ones must stay fresh meanwhile. */
export const limitMillis = 2 * 3_600_000;
const idleMillis = 3 * 3_600_000;

/**
 * How often a server of the benchmark writes what was used, and deletes what was ended: as rarely as can be waited for.
 * That is not to come within a run; in production it mostly comes minutes later.
 */
export const refreshMillis = 60_000;

const users = 50;
/** The records of theirs. */
const made = { 'user.name': /^user\d+@admin$/ };
const atOnce = 10_000;

interface SessionRecord {
  readonly _id: { readonly id: UUID };
  readonly lastUse: Date;
}

/** Creates the users whose sessions are made, and one who may change their age and see what was read; all with the admin's password. */
export async function makeUsers({ uri, adminPassword: pwd, members }: Deployment): Promise<void> {
  const client = await MongoClient.connect(uri());
  try {
    const admin = client.db('admin');
    const writeConcern = { w: members.length };
    const resource = { db: 'config', collection: 'system.sessions' };
    const profile = { db: 'config', collection: 'system.profile' };
    const privileges = [
      { resource, actions: ['find', 'update', 'remove'] },
      { resource: { db: 'config', collection: '' }, actions: ['enableProfiler'] },
      { resource: profile, actions: ['find', 'dropCollection'] },
    ];
    await admin.command({ createRole: 'ager', privileges, roles: [], writeConcern });
    await admin.command({ createUser: 'ager', pwd, roles: ['ager'], writeConcern });
    for (let user = 0; user < users; user++)
      await admin.command({ createUser: `user${user}`, pwd, roles: [], writeConcern });
  } finally {
    await client.close();
  }
}

/**
 * Has so many sessions of about fifty users listed, and so many of them idle. They are made by `refreshSessions`,
 * as drivers do; since nobody can wait for hours, the dates are then changed in the server's own collection.
 */
export async function makeSessions(
  deployment: Deployment,
  { listed, idle }: { readonly listed: number; readonly idle: number },
): Promise<void> {
  await withRecords(deployment, async (records) => {
    const missing = async (): Promise<number> => listed - (await records.countDocuments(made));
    for (let count = await missing(); count > 0;) {
      await refresh(deployment, count);
      // Until none is missing, or none comes any more: what a run has ended leaves later, after it was counted.
      let [least, since] = [count, Date.now()];
      while (count > 0 && Date.now() < since + 2 * refreshMillis) {
        await sleep(500);
        count = await missing();
        if (count < least) [least, since] = [count, Date.now()];
      }
    }
    await setAge(records, made, idle === listed ? idleMillis : 0);
    if (idle > 0 && idle < listed) await ageSome(records, idle);
  });
}

/** Has other sessions be idle than were so before. */
export async function changeIdle(deployment: Deployment, idle: number): Promise<void> {
  await withRecords(deployment, async (records) => {
    await setAge(records, { lastUse: { $lt: new Date(Date.now() - limitMillis) } }, 0);
    await ageSome(records, idle);
  });
}

/** Takes all of them away at once: what a run has ended would go at some refresh, in the middle of the next one. */
export async function clearSessions(deployment: Deployment): Promise<void> {
  await withRecords(deployment, (records) => records.deleteMany(made));
}

async function withRecords(
  { uri, adminPassword }: Deployment,
  work: (records: Collection<SessionRecord>) => Promise<unknown>,
): Promise<void> {
  const ager = await MongoClient.connect(uri('ager', adminPassword));
  try {
    await work(ager.db('config').collection<SessionRecord>('system.sessions'));
  } finally {
    await ager.close();
  }
}

/** Some of all users, as they would be. */
async function ageSome(records: Collection<SessionRecord>, idle: number): Promise<void> {
  const some = [{ $match: made }, { $sample: { size: idle } }, { $project: { _id: 1 } }];
  const ids = (await records.aggregate<SessionRecord>(some).toArray()).map(({ _id }) => _id);
  for (let start = 0; start < idle; start += atOnce)
    await setAge(records, { _id: { $in: ids.slice(start, start + atOnce) } }, idleMillis);
}

async function refresh({ uri, adminPassword }: Deployment, count: number): Promise<void> {
  for (let user = 0, soFar = 0; soFar < count; user++) {
    const wanted = Math.round((count * (user + 1)) / users) - soFar;
    if (wanted === 0) continue;
    const client = await MongoClient.connect(uri(`user${user}`, adminPassword));
    for (let left = wanted; left > 0; left -= atOnce) {
      const refreshSessions = Array.from({ length: Math.min(left, atOnce) }, () => ({ id: new UUID() }));
      await client.db('admin').command({ refreshSessions });
    }
    await client.close();
    soFar += wanted;
  }
}

async function setAge(records: Collection<SessionRecord>, which: object, millis: number): Promise<void> {
  await records.updateMany(which, { $set: { lastUse: new Date(Date.now() - millis) } });
}
