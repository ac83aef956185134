import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anonymise } from '../../src/snapshot-file/anonymise.ts';
import { decide } from '../../src/decide/decide.ts';
import { makeContext } from '../../src/decide/make-context.ts';
import { ReaperError } from '../../src/errors.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { keyOf } from '../../src/session.ts';
import { loadSnapshot, parseSnapshot, saveSnapshot } from '../../src/snapshot-file/file.ts';
import { toFile } from '../../src/snapshot-file/convert.ts';
import type { Saved } from '../../src/snapshot-file/schema.ts';
import { aPolicy, aSavedSnapshot } from '../support/a-saved-snapshot.ts';
import { aSession, minute, now, uidOf } from '../support/builders.ts';

const owners = ['alice@admin', 'bob@admin', 'CN=ü@b,O=c@$external', '__system@local', 'reaper@admin'];

const ago = fc.option(fc.integer({ min: -1, max: 40 * minute }), { nil: undefined });
const resource = fc.record({
  kind: fc.constantFrom('cursor' as const, 'transaction' as const),
  member: fc.constantFrom('m1', 'm2'),
  idle: fc.integer({ min: 0, max: 40 * minute }),
  open: fc.integer({ min: 0, max: 40 * minute }),
  clientGone: fc.constantFrom(true, false, 'unknown' as const),
});
const session = fc.record({
  id: fc.integer({ min: 0, max: 9 }),
  owner: fc.constantFrom(...owners),
  named: fc.boolean(),
  flushedAgo: ago,
  localAgo: ago,
  operations: fc.constantFrom(0, 0, 1),
  cursors: fc.constantFrom(0, 0, 2),
  resources: fc.array(resource, { maxLength: 2 }),
  clients: fc.constantFrom([], ['10.0.0.1:4']),
  apps: fc.constantFrom([], ['mongosh']),
});

const aSnapshot: fc.Arbitrary<Saved> = fc
  .record({
    sessions: fc.uniqueArray(session, { maxLength: 12, selector: ({ id, owner }) => `${id} ${owner}` }),
    roles: fc.boolean(),
    seen: fc.boolean(),
    membersComplete: fc.boolean(),
    silentMembers: fc.subarray(['m2', 'm3']),
  })
  .map(({ sessions, roles, seen, membersComplete, silentMembers }) => {
    const all = sessions.map((each) => aSession(each));
    return aSavedSnapshot({
      sessions: all,
      silentMembers,
      facts: {
        membersComplete,
        roles: new Map(roles ? [[uidOf('bob@admin'), ['root@admin']]] : []),
        firstSeen:
          seen && all.length > 0
            ? new Map(all.map(({ lsid }, at) => [keyOf(lsid), now - at * 5 * minute]))
            : undefined,
      },
    });
  });

/** Every condition that names neither users nor where they come from. */
const nameless = aPolicy(`
time_intervals: { noon: [{ times: [{ start_time: '11:00', end_time: '13:00' }] }] }
exemptions:
  - { name: fresh, older_than: 20m, not: { idle_for: 10m } }
rules:
  - { name: idle, when: { idle_for: 15m, during: noon } }
  - { name: cursor, when: { cursor_idle_for: 20m }, terminate: user }
  - { name: transaction, when: { any_of: [{ transaction_open_for: 30m }, { transaction_idle_for: 5m }] } }
  - { name: gone, when: { client_gone: true } }
  - { name: many, when: { more_than_per_user: 2 } }
  - { name: admins, when: { roles: [root@admin], idle_for: 5m } }`);

function verdictsOf({ snapshot, facts }: Saved, policy: Policy): object[] {
  return decide(snapshot.sessions, policy, makeContext(snapshot, policy, facts)).map(
    ({ verdict, rule, session: { user } }) => ({ verdict, rule, named: user !== undefined }),
  );
}

const throughFile = (saved: Saved): Saved => parseSnapshot(JSON.stringify(toFile(saved)), 'file.json', uidOf);

describe('a saved snapshot', () => {
  test('is read back as it was', () => {
    fc.assert(
      fc.property(aSnapshot, (saved) => {
        const { uidOf: _, ...facts } = saved.facts;
        expect(throughFile(saved)).toMatchObject({ ...saved, facts });
      }),
    );
  });

  test('decides the same when anonymised, where the policy names no users', () => {
    fc.assert(
      fc.property(aSnapshot, (saved) => {
        const other = throughFile(anonymise(saved, randomUUID));
        expect(verdictsOf(other, nameless)).toEqual(verdictsOf(saved, nameless));
      }),
      { numRuns: 300 },
    );
  });

  test('has nobody’s name left when anonymised, nor ids, addresses and applications', () => {
    const saved = aSavedSnapshot({
      sessions: owners.map((owner, id) => ({
        ...aSession({ id, owner, localAgo: 1, cursors: 1, resources: [{ member: 'm2' }] }),
        clients: ['10.9.8.7:1'],
        apps: ['secret app'],
      })),
      silentMembers: ['m3'],
      facts: { roles: new Map([[uidOf('bob@admin'), ['root@admin']]]) },
    });
    const anonymised = anonymise(saved, randomUUID);
    const text = JSON.stringify(toFile(anonymised));
    const secrets = [
      ...owners.flatMap((owner) => (owner === '__system@local' ? [] : [owner, uidOf(owner)])),
      ...saved.snapshot.sessions.map(({ lsid }) => lsid.id),
      ...['10.9.8.7', 'secret app', '"m1', '"m2', '"m3', 'rs0'],
    ];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    const [first] = anonymised.snapshot.sessions;
    expect(first).toMatchObject({ user: 'user-1@db', lsid: { uid: uidOf('user-1@db') } });
  });
});

describe('its file', () => {
  const folder = () => mkdtemp(join(tmpdir(), 'reaper-test-'));
  const saved = aSavedSnapshot({ sessions: [aSession({ id: 1 }), aSession({ id: 2 })] });

  test('is for its owner only, has a session a line, and leaves nothing half written behind', async () => {
    const dir = await folder();
    const file = join(dir, 'snapshot.json');
    await writeFile(file, 'an older one, for all');
    await chmod(file, 0o644);
    await saveSnapshot(file, saved);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['snapshot.json']);
    expect((await readFile(file, 'utf8')).match(/^ {4}\{"lsid".*\},?$/gm)).toHaveLength(2);
    expect((await loadSnapshot(file, uidOf)).snapshot).toEqual(saved.snapshot);
  });

  test('may hold no session at all', async () => {
    const file = join(await folder(), 'snapshot.json');
    await saveSnapshot(file, aSavedSnapshot());
    expect((await loadSnapshot(file, uidOf)).snapshot.sessions).toEqual([]);
  });

  test('that cannot be written or read: the file, the reason and the remedy', async () => {
    const dir = await folder();
    const missing = join(dir, 'none', 'snapshot.json');
    await expect(saveSnapshot(missing, saved)).rejects.toMatchObject({
      code: 'snapshot-unwritable',
      message: `${missing}: the snapshot cannot be written: there is no such folder`,
    });
    await expect(loadSnapshot(missing, uidOf)).rejects.toMatchObject({
      code: 'snapshot-unreadable',
      message: `${missing}: there is no such file`,
      remedy: expect.stringContaining('--save'),
    });
    await expect(saveSnapshot(dir, saved)).rejects.toMatchObject({ code: 'snapshot-unwritable' });
    expect(await readdir(dir)).toEqual([]);
  });

  const file = toFile(saved);
  const [one] = file.sessions;
  test.each([
    ['no JSON', '{\n  "format": reaper', 'f.json: this is not all of a JSON document, so no snapshot'],
    ['cut short', '{\n  "version": 1', 'f.json:2:15: this is not all of a JSON document'],
    ['something else', '{}', 'f.json: this is not a snapshot that reaper saved'],
    ['a later version', { ...file, version: 2 }, 'f.json: version: expected 1; another version'],
    ['text for a number', { ...file, refresh_seconds: '5m' }, 'f.json: refresh_seconds: expected a number'],
    ['no time', { ...file, server_time: 'noon' }, 'server_time: expected a time as 2026-11-22T18:30:00Z'],
    ['a part left out', { ...file, members: undefined }, 'f.json: members: is missing'],
    ['less than nothing', { ...file, refresh_seconds: -1 }, 'refresh_seconds: expected at least 0'],
    ['a list', '[]', 'f.json: this is not a snapshot that reaper saved'],
    ['a strange uid', withSession({ lsid: { ...one!.lsid, uid: 'x' } }), 'sessions[0].lsid.uid: not a uid'],
    ['another’s name', withSession({ user: 'bob@admin' }), 'sessions[0].user: "bob@admin" does not have'],
    ['one twice', { ...file, sessions: [one, one] }, 'sessions[1]: this session is there twice'],
    ['a strange zone', { ...file, local_zone: 'Mars' }, 'local_zone: not a time zone'],
  ])('with %s is refused with the place', (_, content, words) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    let found: unknown;
    try {
      parseSnapshot(text, 'f.json', uidOf);
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(ReaperError);
    expect(found).toMatchObject({ code: 'snapshot-invalid', remedy: expect.stringContaining('--save') });
    expect((found as ReaperError).message).toContain(words);
  });

  function withSession(change: object): object {
    return { ...toFile(saved), sessions: [{ ...toFile(saved).sessions[0], ...change }] };
  }
});
