import type { z } from 'zod';
import { keyOf, parseSessionId, parseUid, type Session, type Uid } from '../session.ts';
import type { Saved, SnapshotFile, snapshotSchema } from './schema.ts';

/** Takes a snapshot and returns what its file holds. */
export function toFile({ snapshot, facts, ...saved }: Saved): SnapshotFile {
  return {
    format: 'reaper-snapshot',
    version: 1,
    anonymised: saved.anonymised,
    server_time: iso(snapshot.serverTime),
    local_zone: facts.localZone,
    deployment: { ...saved.deployment },
    members: saved.members.map(({ address, role }) => ({ address, role })),
    members_complete: facts.membersComplete,
    silent_members: [...snapshot.silentMembers],
    refresh_seconds: facts.refreshMillis / 1000,
    session_timeout_minutes: saved.sessionTimeoutMinutes,
    self: [...facts.self],
    roles: [...facts.roles].map(([owner, roles]) => ({ uid: owner, roles: [...roles] })),
    sessions: snapshot.sessions.map((each) => ({
      lsid: { ...each.lsid },
      user: each.user ?? null,
      flushed: each.flushed === undefined ? null : iso(each.flushed),
      local: latestOf(each.local),
      first_seen:
        facts.firstSeen === undefined
          ? null
          : iso(facts.firstSeen.get(keyOf(each.lsid)) ?? snapshot.serverTime),
      holds: { ...each.holds },
      held: [...each.held],
      resources: each.resources.map(({ kind, member, idle, open, clientGone }) => ({
        kind,
        member,
        // Lower bounds, so they are rounded down.
        idle_seconds: Math.floor(idle) / 1000,
        open_seconds: Math.floor(open) / 1000,
        client_gone: clientGone === 'unknown' ? null : clientGone,
      })),
      clients: [...each.clients],
      apps: [...each.apps],
    })),
  };
}

/** No other use decides anything. */
function latestOf([latest]: Session['local']): SnapshotFile['sessions'][number]['local'] {
  return latest === undefined ? null : { at: iso(latest.at), member: latest.member };
}

/** Clocks of members are reckoned finer than a file shows: rounded up, nothing looks idler than it is. */
function iso(at: number): string {
  return new Date(Math.ceil(at)).toISOString();
}

/** Takes what a snapshot file holds and returns the snapshot. */
export function fromFile(file: z.output<typeof snapshotSchema>, uidOf: (name: string) => Uid): Saved {
  const sessions = file.sessions.map((row): Session => ({
    lsid: { id: parseSessionId(row.lsid.id), uid: parseUid(row.lsid.uid) },
    user: row.user ?? undefined,
    flushed: row.flushed ?? undefined,
    local: row.local === null ? [] : [row.local],
    holds: row.holds,
    held: row.held,
    resources: row.resources.map(({ kind, member, ...rest }) => ({
      kind,
      member,
      idle: rest.idle_seconds,
      open: rest.open_seconds,
      clientGone: rest.client_gone ?? 'unknown',
    })),
    clients: row.clients,
    apps: row.apps,
  }));
  const seen = file.sessions.flatMap(({ first_seen: at }, index): [string, number][] => {
    const lsid = sessions[index]?.lsid;
    return at === null || lsid === undefined ? [] : [[keyOf(lsid), at]];
  });
  return {
    anonymised: file.anonymised,
    snapshot: { serverTime: file.server_time, sessions, silentMembers: file.silent_members },
    facts: {
      refreshMillis: file.refresh_seconds,
      uidOf,
      self: file.self,
      localZone: file.local_zone,
      membersComplete: file.members_complete,
      roles: new Map(file.roles.map(({ uid: owner, roles }) => [parseUid(owner), roles])),
      firstSeen: seen.length === 0 ? undefined : new Map(seen),
    },
    deployment: file.deployment,
    members: file.members,
    sessionTimeoutMinutes: file.session_timeout_minutes,
  };
}
