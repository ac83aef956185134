import { expect, test } from 'vitest';
import { limitsOf } from '../../src/commands/run-options.ts';
import { parseTarget } from '../../src/commands/target.ts';
import { ReaperError } from '../../src/errors.ts';
import { idOf, uidOf } from '../support/builders.ts';

const id = idOf(1);
const uid = uidOf('alice@admin');
const withSlash = ['a@b', 'b@c', 'c@d', 'd@e', 'e@f', 'f@g'].map(uidOf).find((each) => each.includes('/'))!;

test.each([
  ['alice@admin', { user: 'alice@admin' }],
  ['CN=x/y@$external', { user: 'CN=x/y@$external' }],
  [id, { id, uid: undefined }],
  [id.toUpperCase(), { id, uid: undefined }],
  [`${id}/${uid}`, { id, uid }],
  [`${id}/${withSlash}`, { id, uid: withSlash }],
])('%s', (text, expected) => {
  expect(parseTarget(text)).toEqual(expected);
});

test.each(['alice', '', id.slice(1), `${id}/`, `${id}/abc`, `/${uid}`])('%j is neither', (text) => {
  expect(() => parseTarget(text)).toThrow(ReaperError);
});

test('one session id may end one session only, though two users may share it', () => {
  const only = { id, uid: undefined, reason: 'r' };
  expect(limitsOf({}, { users: 5 }, only)).toMatchObject({ users: 5, sessions: 1 });
  expect(limitsOf({}, { sessions: 0 }, only)).toMatchObject({ sessions: 0 });
  expect(limitsOf({}, { sessions: 9 }, { user: 'a@b', reason: 'r' })).toMatchObject({ sessions: 9 });
});
