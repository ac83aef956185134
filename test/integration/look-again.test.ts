import { UUID, type CommandSucceededEvent, type MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listRecords } from '../../src/mongo/collection.ts';
import { connect, type Deployment } from '../../src/mongo/deployment.ts';
import type { Look } from '../../src/mongo/look.ts';
import { lookAgain } from '../../src/mongo/look-again.ts';
import { only } from '../../src/mongo/operations.ts';
import { rememberingUidOf } from '../../src/mongo/uid.ts';
import { makePlan, type PlannedUser } from '../../src/plan/plan.ts';
import { parsePolicy } from '../../src/policy/load.ts';
import { keyOf, type Uid } from '../../src/session.ts';
import { partlyReadOwners, type ListedSession } from '../../src/snapshot.ts';
import { survey, type Survey } from '../../src/survey.ts';
import { toTerminate } from '../support/builders.ts';
import { everyAction, people, type Person } from '../support/people.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, untilIdle, untilGone, close } = people(set);
const uidOf = rememberingUidOf();
const policy = parsePolicy(
  new TextEncoder().encode(
    'version: 1\nname: p\nrules: [{ name: r, when: { idle_for: 1s }, terminate: user }]',
  ),
  'p',
);
/** How many records the server sent since this was emptied. */
const sent: number[] = [];
let deployment: Deployment;
let crowd: Person[];

beforeAll(async () => {
  const uri = await reaperUri(everyAction);
  crowd = await Promise.all(['ann', 'ben', 'cat'].map((name) => person(name)));
  const onClient = (client: MongoClient): void => {
    client.on('commandSucceeded', ({ reply }: CommandSucceededEvent) => {
      const { cursor } = reply as { cursor?: { ns: string; firstBatch?: unknown[] } };
      if (cursor?.ns === 'config.system.sessions' && cursor.firstBatch !== undefined)
        sent.push(cursor.firstBatch.length);
    });
  };
  deployment = await connect({ uri, onClient });
});
afterAll(async () => {
  await deployment[Symbol.asyncDispose]();
  await close();
});

/** Makes so many sessions of each, and waits until they are listed and no longer used. */
async function makeSessions(count: number): Promise<Map<Person, UUID[]>> {
  const made = new Map<Person, UUID[]>();
  for (const who of crowd) {
    const ids = Array.from({ length: count }, () => new UUID());
    await (await who.client()).db('admin').command({ refreshSessions: ids.map((id) => ({ id })) });
    made.set(who, ids);
  }
  await untilIdle(2500, ...[...made.values()].flat().map(String));
  return made;
}

/** Everybody’s sessions, planned. */
function plannedUsers({ snapshot }: Survey): readonly PlannedUser[] {
  const theirs = snapshot.sessions.filter(({ lsid }) => uids().includes(lsid.uid));
  const verdicts = theirs.map((session) => toTerminate(session, { wholeUser: true }));
  return makePlan(verdicts, () => false).users;
}

type Found = Pick<ListedSession, 'lsid' | 'lastUse'>;

const inOrder = (records: readonly Found[]): string[] =>
  records.map(({ lsid, lastUse }) => `${keyOf(lsid)} ${lastUse}`).sort();

const foundBy = ({ collection, unchanged = [] }: Look): Found[] => [
  ...collection,
  ...unchanged.map(({ lsid, flushed = 0 }) => ({ lsid, lastUse: flushed })),
];

/** Of sixty. */
const isAFew = (count: number): boolean => count >= 0 && count < 10;

const uids = (): Uid[] => crowd.map(({ listed }) => uidOf(listed));

it('a second look finds what is listed now, and is sent only what has changed', async () => {
  const made = await makeSessions(20);
  const first = await survey(deployment, policy, { uidOf, localZone: 'UTC', firstSeen: undefined });
  const earlier = {
    clock: first.seen.clock,
    snapshot: first.snapshot,
    partlyRead: partlyReadOwners(first.snapshot, first.seen.owners),
    eachAlone: false,
  };
  const users = plannedUsers(first);

  sent.length = 0;
  const same = await lookAgain(deployment, users, earlier, {});
  expect(inOrder(foundBy(same))).toEqual(
    inOrder(await listRecords(deployment.primary, only('_id.uid', uids()))),
  );
  // A count for each of the three, and no record.
  expect(sent.slice(0, 2)).toEqual([3, 0]);

  const [ann, ben, cat] = crowd as [Person, Person, Person];
  const [used, left, fresh] = [made.get(ann)![0]!, made.get(ben)![0]!, new UUID()];
  const refresh = async (who: Person, id: UUID): Promise<unknown> =>
    (await who.client()).db('admin').command({ refreshSessions: [{ id }] });
  await refresh(ann, used);
  await refresh(cat, fresh);
  await (await ben.client()).db('admin').command({ endSessions: [{ id: left }] });
  await untilGone(left.toString());
  await untilIdle(1000, used.toString(), fresh.toString());

  sent.length = 0;
  const changed = await lookAgain(deployment, users, earlier, {});
  const now = await listRecords(deployment.primary, only('_id.uid', uids()));
  expect(inOrder(foundBy(changed))).toEqual(inOrder(now));
  // What was used or is new, with the sessions of these clients themselves; then ben's, as the count tells not which left.
  expect(sent.slice(0, 3)).toEqual([
    3,
    expect.toSatisfy(isAFew),
    expect.toSatisfy((count) => isAFew(count - 19)),
  ]);

  sent.length = 0;
  const planned = await lookAgain(deployment, users, { ...earlier, eachAlone: true }, {});
  const wanted = new Set(users.flatMap((user) => user.sessions.map(({ session }) => keyOf(session.lsid))));
  expect(inOrder(planned.collection)).toEqual(inOrder(now.filter(({ lsid }) => wanted.has(keyOf(lsid)))));
  expect(sent).toEqual([planned.collection.length]);
});
