// How many sessions are decided in a second, on one core, by a policy of five rules with two exemptions.
import { randomBytes } from 'node:crypto';
import { decide } from '../../../src/decide/decide.ts';
import { makeContext } from '../../../src/decide/make-context.ts';
import { rememberingUidOf } from '../../../src/mongo/uid.ts';
import { parsePolicy } from '../../../src/policy/load.ts';
import { parseSessionId } from '../../../src/session.ts';
import { takeSnapshot } from '../../../src/snapshot.ts';

const policy = parsePolicy(
  new TextEncoder().encode(`
version: 1
name: five-rules
exemptions:
  - { name: services, users: ['svc_*@admin', 'mms-*@admin'], because: batch jobs }
  - { name: reports, users: [reports@admin], because: long reports }
rules:
  - { name: contractors, when: { users: ['ctr_*@$external', 'user7@admin'], idle_for: 10m } }
  - { name: privileged, when: { users: ['dba*@admin'], idle_for: 10m } }
  - { name: idle, when: { idle_for: 15m, not_users: ['user4*@admin'] } }
  - { name: lost, when: { client_gone: true } }
  - { name: cursors, when: { any_of: [{ cursor_idle_for: 30m }, { transaction_idle_for: 5m }] } }
`),
  'five-rules',
);
const uidOf = rememberingUidOf();
const count = Number(process.env['BENCH_SESSIONS']);
const serverTime = Date.UTC(2026, 0, 1);
const collection = Array.from({ length: count }, (_, at) => {
  const user = `user${at % 50}@admin`;
  const hex = randomBytes(16).toString('hex');
  const id = hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
  // One in ten is idle.
  const lastUse = serverTime - (at % 10 === 0 ? 1_000_000 + (at % 1000) * 1000 : at % 300_000);
  return { lsid: { id: parseSessionId(id), uid: uidOf(user) }, lastUse, user };
});
const members = [{ address: 'm1', behind: 0, sessions: [], held: [] }];
const snapshot = takeSnapshot({ serverTime, collection, members }, uidOf);
const facts = {
  ...{ refreshMillis: 300_000, uidOf, self: ['reaper@admin'], localZone: 'UTC' },
  ...{ membersComplete: true, roles: new Map(), firstSeen: undefined },
};
const began = process.cpuUsage();
const verdicts = decide(snapshot.sessions, policy, makeContext(snapshot, policy, facts));
const { user, system } = process.cpuUsage(began);
const ended = verdicts.filter(({ verdict }) => verdict === 'terminate').length;
console.log(JSON.stringify({ perSecond: Math.round(count / ((user + system) / 1e6)), ended }));
