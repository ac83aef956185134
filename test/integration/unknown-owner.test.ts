import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyAction, idOf, people, type Person } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, close } = people(set);
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

/** A record that a refresh wrote because an operation was running has no user (L3). */
async function sessionWithoutOwner(who: Person): Promise<string> {
  const client = await who.client(set.members[1]!.address);
  const session = client.startSession();
  await client
    .db('test')
    .collection('things')
    .find({ $where: 'sleep(15); return true' }, { session, limit: 90 })
    .toArray();
  const id = idOf(session);
  await sleep(1000);
  return id;
}

describe.concurrent('a session whose owner is not listed', () => {
  it.each([
    {
      rules: (who: Person) => `users: ['${who.name}*']`,
      verdict: 'indeterminate',
      why: 'a glob cannot be decided',
    },
    {
      rules: (who: Person) => `users: ['${who.listed}']`,
      verdict: 'terminate',
      why: 'a literal name is decided, and told, by uid',
    },
    {
      rules: () => `not_users: ['nobody-*@admin']`,
      verdict: 'indeterminate',
      why: 'nor can not_users with a glob',
    },
  ])('$why: $verdict', async ({ rules, verdict }) => {
    const alice = await person('alice');
    const id = await sessionWithoutOwner(alice);
    const bench = await testBench(uri, `rules: [{ name: named, when: { ${rules(alice)} } }]`);
    const { json } = await bench.run(['--dry-run']);
    const user = verdict === 'terminate' ? alice.listed : null;
    expect(json.sessions.find(({ lsid }) => lsid.id === id)).toMatchObject({ user, verdict });
  });

  it('is not ended while an exemption cannot be decided', async () => {
    const bob = await person('bob');
    const id = await sessionWithoutOwner(bob);
    const bench = await testBench(
      uri,
      `exemptions: [{ name: services, users: ['svc_*@admin'], because: batch }]
rules: [{ name: none, when: { users: ['nobody@admin'] } }]`,
    );
    // By its id, since a rule with the owner's whole name would tell whose it is.
    const { code, json } = await bench.run(['--only', id, '--reason', 'a test']);
    const mine = json.sessions.find(({ lsid }) => lsid.id === id);
    expect(mine).toMatchObject({ user: null, verdict: 'indeterminate' });
    expect(mine?.because).toContain('exemption services cannot be decided');
    expect(mine?.outcome).toBeUndefined();
    expect(code).toBe(0);
  });

  it('has its owner from another session of the same user', async () => {
    const carol = await person('carol');
    const id = await sessionWithoutOwner(carol);
    const other = await carol.client();
    await other.db('test').collection('things').findOne();
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${carol.name}*'] } }]`);
    const { json } = await bench.run(['--dry-run']);
    expect(json.sessions.find(({ lsid }) => lsid.id === id)).toMatchObject({
      user: carol.listed,
      verdict: 'terminate',
    });
  });
});
