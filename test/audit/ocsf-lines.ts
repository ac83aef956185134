import type { Line } from '../../src/audit/chain.ts';
import { stigs } from '../../src/audit/stig.ts';
import { idOf, now, uidOf } from '../support/builders.ts';
import { aLine } from './a-line.ts';

export const source = { version: '0.1.0', host: 'mongo-prod-01' };
export const alice = { id: idOf(1), uid: uidOf('alice@admin'), user: 'alice@admin' };
export const lock = {
  user: 'alice@admin',
  until: now,
  reason: 'incident 7',
  made_at: now,
  override_exemptions: false,
};

export const outcomeLine = (
  outcome: string,
  eventOutcome: 'success' | 'failure' | 'unknown',
  { id, ...owner }: { id: string; uid: string; user: string | null } = alice,
): Line =>
  aLine(
    'outcome',
    {
      run_id: 'run-1',
      ...owner,
      sessions: [{ id, last_use: null, because: 'idle for 21m, limit 15m' }],
      rule: 'idle',
      outcome,
      outcome_because: 'nothing runs in it',
      members: [{ address: 'db1:27017', ok: true }],
    },
    eventOutcome,
  );

export const plan = {
  run_id: 'run-1',
  exceeded: [],
  users: [
    { uid: alice.uid, user: alice.user, by: 'sessions', sessions: [{ id: alice.id }, { id: idOf(2) }] },
  ],
};
export const attempt = {
  run_id: 'run-1',
  command: 'killAllSessionsByPattern',
  by: 'sessions',
  uid: alice.uid,
  user: alice.user,
  session_ids: [alice.id],
  members: ['db1:27017', 'db2:27017'],
};
export const audit = {
  rule: stigs['8'].ruleId,
  policy: { name: 'p', file: '/etc/reaper/policy.yaml', sha256: 'a'.repeat(64) },
  chain_intact: true,
  attestation: 'The ISSO says so.',
};
