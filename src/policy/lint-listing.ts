import type { Context, Criterion } from '../decide/condition.ts';
import { leavesOf } from '../decide/combine.ts';
import { exempted } from '../decide/exemption.ts';
import { matchesUser } from '../decide/user-pattern.ts';
import type { Pattern } from '../decide/pattern.ts';
import type { Session, Uid } from '../session.ts';
import type { Warning } from './lint.ts';
import type { Policy } from './policy.ts';

/** A pattern that names so large a part of those listed is perhaps meant more narrowly. */
const nearlyEverybody = 0.9;
const fewestToJudge = 10;
/** So many sessions of one user are more likely a connection pool than a person. */
const poolSize = 20;

/** Holds a policy against the sessions that are listed now, reaper's own left out. Pure. */
export function lintListing(policy: Policy, sessions: readonly Session[], context: Context): Warning[] {
  const others = sessions.filter((session) => !exempted(session, [], context).builtIn);
  const named = [
    ...policy.rules.map((rule) => ({ about: `rule ${rule.name}`, criteria: rule.criteria })),
    ...policy.exemptions.map((exemption) => ({
      about: `exemption ${exemption.name}`,
      criteria: exemption.criteria,
    })),
  ];
  return [
    ...named.flatMap(({ about, criteria }) => [
      ...criteria.flatMap((each) => undecided(about, each, others, context)),
      ...userPatterns(about, criteria, others, context),
    ]),
    ...policy.rules.flatMap(({ name, criteria }) => pools(`rule ${name}`, criteria, policy, others, context)),
  ];
}

function undecided(
  about: string,
  criterion: Criterion,
  sessions: readonly Session[],
  context: Context,
): Warning[] {
  const many = sessions.filter((session) => criterion.test(session, context) === 'unknown').length;
  if (many === 0) return [];
  return [
    {
      about,
      message: `${criterion.condition} can decide ${sessions.length - many} of the ${sessions.length} sessions listed now; the others stay indeterminate`,
    },
  ];
}

/** Each pattern once, wherever it stands: a misspelt one that is to leave somebody out leaves nobody out. */
function userPatterns(
  about: string,
  criteria: readonly Criterion[],
  sessions: readonly Session[],
  context: Context,
): Warning[] {
  const patterns = leavesOf(criteria)
    .filter(({ condition }) => condition === 'users' || condition === 'not_users')
    .flatMap(({ args }) => args as readonly Pattern[]);
  return [...new Map(patterns.map((pattern) => [pattern.text, pattern])).values()].flatMap((pattern) => {
    const matched = sessions.filter((session) => matchesUser([pattern], session, context) === true).length;
    if (sessions.length > 0 && matched === 0) {
      return [{ about, message: `user pattern ${pattern.text} matches nobody who is listed now` }];
    }
    if (sessions.length < fewestToJudge || matched < nearlyEverybody * sessions.length) return [];
    return [
      {
        about,
        message: `user pattern ${pattern.text} matches ${matched} of the ${sessions.length} sessions listed now`,
      },
    ];
  });
}

/** Conditions on users alone, so that idle moments do not hide a pool from this. */
function pools(
  about: string,
  criteria: readonly Criterion[],
  policy: Policy,
  sessions: readonly Session[],
  context: Context,
): Warning[] {
  const counts = new Map<Uid, { name: string; many: number }>();
  for (const session of sessions) {
    const aimedAt = criteria.every((each) => each.about !== 'user' || each.test(session, context) === true);
    if (!aimedAt || exempted(session, policy.exemptions, context).truth === true) continue;
    const count = counts.get(session.lsid.uid) ?? { name: session.user ?? 'an unknown user', many: 0 };
    count.many += 1;
    counts.set(session.lsid.uid, count);
  }
  return [...counts.values()]
    .filter(({ many }) => many >= poolSize)
    .map(({ name, many }) => ({
      about,
      message: `may end sessions of ${name}, who has ${many}: if that is an application’s connection pool, exempt it, or its requests fail with Interrupted and CursorNotFound`,
    }));
}
