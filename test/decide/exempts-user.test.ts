import { describe, expect, test } from 'vitest';
import { exemptsUser, mayExemptUser } from '../../src/decide/exempts-user.ts';
import type { Truth } from '../../src/decide/truth.ts';
import { aPolicy } from '../support/a-saved-snapshot.ts';
import { minute, now, uidOf } from '../support/builders.ts';

const facts = { uidOf, self: [], localZone: 'UTC' };

function truthFor(exemption: string, user = 'alice@admin', at = now, localZone = 'UTC'): Truth {
  const policy = aPolicy(`
time_intervals:
  noon: [{ times: [{ start_time: '12:00', end_time: '12:30' }], location: Local }]
exemptions: [{ name: e, ${exemption} }]
rules: [{ name: idle, when: { idle_for: 15m } }]`);
  return exemptsUser(user, policy, { ...facts, localZone }, at).truth;
}

describe('whether a policy exempts a user as such', () => {
  test.each<[exemption: string, truth: Truth]>([
    ['users: [alice@admin]', true],
    ["users: ['al*']", true],
    ['users: [bob@admin]', false],
    ['not_users: [bob@admin]', true],
    ['not_users: [alice@admin]', false],
    ['users: [alice@admin], during: noon', true],
    ['users: [alice@admin], outside: noon', false],
    ['roles: [root@admin]', 'unknown'],
    ['idle_for: 15m', 'unknown'],
    ['clients: [10.0.0.0/8]', 'unknown'],
    ['client_gone: true', 'unknown'],
    ['cursor_idle_for: 1m', 'unknown'],
    ['more_than_per_user: 1', 'unknown'],
    ['older_than: 1h', 'unknown'],
    ['users: [bob@admin], roles: [root@admin]', false],
  ])('%s: %s', (exemption, truth) => {
    expect(truthFor(exemption)).toBe(truth);
  });

  test('is asked at the time that is given, in the zone of the machine', () => {
    const exemption = 'users: [alice@admin], during: noon';
    expect(truthFor(exemption, 'alice@admin', now + 30 * minute)).toBe(false);
    expect(truthFor(exemption, 'alice@admin', now, 'Europe/Berlin')).toBe(false);
    expect(truthFor(exemption, 'alice@admin', now - 120 * minute, 'Europe/Berlin')).toBe(true);
  });

  test('says why it cannot be told', () => {
    const policy = aPolicy(`
exemptions: [{ name: e, cursor_idle_for: 1m }]
rules: [{ name: idle, when: { idle_for: 15m } }]`);
    expect(exemptsUser('alice@admin', policy, facts, now).because).toBe(
      'exemption e cannot be decided: no open cursor; all did not tell',
    );
  });

  test('the system is exempt from all, whatever the policy says', () => {
    const policy = aPolicy('rules: [{ name: idle, when: { idle_for: 15m } }]');
    expect(exemptsUser('__system@local', policy, facts, now)).toMatchObject({ truth: true, builtIn: true });
    expect(exemptsUser('alice@admin', policy, facts, now)).toMatchObject({ truth: false, builtIn: false });
    const own = { ...facts, self: ['reaper@admin'] };
    expect(exemptsUser('reaper@admin', policy, own, now)).toMatchObject({ truth: true, builtIn: true });
  });
});

describe('which exemptions may spare a user during ten hours from noon', () => {
  const hours = 60 * minute;

  test.each<[exemption: string, may: boolean]>([
    ['users: [alice@admin]', true],
    ['users: [bob@admin]', false],
    ['roles: [root@admin]', true],
    ['users: [bob@admin], roles: [root@admin]', false],
    ['cursor_idle_for: 1m', true],
    ['during: evening', true],
    ['users: [bob@admin], during: evening', false],
    ['any_of: [{ during: evening }, { users: [bob@admin] }]', true],
    ['not: { outside: evening }', true],
    ['during: night', false],
    ['outside: night', true],
    ['not: { outside: night }', false],
    ['outside: evening', true],
    ['during: [night, evening]', true],
  ])('%s: %s', (exemption, may) => {
    const policy = aPolicy(`
time_intervals:
  evening: [{ times: [{ start_time: '21:59', end_time: '22:00' }] }]
  night: [{ times: [{ start_time: '22:00', end_time: '24:00' }] }]
exemptions: [{ name: e, ${exemption} }, { name: other, users: [zoe@admin] }]
rules: [{ name: idle, when: { idle_for: 15m } }]`);
    const span = { from: now, to: now + 10 * hours };
    expect(mayExemptUser('alice@admin', policy, facts, span)).toEqual(may ? ['e'] : []);
  });
});
