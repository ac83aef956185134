import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import type { Deployment } from '../../src/mongo/deployment.ts';
import { readRoles } from '../../src/mongo/read-roles.ts';
import { rememberingUidOf } from '../../src/mongo/uid.ts';

/** A deployment that answers every question for users with this. */
function answering(answer: Document): Deployment {
  const command = () => Promise.resolve(answer);
  const failureOf = (error: unknown) => error;
  return { primary: { db: () => ({ command }) }, failureOf } as unknown as Deployment;
}

test.each<[string, Document]>([
  ['no users', {}],
  ['users that are text', { users: 'x' }],
  ['users that are null', { users: [null] }],
  ['a name that is a map', { users: [{ user: { a: 1 }, db: 'admin' }] }],
  ['roles that are text', { users: [{ user: 'alice', db: 'admin', inheritedRoles: 'x' }] }],
  ['a role that is null', { users: [{ user: 'alice', db: 'admin', inheritedRoles: [null] }] }],
])('%s, asked for roles: an error with a reason', async (_name, answer) => {
  await expect(readRoles(answering(answer), ['alice@admin'], rememberingUidOf())).rejects.toMatchObject({
    code: 'malformed-answer',
    message: expect.stringContaining('usersInfo makes no sense: users'),
  });
});

test('a user whose roles are not told has unknown roles', async () => {
  const users = [{ user: 'alice', db: 'admin' }];
  expect(await readRoles(answering({ users }), ['alice@admin'], rememberingUidOf())).toEqual(new Map());
});
