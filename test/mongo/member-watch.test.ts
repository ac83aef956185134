import { expect, test } from 'vitest';
import { watchMembers } from '../../src/mongo/member-watch.ts';

const failed = (errors: Record<string, string>, ...hanging: string[]) => ({
  errors: new Map(Object.entries(errors)),
  hanging: new Set(hanging),
});

test('who lets the listing wait gets no second chance; who answers with an error does', () => {
  const { errors, hanging, lost } = watchMembers(failed({ m1: 'no answer', m2: 'interrupted' }, 'm1'));
  expect([...errors.keys()]).toEqual(['m1', 'm2']);
  expect([...hanging]).toEqual([['m1', 'no answer']]);
  expect([...lost]).toEqual([['m1', 'no answer']]);
});

test('who fails in a later look is sent nothing more, and is still looked at unless it hangs', () => {
  const members = watchMembers(failed({}));
  members.see(failed({ m1: 'interrupted', m2: 'no answer' }, 'm2'));
  members.lost.set('m3', 'connection closed');
  members.see(failed({ m2: 'no answer' }));
  expect([...members.errors]).toEqual([
    ['m1', 'interrupted'],
    ['m2', 'no answer'],
  ]);
  expect([...members.hanging.keys()]).toEqual(['m2']);
  expect([...members.lost.keys()].sort()).toEqual(['m1', 'm2', 'm3']);
});
