import { keyOf, parseSessionId, type Session, type Uid } from '../session.ts';
import type { Saved } from './schema.ts';

/** The one name that stays: it is no secret, and a built-in exemption knows it (P6). */
const systemUser = '__system@local';

/**
 * Takes a snapshot and returns one that names nobody and decides the same, where the policy asks for no name,
 * client or application: users become `user-1@db` with the uids of these names, sessions get fresh ids, members
 * become `member-1`, clients and applications are dropped. Times, role names and counts stay.
 *
 * `newId` gives a fresh UUID at each call.
 */
export function anonymise(saved: Saved, newId: () => string): Saved {
  const { snapshot, facts } = saved;
  const { uidOf } = facts;
  // A uid is the hash of a name, which anyone can compute for a name that they guess: it goes too.
  const names = new Map<Uid, string>([[uidOf(systemUser), systemUser]]);
  for (const uid of [
    ...snapshot.sessions.map((session) => session.lsid.uid),
    ...facts.self.map(uidOf),
    ...facts.roles.keys(),
  ]) {
    if (!names.has(uid)) names.set(uid, `user-${names.size}@db`);
  }
  const nameOf = (uid: Uid): string => names.get(uid) ?? systemUser;

  const members = new Map<string, string>();
  const memberOf = (address: string): string => {
    const known = members.get(address) ?? `member-${members.size + 1}`;
    members.set(address, known);
    return known;
  };
  const renamed = {
    members: saved.members.map(({ address, role }) => ({ address: memberOf(address), role })),
  };

  // Fresh ids in the order of the old ones: where two sessions were used at the same time, the id decides (P9).
  const oldIds = [...new Set(snapshot.sessions.map(({ lsid }) => lsid.id))].sort();
  const freshIds = oldIds.map(() => parseSessionId(newId())).sort();
  const ids = new Map(oldIds.map((id, at) => [id, freshIds[at] ?? id]));

  const sessions = snapshot.sessions.map((session): Session => {
    const { lsid, user, local } = session;
    const name = nameOf(lsid.uid);
    return {
      ...session,
      lsid: { id: ids.get(lsid.id) ?? lsid.id, uid: uidOf(name) },
      user: user === undefined ? undefined : name,
      local: local.map((use) => ({ ...use, member: memberOf(use.member) })),
      held: session.held.map((held, at) => {
        const [member = '', kind = ''] = held.split(' ');
        return `${memberOf(member)} ${kind} ${at + 1}`;
      }),
      resources: session.resources.map((each) => ({ ...each, member: memberOf(each.member) })),
      clients: [],
      apps: [],
    };
  });
  const seen = (at: number): [string, number][] => {
    const [before, after] = [snapshot.sessions[at], sessions[at]];
    const when = before === undefined ? undefined : facts.firstSeen?.get(keyOf(before.lsid));
    return when === undefined || after === undefined ? [] : [[keyOf(after.lsid), when]];
  };
  return {
    ...saved,
    ...renamed,
    anonymised: true,
    deployment: { ...saved.deployment, name: 'anonymised' },
    snapshot: { ...snapshot, sessions, silentMembers: snapshot.silentMembers.map(memberOf) },
    facts: {
      ...facts,
      self: facts.self.map((name) => nameOf(uidOf(name))),
      roles: new Map([...facts.roles].map(([uid, roles]) => [uidOf(nameOf(uid)), roles])),
      firstSeen: facts.firstSeen === undefined ? undefined : new Map(sessions.flatMap((_, at) => seen(at))),
    },
  };
}
