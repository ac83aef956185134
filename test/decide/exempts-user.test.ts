import { describe, expect, test } from 'vitest';
import { exemptsUser } from '../../src/decide/exempts-user.ts';
import type { Truth } from '../../src/decide/truth.ts';
import { aPolicy } from '../support/a-saved-snapshot.ts';
import { minute, now, uidOf } from '../support/builders.ts';

const facts = { uidOf, localZone: 'UTC' };

function truthFor(exemption: string, user = 'alice@admin', at = now, localZone = 'UTC'): Truth {
  const policy = aPolicy(`
time_intervals:
  noon: [{ times: [{ start_time: '12:00', end_time: '12:30' }], location: Local }]
exemptions: [{ name: e, ${exemption} }]
rules: [{ name: idle, when: { idle_for: 15m } }]`);
  return exemptsUser(user, policy, { uidOf, localZone }, at).truth;
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
  });
});
