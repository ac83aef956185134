import { expect, test } from 'vitest';
import { namedUsers } from '../../src/decide/named-users.ts';
import { parsePolicy } from '../../src/policy/load.ts';

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
