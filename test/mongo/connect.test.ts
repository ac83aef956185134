import { MongoServerError } from 'mongodb';
import { expect, test } from 'vitest';
import { failureOf, isChangeOfPrimary } from '../../src/mongo/connect.ts';

const uri = 'mongodb://user:secret@m1:27017/';
const refused = (code: number) => new MongoServerError({ ok: 0, code, errmsg: 'no' });

test.each([
  { name: 'not primary any more', code: 10107, exitCode: 69 },
  { name: 'interrupted by a step-down', code: 11602, exitCode: 69 },
  { name: 'not primary, and no secondary reads', code: 13435, exitCode: 69 },
  { name: 'not allowed', code: 13, exitCode: 1 },
])('a server that is $name: exit status $exitCode', ({ code, exitCode }) => {
  const error = refused(code);
  expect(isChangeOfPrimary(error)).toBe(exitCode === 69);
  expect(failureOf(error, uri)).toMatchObject({ exitCode, cause: error });
});
