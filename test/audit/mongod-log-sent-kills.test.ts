import { expect, test } from 'vitest';
import type { Line } from '../../src/audit/chain.ts';
import { collectSentKills } from '../../src/audit/mongod-log/sent-kills.ts';
import { idOf, now, uidOf } from '../support/builders.ts';
import { aLine } from './a-line.ts';

const attempt = (runId: string, user: string | null, uid = uidOf(user ?? 'nobody@admin')): Line =>
  aLine('attempt', {
    run_id: runId,
    command: 'killAllSessionsByPattern',
    by: 'sessions',
    uid,
    user,
    session_ids: [idOf(1), idOf(2)],
    members: ['db1:27017', 'db2:27017'],
    pattern_sha256: 'a'.repeat(64),
  });

const outcome = (runId: string, user: string, members: readonly { address: string; ok: boolean }[]): Line =>
  aLine('outcome', {
    run_id: runId,
    uid: uidOf(user),
    user,
    sessions: [{ id: idOf(1), last_use: null, because: 'idle for 20m' }],
    rule: 'idle',
    outcome: members.length === 0 ? 'spared' : 'ended',
    outcome_because: 'nothing runs in it',
    members,
  });

test('a kill is told with whom it was sent to and who did it', () => {
  const { add, kills } = collectSentKills();
  const lines = [
    aLine('run-started', { run_id: 'run-1', mode: 'enforce' }),
    attempt('run-1', 'alice@admin'),
    attempt('run-1', null),
    outcome('run-1', 'alice@admin', [
      { address: 'db1:27017', ok: true },
      { address: 'db2:27017', ok: false },
    ]),
    attempt('run-2', 'alice@admin'),
    outcome('run-2', 'alice@admin', [{ address: 'db2:27017', ok: true }]),
    outcome('run-2', 'alice@admin', []),
    outcome('run-3', 'alice@admin', [{ address: 'db1:27017', ok: true }]),
  ];
  for (const line of lines) add(line);
  const common = {
    at: now,
    by: 'sessions',
    sessionIds: [idOf(1), idOf(2)],
    members: ['db1:27017', 'db2:27017'],
  };
  const ofAlice = { ...common, user: 'alice@admin', uid: uidOf('alice@admin') };
  expect(kills).toEqual([
    { ...ofAlice, runId: 'run-1', doneBy: new Set(['db1:27017']) },
    { ...common, runId: 'run-1', user: undefined, uid: uidOf('nobody@admin'), doneBy: new Set() },
    { ...ofAlice, runId: 'run-2', doneBy: new Set(['db2:27017']) },
  ]);
});

test('a line of another shape tells nothing', () => {
  const { add, kills } = collectSentKills();
  add(aLine('attempt', { run_id: 'run-1', uid: 5 }));
  add(aLine('attempt', { uid: uidOf('alice@admin') }));
  add(aLine('outcome', { run_id: 'run-1' }));
  expect(kills).toEqual([]);
});
