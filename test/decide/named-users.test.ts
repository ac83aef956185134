import { expect, test } from 'vitest';
import { namedUsers, withNamedOwners } from '../../src/decide/named-users.ts';
import { parsePolicy } from '../../src/policy/load.ts';
import { aSession, uidOf } from '../support/builders.ts';

test('are those whom rules and exemptions call by their whole names, each once, wherever it stands', () => {
  const text = `
version: 1
name: p
exemptions:
  - { name: e, users: [reports@admin, 'svc_*@admin'], because: b }
rules:
  - { name: a, when: { not_users: [ann@admin], idle_for: 1m } }
  - name: b
    when:
      any_of:
        - { users: ['b\\*b@x', ann@admin] }
        - { not: { users: [cy@db@x] } }
  - { name: c, when: { apps: [shell@admin], idle_for: 1m } }
`;
  const policy = parsePolicy(new TextEncoder().encode(text), 'p');
  expect(namedUsers(policy).sort()).toEqual(['ann@admin', 'b*b@x', 'cy@db@x', 'reports@admin']);
});

test('name an owner by uid whom nobody else names', () => {
  const nameless = { named: false };
  const sessions = [
    aSession({ id: 1, owner: 'ann@admin' }),
    aSession({ id: 2, owner: 'bob@admin', ...nameless }),
    aSession({ id: 3, owner: 'cy@admin', ...nameless }),
  ];
  const owners = withNamedOwners(sessions, ['bob@admin', 'dan@admin'], uidOf).map(({ user }) => user);
  expect(owners).toEqual(['ann@admin', 'bob@admin', undefined]);
});
