import { access } from 'node:fs/promises';
import type { CommandStartedEvent } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, everyAction, openCursor, people } from '../support/people.ts';
import { testBench } from '../support/reaper.ts';
import { sharedReplicaSet } from '../support/shared.ts';

const set = sharedReplicaSet();
const { person, reaperUri, collection, untilIdle, close } = people(set);
let uri: string;

beforeAll(async () => {
  await collection();
  uri = await reaperUri(everyAction);
});
afterAll(close);

/** What cannot change anything; `aggregate` only on what reads, which `isReading` looks at. */
const harmless = [
  'hello',
  'buildInfo',
  'connectionStatus',
  'replSetGetConfig',
  'getParameter',
  'getMore',
  'killCursors',
];

function isReading({ commandName, command }: CommandStartedEvent, own: ReadonlySet<string>): boolean {
  if (harmless.includes(commandName)) return true;
  if (commandName === 'aggregate') {
    return command['pipeline'].every(
      (stage: object) => !Object.keys(stage).some((key) => ['$out', '$merge'].includes(key)),
    );
  }
  // The driver's own goodbye at close, for its own sessions.
  return (
    commandName === 'endSessions' &&
    command['endSessions'].every(
      (lsid: { id: { toString(): string }; uid?: unknown }) => !lsid.uid && own.has(String(lsid.id)),
    )
  );
}

describe.concurrent('a dry run', () => {
  it('sends no command that could change anything, on no connection, and leaves no file', async () => {
    const alice = await person('alice');
    const cursor = await openCursor(await alice.client(set.members[1]!.address));
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${alice.listed}'] } }]`);
    const events: CommandStartedEvent[] = [];
    const { code, json } = await bench.run(['--dry-run'], {
      onClient: (client) => client.on('commandStarted', (event) => events.push(event)),
    });

    expect(code).toBe(0);
    expect(json).toMatchObject({ mode: 'dry-run', counts: { terminate: 1, ended: 0, killed: 0 } });
    const own = new Set(
      events.flatMap(({ command }) => (command['lsid'] ? [String(command['lsid'].id)] : [])),
    );
    expect(new Set(events.map(({ address }) => address)).size).toBeGreaterThanOrEqual(set.members.length);
    expect(events.filter((event) => !isReading(event, own)).map(({ commandName }) => commandName)).toEqual(
      [],
    );
    await expect(access(bench.stateDir)).rejects.toThrow('ENOENT');
    expect(await cursor.drain()).toBe(documents);
  });

  it('logs in no more than once on each member, and once where it looks for the primary', async () => {
    const bench = await testBench(uri, 'rules: [{ name: idle, when: { idle_for: 2h } }]');
    const opened: string[] = [];
    const { code } = await bench.run(['--dry-run'], {
      onClient: (client) => client.on('connectionCreated', ({ address }) => opened.push(address)),
    });
    const members = set.members.map(({ address }) => address);
    const again = members.filter((address) => opened.filter((each) => each === address).length > 1);
    expect(code).toBe(0);
    expect(again).toHaveLength(1);
    expect(opened.sort()).toEqual([...members, ...again].sort());
  });

  it('would have noticed a kill', async () => {
    const bob = await person('bob');
    await openCursor(await bob.client());
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: ['${bob.listed}'] } }]`);
    const events: CommandStartedEvent[] = [];
    await bench.run([], { onClient: (client) => client.on('commandStarted', (event) => events.push(event)) });
    const other = events
      .filter((event) => !isReading(event, new Set()))
      .map(({ commandName }) => commandName);
    expect(other).toContain('killAllSessionsByPattern');
    expect(other).toContain('endSessions');
  });

  it('reports the same plan as the run after it', async () => {
    const [carol, dora] = await Promise.all([person('carol'), person('dora')]);
    const { id } = await openCursor(await carol.client());
    await untilIdle(10_000, id);
    await openCursor(await dora.client());
    const bench = await testBench(
      uri,
      `rules:
  - { name: idle, when: { users: ['${carol.listed}', '${dora.listed}'], idle_for: 10s } }
  - { name: hers, when: { users: ['${dora.listed}'] }, terminate: user }`,
    );
    const dry = await bench.run(['--dry-run']);
    const real = await bench.run();

    const plan = ({ json }: typeof dry) =>
      json.sessions
        .map(({ lsid, user, verdict, rule }) => ({ lsid, user, verdict, rule }))
        .sort((a, b) => (a.lsid.id < b.lsid.id ? -1 : 1));
    expect(dry.json.sessions.length).toBeGreaterThanOrEqual(2);
    expect(plan(dry)).toEqual(plan(real));
    expect(dry.json.sessions.every(({ outcome }) => outcome === undefined)).toBe(true);
  });
});
