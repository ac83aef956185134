import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { lockToText, locksToText, unlockToText } from '../../src/report/lock-text.ts';

const now = Date.UTC(2026, 6, 1, 12);

const aLock = (user = 'mallory@admin') => ({
  user,
  until: now + 10 * 3_600_000,
  reason: 'IR-2026-14',
  made_at: now,
  override_exemptions: false,
});

test('says until when, where it holds and what it cannot do', () => {
  const text = lockToText(aLock(), { stateDir: '/var/lib/reaper', now });
  expect(text[0]).toBe('mallory@admin is locked until 2026-07-01T22:00:00Z (10h): IR-2026-14');
  expect(text[1]).toContain('/var/lib/reaper, and no other');
  expect(text[2]).toContain('can log in again');
});

test('says which exemptions may yet spare the user', () => {
  const lines = lockToText(aLock(), { stateDir: '/var/lib/reaper', now, sparing: ['night', 'root'] });
  expect(lines.filter((line) => line.startsWith('warning: '))).toEqual([
    expect.stringContaining('exemption night may spare this user'),
    expect.stringContaining('exemption root may spare this user'),
  ]);
});

test.each([
  ['mallory@admin', 'mallory', 'admin'],
  ['a@b@c', 'a@b', 'c'],
  ['CN=eve@example.net,O=x@$external', 'CN=eve@example.net,O=x', '$external'],
  [`x"); db.dropDatabase(); ("@admin`, `x"); db.dropDatabase(); ("`, 'admin'],
  ['line\nbreak\u2028\u202e@admin', 'line\nbreak\u2028\u202e', 'admin'],
])('the command to paste for %j names that user and does nothing else', (user, name, database) => {
  const made: unknown[] = [];
  const db = {
    getSiblingDB: (on: string) => ({
      updateUser: (who: string, what: unknown) => made.push([on, who, what]),
    }),
  };
  const lines = [...lockToText(aLock(user), { stateDir: 'dir', now }), ...unlockToText(aLock(user))].filter(
    (line) => line.startsWith('  db.'),
  );
  for (const line of lines) {
    expect(line).toMatch(/^[\u0020-\u007e]*$/);
    runInNewContext(line, { db });
  }
  expect(made).toEqual([
    [database, name, { authenticationRestrictions: [{ clientSource: ['192.0.2.1'] }] }],
    [database, name, { authenticationRestrictions: [] }],
  ]);
});

test('a user of $external may be stored in MongoDB, or come from a directory', () => {
  const [locked, unlocked] = [
    lockToText(aLock('ctr_eve@$external'), { stateDir: 'dir', now }),
    unlockToText(aLock('ctr_eve@$external')),
  ];
  for (const lines of [locked, unlocked])
    expect(lines.at(-2)).toMatch(
      /^ {2}db\..*updateUser\("ctr_eve", \{"authenticationRestrictions":\[.*\]\}\)$/,
    );
  expect(locked.at(-1)).toBe(
    '  // if it says that there is no such user, the user comes from your directory: disable it there',
  );
  expect(unlocked.at(-1)).toBe(
    '  // if it says that there is no such user, the user comes from your directory: enable it there',
  );
});

test('that the end of a name is a guess is said only where it is one', () => {
  const said = (user: string): boolean =>
    lockToText(aLock(user), { stateDir: 'dir', now }).join().includes('is a guess');
  expect(['a@b@c', 'a@b', 'a@b@$external'].map(said)).toEqual([true, false, false]);
});

const scene = { stateDir: '/var/lib/reaper', now };
const narrow = { width: 80 };

test('a reason is text of somebody else’s choice', () => {
  const lines = locksToText([{ ...aLock(), reason: 'x\u001b[2J' }], scene, narrow);
  expect(lines.join('')).not.toContain('\u001b');
});

test('lists them in columns, expired ones too', () => {
  const short = { ...aLock('b@c'), until: now - 1, override_exemptions: true };
  expect(locksToText([aLock(), short], scene, narrow)).toEqual([
    'USER           UNTIL                 LEFT     REASON',
    'mallory@admin  2026-07-01T22:00:00Z  10h      IR-2026-14',
    'b@c            2026-07-01T11:59:59Z  expired  IR-2026-14 (overrides exemptions)',
  ]);
});

test('says where nobody is locked: another folder may have locks', () => {
  expect(locksToText([], scene, narrow)).toEqual([
    'No user is locked for runs with the state directory /var/lib/reaper.',
  ]);
});

test('nothing in a reason looks like a command to paste, however it is wrapped', () => {
  const lock = { ...aLock(), reason: `${'x'.repeat(30)}${'  db.dropDatabase()'.repeat(9)}` };
  for (let width = 40; width < 120; width++) {
    const lines = lockToText(lock, { stateDir: lock.reason, now, sparing: [lock.reason], width });
    expect(lines.filter((line) => /^\s/.test(line))).toHaveLength(1);
  }
});

test('fits a terminal, but for the commands to paste', () => {
  const lock = aLock('ctr_eve@$external');
  const lines = [
    ...lockToText(lock, { stateDir: '/var/lib/reaper', now, sparing: ['night'], width: 80 }),
    ...unlockToText(lock, 80),
  ];
  for (const line of lines.filter((each) => !each.startsWith('  db.'))) {
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line).toMatch(/^(\S| {2}\/\/ )/);
  }
  expect(lines.filter((each) => each.startsWith('  db.'))).toHaveLength(2);
});
