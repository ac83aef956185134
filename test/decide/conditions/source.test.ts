import { describe, expect, test } from 'vitest';
import { conditions, type ConditionName } from '../../../src/decide/conditions/index.ts';
import { aContext, aSession, minute } from '../../support/builders.ts';

describe('where the value that is compared came from', () => {
  const listed = aSession({ flushedAgo: 5 * minute });
  const running = aSession({ flushedAgo: 5 * minute, localAgo: 0, operations: 1 });
  const atOnce = aSession({ flushedAgo: minute, localAgo: minute });
  const flushedLater = aSession({ flushedAgo: 0, localAgo: minute });
  const localOnly = aSession({ localAgo: minute });
  const unlisted = aSession({ flushedAgo: undefined, cursors: 1 });

  test.each<[ConditionName, ReturnType<typeof aSession>, string]>([
    ['idle_for', listed, 'config.system.sessions'],
    ['idle_for', running, '$currentOp'],
    ['idle_for', atOnce, 'the local list of m1'],
    ['idle_for', flushedLater, 'config.system.sessions'],
    ['idle_for', localOnly, 'the local list of m1'],
    ['idle_for', unlisted, 'no list has it'],
    ['users', listed, 'the listed owner, whose uid fits'],
    ['not_users', aSession({ named: false }), 'nothing names the owner'],
    ['during', listed, 'the server’s clock'],
    ['outside', listed, 'the server’s clock'],
  ])('%s', (name, session, source) => {
    expect(conditions[name].source(session)).toBe(source);
  });
});

test('outside says of each interval whether it is open', () => {
  const words = conditions.outside.because(['a', 'b'], aSession(), aContext({ open: ['b'] }));
  expect(words).toBe('outside a, within b');
});
