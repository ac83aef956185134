import type { Condition } from '../condition.ts';
import type { Session } from '../../session.ts';
import { not } from '../truth.ts';
import type { Pattern } from '../pattern.ts';
import { matchesUser, userPatterns, wordsForMatch } from '../user-pattern.ts';

const unknownIf = 'the server does not list the owner, and only a pattern with `*` or `?` could match';

/** The owner is one of these users. */
export const users: Condition<readonly Pattern[]> = {
  schema: userPatterns.meta({
    description: `The owner matches one of these. ${userPatterns.description}`,
    input_examples: [['alice@admin', 'ctr_*@$external']],
    unknown_if: unknownIf,
    stands_for: 'lists of users',
  }),
  about: 'user',
  test: matchesUser,
  narrow: (patterns, context) => ({
    owners: patterns.filter(({ literal }) => literal === undefined),
    uids: patterns.flatMap(({ literal }) => (literal === undefined ? [] : [context.uidOf(literal)])),
  }),
  because: wordsForMatch,
  source: ownerSource,
};

/** The owner is none of these users. */
export const notUsers: Condition<readonly Pattern[]> = {
  schema: userPatterns.meta({
    description: `The owner matches none of these. ${userPatterns.description}`,
    input_examples: [['svc_*@admin']],
    unknown_if: unknownIf,
    stands_for: 'lists of users; Oracle’s `DEFAULT` profile',
  }),
  about: 'user',
  test: (patterns, session, context) => not(matchesUser(patterns, session, context)),
  because: wordsForMatch,
  source: ownerSource,
};

function ownerSource(session: Session): string {
  return session.user === undefined ? 'nothing names the owner' : 'the listed owner, whose uid fits';
}
