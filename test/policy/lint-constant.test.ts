import { describe, expect, test } from 'vitest';
import { lintConstant } from '../../src/policy/lint-constant.ts';
import { anExemption, aRule, type When } from '../support/builders.ts';

const facts = {
  sessionTimeoutMinutes: 30,
  constantIntervals: new Map([
    ['always', 'always'],
    ['never', 'never'],
    ['past', 'never'],
  ] as const),
};

const said = (policy: Partial<Parameters<typeof lintConstant>[0]>): string[] =>
  lintConstant({ rules: [], exemptions: [], ...policy }, facts).map(
    ({ about, message }) => `${about}: ${message}`,
  );

const ofRule = (when: When) => said({ rules: [aRule(when, { name: 'r' })] });
const ofExemption = (when: When) => said({ exemptions: [anExemption(when, { name: 'e' })] });

const alice = 'alice@admin';
const forgets =
  'this server forgets a session 30 minutes after its last use (localLogicalSessionTimeoutMinutes)';

test.each<[string, When, string]>([
  [
    'users who are all ruled out',
    { users: [alice], not_users: [alice, 'bob@admin'] },
    'not_users rules out all that users asks for',
  ],
  [
    'by a glob',
    { users: [alice], not_users: ['*@admin'], idle_for: '15m' },
    'not_users rules out all that users asks for',
  ],
  ['the same glob', { users: ['a*@x'], not_users: ['a*@x'] }, 'not_users rules out all that users asks for'],
  ['by not', { users: [alice], not: { users: [alice] } }, 'not rules out all that users asks for'],
  [
    'a smaller limit ruled out',
    { idle_for: '20m', not: { idle_for: '15m' } },
    'not rules out all that idle_for asks for',
  ],
  ['nobody left', { not_users: ['*'] }, '* is everybody'],
  ['nobody left at any database', { not_users: ['*@*'], idle_for: '15m' }, '*@* is everybody'],
  ['during and outside', { during: 'n', outside: ['m', 'n'] }, 'outside rules out all that during asks for'],
  ['in a window that is never open', { during: 'never' }, 'never is never open'],
  ['in two of them', { during: ['never', 'past'], users: [alice] }, 'never, past are never open'],
  ['out of a window that is always open', { outside: ['n', 'always'] }, 'always is always open'],
  [
    'in every branch',
    { any_of: [{ during: 'never' }, { not_users: ['*'] }] },
    'never is never open; * is everybody',
  ],
  [
    'in every branch, with what is beside',
    { users: [alice], any_of: [{ not_users: [alice] }, { during: 'never' }] },
    'not_users rules out all that users asks for; never is never open',
  ],
  ['not of what always holds', { not: { users: ['*'] } }, '* is everybody'],
])('never: %s', (_, when, why) => {
  expect(ofRule(when)).toEqual([`rule r: can never match: ${why}`]);
  expect(ofExemption(when)).toEqual([`exemption e: spares nobody: ${why}`]);
});

test.each<[string, When]>([
  ['everybody', { users: ['*'] }],
  ['everybody at any database', { users: [alice, '*@*'] }],
  ['out of a window that is never open', { outside: ['never', 'past'] }],
  ['in a window that is always open', { during: ['n', 'always'] }],
  ['all that always holds', { users: ['*'], during: 'always', not: { idle_for: '30m' } }],
  ['one branch of it', { any_of: [{ idle_for: '15m' }, { users: ['*'] }] }],
  ['two branches that leave nothing out', { any_of: [{ during: 'n' }, { outside: 'n' }] }],
  ['not of what is never met', { not: { users: [alice], not_users: [alice] } }],
])('always: %s', (_, when) => {
  expect(ofRule(when)).toEqual(['rule r: holds of every session: it ends everybody’s at every run']);
  expect(ofExemption(when)).toEqual(['exemption e: holds of every session: nothing ever ends']);
});

test.each<[string, When]>([
  ['one user left', { users: [alice, 'bob@admin'], not_users: [alice] }],
  ['a glob and a name', { users: ['*@admin'], not_users: [alice] }],
  ['one database', { users: ['*@admin'] }],
  ['another window', { during: 'n', outside: 'm' }],
  ['one of two windows', { during: ['n', 'm'], outside: 'n' }],
  ['one of two may open', { during: ['never', 'n'] }],
  ['a smaller limit', { idle_for: '10m', not: { idle_for: '15m' } }],
  ['always with what is not', { users: ['*'], idle_for: '15m' }],
  ['roles', { roles: ['*'] }],
])('sometimes: %s', (_, when) => {
  expect(ofRule(when)).toEqual([]);
  expect(ofExemption(when)).toEqual([]);
});

describe('a limit that is never passed', () => {
  test('is said of the limit, and of an exemption here', () => {
    expect(ofRule({ idle_for: '30m' })).toEqual([]);
    expect(ofExemption({ idle_for: '30m' })).toEqual([`exemption e: spares nobody: ${forgets}`]);
    expect(ofExemption({ not: { idle_for: '30m' } })).toEqual([
      'exemption e: holds of every session: nothing ever ends',
    ]);
  });
});

test('a branch that can never match, of a rule that can', () => {
  const dead = (why: string) => [`rule r: a branch of any_of can never match: ${why}`];
  expect(ofRule({ any_of: [{ during: 'never' }, { idle_for: '15m' }] })).toEqual(dead('never is never open'));
  expect(ofRule({ users: [alice], any_of: [{ not_users: [alice] }, { idle_for: '15m' }] })).toEqual(
    dead('not_users rules out all that users asks for'),
  );
  expect(ofRule({ any_of: [{ idle_for: '40m' }, { idle_for: '15m' }] })).toEqual([]);
});
