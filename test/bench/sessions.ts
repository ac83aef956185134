import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, UUID, type Collection } from 'mongodb';
import type { Deployment } from '../support/deployment-access.ts';

/** The limit of all policies, and for how long an idle session has been so: fresh ones must stay fresh meanwhile. */
export const limitMillis = 2 * 3_600_000;
const idleMillis = 3 * 3_600_000;

const users = 50;
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
  const { uri, adminPassword } = deployment;
  const ager = await MongoClient.connect(uri('ager', adminPassword));
  try {
    const records = ager.db('config').collection<SessionRecord>('system.sessions');
    const made = { 'user.name': /^user\d+@admin$/ };
    const missing = listed - (await records.countDocuments(made));
    await refresh(deployment, missing);
    while ((await records.countDocuments(made)) < listed) await sleep(500);
    await setAge(records, made, idle === listed ? idleMillis : 0);
    if (idle === 0 || idle === listed) return;
    const some = await records
      .find(made, { projection: { _id: 1 } })
      .limit(idle)
      .toArray();
    for (let start = 0; start < idle; start += atOnce) {
      const ids = some.slice(start, start + atOnce).map(({ _id }) => _id);
      await setAge(records, { _id: { $in: ids } }, idleMillis);
    }
  } finally {
    await ager.close();
  }
}

/** Takes all of them away at once: what a run has ended would go at some refresh, in the middle of the next one. */
export async function clearSessions({ uri, adminPassword }: Deployment): Promise<void> {
  const ager = await MongoClient.connect(uri('ager', adminPassword));
  try {
    await ager
      .db('config')
      .collection('system.sessions')
      .deleteMany({ 'user.name': /^user\d+@admin$/ });
  } finally {
    await ager.close();
  }
}

async function refresh({ uri, adminPassword }: Deployment, count: number): Promise<void> {
  for (let user = 0, made = 0; made < count; user++) {
    const wanted = Math.round((count * (user + 1)) / users) - made;
    if (wanted === 0) continue;
    const client = await MongoClient.connect(uri(`user${user}`, adminPassword));
    for (let left = wanted; left > 0; left -= atOnce) {
      const refreshSessions = Array.from({ length: Math.min(left, atOnce) }, () => ({ id: new UUID() }));
      await client.db('admin').command({ refreshSessions });
    }
    await client.close();
    made += wanted;
  }
}

async function setAge(records: Collection<SessionRecord>, which: object, millis: number): Promise<void> {
  await records.updateMany(which, { $set: { lastUse: new Date(Date.now() - millis) } });
}
