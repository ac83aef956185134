import { ReaperError } from '../errors.ts';
import type { Uid } from '../session.ts';
import { parseUsersInfo, type UserRoles } from './answers.ts';
import { NoAnswer, within } from './deadline.ts';
import type { Deployment } from './deployment.ts';

/** So many users are asked for in one command. */
const atOnce = 500;

/**
 * Takes owners as listed, `user@db`, and returns the roles of those that the server stores, inherited ones too,
 * as `role@db` by uid. Who is missing has unknown roles: stored elsewhere (LDAP), or not ours to view.
 */
export async function readRoles(
  deployment: Deployment,
  owners: readonly string[],
  uidOf: (name: string) => Uid,
): Promise<ReadonlyMap<Uid, readonly string[]>> {
  const roles = new Map<Uid, readonly string[]>();
  const ambiguous = new Set<Uid>();
  const asked = owners.flatMap(splits);
  for (let start = 0; start < asked.length; start += atOnce) {
    for (const { user, db, inheritedRoles } of await usersInfo(
      deployment,
      asked.slice(start, start + atOnce),
    )) {
      const uid = uidOf(`${user}@${db}`);
      // a@b on c and a on b@c share one uid: then nobody can say whose session it is.
      if (roles.has(uid)) ambiguous.add(uid);
      if (inheritedRoles !== undefined && inheritedRoles !== null)
        roles.set(
          uid,
          inheritedRoles.map((each) => `${each.role}@${each.db}`),
        );
    }
  }
  for (const uid of ambiguous) roles.delete(uid);
  return roles;
}

/** In ms: some users have many roles, each with its own. */
const rolesDeadline = 30_000;

/** Every way to read `name@db`, since both halves may contain an @ (L5). */
function splits(name: string): { user: string; db: string }[] {
  const parts = name.split('@');
  return parts
    .slice(1)
    .map((_, at) => ({ user: parts.slice(0, at + 1).join('@'), db: parts.slice(at + 1).join('@') }));
}

async function usersInfo(
  deployment: Deployment,
  asked: readonly { user: string; db: string }[],
): Promise<readonly UserRoles[]> {
  const ask = async (some: readonly { user: string; db: string }[]): Promise<readonly UserRoles[]> => {
    const asking = deployment.primary
      .db('admin')
      .command({ usersInfo: some, showPrivileges: true, showCredentials: false });
    return parseUsersInfo(await within(rolesDeadline, 'usersInfo', asking));
  };
  try {
    return await ask(asked);
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof ReaperError) throw deployment.failureOf(error);
    // One database that we may not view spoils the answer for all: ask for each user alone.
    const answers = await Promise.all(asked.map((one) => ask([one]).catch(() => [])));
    return answers.flat();
  }
}
