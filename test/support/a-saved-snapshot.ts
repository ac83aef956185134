import { parsePolicy } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Session } from '../../src/session.ts';
import type { Saved } from '../../src/snapshot-file/schema.ts';
import { minute, now, uidOf } from './builders.ts';

interface Options {
  readonly sessions?: readonly Session[];
  readonly serverTime?: number;
  readonly facts?: Partial<Saved['facts']>;
  readonly silentMembers?: readonly string[];
}

/** A snapshot of a replica set where all members answered and reaper sees everything, but for what is given. */
export function aSavedSnapshot(options: Options = {}): Saved {
  const { sessions = [], serverTime = now, facts = {}, silentMembers = [] } = options;
  return {
    anonymised: false,
    snapshot: { serverTime, sessions, silentMembers },
    facts: {
      refreshMillis: 5 * minute,
      uidOf,
      self: ['reaper@admin'],
      localZone: 'UTC',
      membersComplete: true,
      roles: new Map(),
      firstSeen: undefined,
      ...facts,
    },
    deployment: { topology: 'replica-set', name: 'rs0' },
    members: ['m1', 'm2', 'm3'].map((address, at) => ({ address, role: at === 0 ? 'primary' : 'secondary' })),
    sessionTimeoutMinutes: 30,
  };
}

/** A policy as a file has it, without its head. */
export function aPolicy(yaml: string): Policy {
  return parsePolicy(Buffer.from(`version: 1\nname: test\n${yaml}`), 'policy.yaml');
}
