import { z } from 'zod';
import type { Session } from '../session.ts';
import type { Context } from './condition.ts';
import { matchesText, parsePattern, type Pattern } from './pattern.ts';
import { any, type Truth } from './truth.ts';

const userPattern = z
  .string({ error: 'a user pattern is text, as alice@admin or svc_*@admin; quote it' })
  .transform((text, context): Pattern => {
    const pattern = parsePattern(text);
    const complaint = complaintAbout(pattern);
    if (complaint === undefined) return pattern;
    context.addIssue({ code: 'custom', message: complaint });
    return z.NEVER;
  });

/** The value of `users` and `not_users`. */
export const userPatterns = z
  .array(userPattern, { error: 'expected a list of user patterns, as [alice@admin, "svc_*@admin"]' })
  .min(1, { error: 'an empty list names nobody; name at least one user, as alice@admin' })
  .describe(
    'Globs over the name as listed, `user@db`: `*` any characters, `?` one, `\\` escapes. A name without either matches by uid too, so also where the server does not list the owner.',
  );

function complaintAbout({ text, literal }: Pattern): string | undefined {
  if (text === '') return 'an empty pattern matches nobody; write user@db';
  if (literal !== undefined && !literal.includes('@')) {
    return `${JSON.stringify(text)} can match nobody, since users are listed as user@db; write ${JSON.stringify(`${text}@admin`)} or ${JSON.stringify(`${text}@*`)}`;
  }
  return undefined;
}

/**
 * Whether the owner matches one of the patterns (P2). An owner that is not known can still be told from a
 * literal name by uid; against a glob the answer is unknown.
 */
export function matchesUser(patterns: readonly Pattern[], session: Session, context: Context): Truth {
  return any(patterns, (pattern) => matchesOne(pattern, session, context));
}

/** What was compared, in words for a report that names the owner elsewhere. */
export function wordsForMatch(patterns: readonly Pattern[], session: Session, context: Context): string {
  const matched = patterns.find((pattern) => matchesOne(pattern, session, context) === true);
  if (matched !== undefined) return `user matches ${matched.text}`;
  const shown = patterns.slice(0, 3).map((pattern) => pattern.text);
  const list =
    shown.join(', ') + (patterns.length > shown.length ? ` or ${patterns.length - shown.length} more` : '');
  return session.user === undefined && matchesUser(patterns, session, context) === 'unknown'
    ? `its owner is unknown, and may match ${list}`
    : `user is none of ${list}`;
}

function matchesOne(pattern: Pattern, session: Session, context: Context): Truth {
  if (pattern.literal !== undefined) return context.uidOf(pattern.literal) === session.lsid.uid;
  return session.user === undefined ? 'unknown' : matchesText(pattern, session.user);
}
