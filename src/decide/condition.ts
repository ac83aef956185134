import type { z } from 'zod';
import type { Session, Uid } from '../session.ts';
import type { Narrowing } from './narrowing.ts';
import type { Truth } from './truth.ts';

/** All that a decision may depend on besides the session and the policy. No clock is read later. */
export interface Context {
  /** The primary's clock, ms since the epoch (L8). */
  readonly now: number;
  /** Members whose sessions and operations could not be seen (P3). */
  readonly silentMembers: readonly string[];
  /** `logicalSessionRefreshMillis`: how late a use may reach the collection (L2). */
  readonly refreshMillis: number;
  /** The uid of a name `user@db` (T5). */
  readonly uidOf: (name: string) => Uid;
  /** Whether a time interval of the policy is open now. */
  readonly isOpen: (interval: string) => boolean;
  /** The users that this run is logged in as; nothing ends their sessions (P6). */
  readonly self: ReadonlySet<Uid>;
  /** The roles of a session's owner, `role@db`, inherited ones too; undefined if they are not known. */
  readonly rolesOf: (session: Session) => readonly string[] | undefined;
  /** When reaper first saw a session, ms since the epoch; undefined if nobody remembers. */
  readonly firstSeen: (session: Session) => number | undefined;
  /** How many of its user's sessions were used later than this one (P9). */
  readonly rankOf: (session: Session) => number;
}

/** What a condition must be told of besides the listing. */
export type Need = 'roles' | 'first-seen' | 'connections' | 'whole-listing';

/**
 * One condition of the policy language. `schema` parses its arguments out of YAML and documents it, `test`
 * decides, `because` says in words what `test` compared; only the verdicts that are shown need the words.
 */
export interface Condition<Args> {
  readonly schema: z.ZodType<Args>;
  /** Of what it speaks: `session` conditions may differ between two sessions of one user. */
  readonly about: 'session' | 'user' | 'clock';
  readonly needs?: Need;
  readonly test: (args: Args, session: Session, context: Context) => Truth;
  readonly because: (args: Args, session: Session, context: Context) => string;
  /** Where the value that is compared came from. */
  readonly source: (session: Session) => string;
  /** What the server may leave out; without it, nothing. */
  readonly narrow?: (args: Args, context: Context) => Narrowing;
}

/** A condition with its arguments: one line of a `when`. */
export interface Criterion {
  readonly condition: string;
  readonly args: unknown;
  readonly about: Condition<unknown>['about'];
  readonly needs: ReadonlySet<Need>;
  readonly test: (session: Session, context: Context) => Truth;
  readonly because: (session: Session, context: Context) => string;
  readonly source: (session: Session) => string;
  readonly narrow?: (context: Context) => Narrowing;
}

/** What was seen, and who did not tell. */
export function andSilent(seen: string, { silentMembers }: Context): string {
  return silentMembers.length === 0 ? seen : `${seen}; ${silentMembers.join(', ')} did not tell`;
}

/** Ties a condition to its arguments. */
export function criterion<Args>(name: string, condition: Condition<Args>, args: Args): Criterion {
  return {
    condition: name,
    args,
    about: condition.about,
    needs: new Set(condition.needs === undefined ? [] : [condition.needs]),
    test: (session, context) => condition.test(args, session, context),
    because: (session, context) => condition.because(args, session, context),
    source: condition.source,
    narrow: (context) => condition.narrow?.(args, context) ?? 'all',
  };
}
