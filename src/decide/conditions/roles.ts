import { z } from 'zod';
import type { Condition } from '../condition.ts';
import { any } from '../truth.ts';
import { matchesText, parsePattern, type Pattern } from '../pattern.ts';

const rolePattern = z
  .string({ error: 'a role is text, as root@admin; quote it if it has a *' })
  .transform((text, context): Pattern => {
    const pattern = parsePattern(text);
    if (pattern.literal === undefined || pattern.literal.includes('@')) return pattern;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} can match nothing, since roles are named role@db; write ${JSON.stringify(`${text}@admin`)} or ${JSON.stringify(`${text}@*`)}`,
    });
    return z.NEVER;
  });

/** The owner has one of these roles, granted or inherited: privileged accounts (R023). */
export const roles: Condition<readonly Pattern[]> = {
  schema: z
    .array(rolePattern, { error: 'expected a list of roles, as [root@admin, "*@hr"]' })
    .min(1, { error: 'an empty list names nothing; name at least one role, as root@admin' })
    .meta({
      description:
        'The owner has one of these roles, directly or inherited. Globs over `role@db`: `*` any characters, `?` one, `\\` escapes.',
      input_examples: [['root@admin', 'dbAdmin*@*']],
      unknown_if:
        'the owner is unknown, the account lacks viewUser on the owner’s database, or the server does not store the user (x.509, LDAP)',
      stands_for: 'privileged accounts (R023)',
    }),
  about: 'user',
  needs: 'roles',
  test(patterns, session, context) {
    const owned = context.rolesOf(session);
    if (owned === undefined) return 'unknown';
    return any(patterns, (pattern) => owned.some((role) => matchesText(pattern, role)));
  },
  because(patterns, session, context) {
    const owned = context.rolesOf(session);
    if (owned === undefined) return 'the roles of its user are not known';
    const matched = owned.find((role) => patterns.some((pattern) => matchesText(pattern, role)));
    return matched === undefined ? `its user has none of the roles` : `its user has the role ${matched}`;
  },
  source: () => 'usersInfo',
};
