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

const odd = [
  { what: 'at signs', name: 'a@b@c', db: 'admin' },
  { what: 'a database with an at sign', name: 'dot.ted', db: 'db@x' },
  { what: 'quotes', name: `o'neill "the" boss`, db: 'admin' },
  { what: 'ANSI escapes', name: '\u001b[31mred\u001b[0m', db: 'admin' },
  { what: 'non-ASCII letters', name: 'Łucja-日本-é', db: 'admin' },
  { what: 'glob characters', name: 'st*r?', db: 'admin' },
] as const;

describe.each(odd)('a user with $what', ({ name, db }) => {
  it('is ended by name, and a user of the same name on another database is not', async () => {
    const [one, namesake] = await Promise.all([
      person(name, { db, exact: true }),
      person(name, { db: 'other', exact: true }),
    ]);
    const member = set.members[1]!.address;
    const [theirs, others] = await Promise.all([
      openCursor(await one.client(member)),
      openCursor(await namesake.client(member)),
    ]);
    // A refresh that writes its use down between two looks looks like another use (L2).
    await untilIdle(0, theirs.id);

    const literal = JSON.stringify(one.listed.replace(/[*?\\]/g, (character) => `\\${character}`));
    const bench = await testBench(uri, `rules: [{ name: named, when: { users: [${literal}] } }]`);
    const plain = await bench.call(['run', '--policy', bench.policyFile, '--dry-run']);
    const { code, json } = await bench.run();

    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(plain.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(code).toBe(0);
    expect(json.sessions.find(({ lsid }) => lsid.id === theirs.id)).toMatchObject({
      user: one.listed,
      outcome: 'ended',
    });
    expect(json.sessions.filter(({ user }) => user !== one.listed)).toEqual([]);
    expect(await theirs.drain()).toBe('CursorNotFound');
    expect(await others.drain()).toBe(documents);
  });
});
