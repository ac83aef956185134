import type { Context, Criterion } from '../../src/decide/condition.ts';
import type { ConditionName } from '../../src/decide/conditions/index.ts';
import type { Facts } from '../../src/decide/make-context.ts';
import type { Truth } from '../../src/decide/truth.ts';
import type { SparingVerdict, TerminateVerdict } from '../../src/decide/verdict.ts';
import { rememberingUidOf } from '../../src/mongo/uid.ts';
import type { Exemption, Rule } from '../../src/policy/policy.ts';
import { rule } from '../../src/policy/rule-schema.ts';
import { parseSessionId, type Lsid, type Resource, type Session, type SessionId } from '../../src/session.ts';
import type { HeldThing, ListedSession, Listing, MemberListing } from '../../src/snapshot.ts';

export const uidOf = rememberingUidOf();

export const minute = 60_000;

/** The primary's clock in all of these. */
export const now = Date.UTC(2026, 6, 1, 12);

/** A session id that is the same for the same number. */
export function idOf(number: number): SessionId {
  return parseSessionId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
}

export function lsidOf(number: number, owner = 'alice@admin'): Lsid {
  return { id: idOf(number), uid: uidOf(owner) };
}

interface SessionOptions {
  readonly id?: number;
  readonly owner?: string;
  /** Whether the server lists the owner's name (L3). */
  readonly named?: boolean;
  /** How long ago the collection and the member `m1` have the last use, in ms. */
  readonly flushedAgo?: number | undefined;
  readonly localAgo?: number | undefined;
  readonly operations?: number;
  readonly cursors?: number;
  /** Idle or open cursors and transactions with their times, on `m1` unless they say another member. */
  readonly resources?: readonly Partial<Resource>[];
  readonly clients?: readonly string[];
  readonly apps?: readonly string[];
}

/** A session of alice's, used at this moment and holding nothing, but for what is given. */
export function aSession(options: SessionOptions = {}): Session {
  const { id = 1, owner = 'alice@admin', named = true, localAgo, operations = 0, cursors = 0 } = options;
  const { resources = [], clients = [], apps = [] } = options;
  const flushedAgo = 'flushedAgo' in options || localAgo !== undefined ? options.flushedAgo : 0;
  return {
    lsid: lsidOf(id, owner),
    user: named ? owner : undefined,
    flushed: flushedAgo === undefined ? undefined : now - flushedAgo,
    local: localAgo === undefined ? [] : [{ at: now - localAgo, member: 'm1' }],
    holds: { operations, cursors, transactions: 0 },
    held: [
      ...Array.from({ length: operations }, (_, at) => `m1 operation ${at}`),
      ...Array.from({ length: cursors }, (_, at) => `m1 cursor ${at}`),
    ],
    resources: resources.map((each) => ({
      kind: 'transaction',
      member: 'm1',
      idle: 0,
      open: 0,
      clientGone: 'unknown',
      ...each,
    })),
    clients,
    apps,
  };
}

interface ContextOptions {
  readonly silentMembers?: readonly string[];
  readonly refreshMillis?: number;
  readonly open?: readonly string[];
  readonly self?: readonly string[];
  /** The roles of every owner. */
  readonly roles?: readonly string[] | undefined;
  /** How long ago every session was first seen, in ms. */
  readonly firstSeenAgo?: number | undefined;
  /** How many of its user's sessions were used later than any session. */
  readonly rank?: number;
}

export function aContext(options: ContextOptions = {}): Context {
  const { silentMembers = [], refreshMillis = 5 * minute, open = [], self = ['reaper@admin'] } = options;
  const { roles, firstSeenAgo, rank = 0 } = options;
  return {
    now,
    silentMembers,
    refreshMillis,
    uidOf,
    isOpen: (interval) => open.includes(interval),
    self: new Set(self.map(uidOf)),
    rolesOf: () => roles,
    firstSeen: () => (firstSeenAgo === undefined ? undefined : now - firstSeenAgo),
    rankOf: () => rank,
  };
}

/** What a run knows besides a snapshot; of roles and of the past, nothing. */
export function someFacts(rest: Partial<Facts> = {}): Facts {
  return {
    refreshMillis: 5 * minute,
    uidOf,
    self: ['reaper@admin'],
    localZone: 'UTC',
    membersComplete: true,
    roles: new Map(),
    firstSeen: undefined,
    ...rest,
  };
}

/** Every key of a `when`, as complaints list them. */
export const whenKeys =
  'idle_for, users, not_users, roles, during, outside, older_than, more_than_per_user, transaction_idle_for, transaction_open_for, cursor_idle_for, client_gone, clients, apps, any_of, not';

/** Conditions as a policy writes them. */
export type When = { readonly [K in ConditionName]?: unknown } & {
  readonly any_of?: readonly When[];
  readonly not?: When;
};

/** Parses what a `when` holds and binds it, as a policy does. */
function criteriaOf(when: When): readonly Criterion[] {
  return rule.parse({ name: 'a rule', when }).criteria;
}

/** A criterion that has the same answer for every session. */
export function always(truth: Truth): Criterion {
  return {
    condition: 'always',
    args: truth,
    about: 'session',
    needs: new Set(),
    test: () => truth,
    because: () => `always ${truth}`,
    source: () => 'nowhere',
  };
}

export function aRule(when: When | readonly Criterion[], rest: Partial<Rule> = {}): Rule {
  const criteria = isList(when) ? when : criteriaOf(when);
  return { name: 'a-rule', terminate: 'sessions', ...rest, criteria };
}

export function anExemption(when: When | readonly Criterion[], rest: Partial<Exemption> = {}): Exemption {
  const criteria = isList(when) ? when : criteriaOf(when);
  return { name: 'an-exemption', because: undefined, ...rest, criteria };
}

function isList(when: When | readonly Criterion[]): when is readonly Criterion[] {
  return Array.isArray(when);
}

export function toTerminate(session: Session, rest: Partial<TerminateVerdict> = {}): TerminateVerdict {
  return {
    verdict: 'terminate',
    session,
    rule: 'a-rule',
    wholeUser: false,
    because: 'it matches',
    ...rest,
  };
}

export function toSpare(
  verdict: SparingVerdict['verdict'],
  session: Session,
  rest: Partial<SparingVerdict> = {},
): SparingVerdict {
  return { verdict, session, rule: undefined, builtIn: false, because: 'it is spared', ...rest };
}

/** A row of a listing: `user` is the name in it, the owner's by default. */
export function aRow(
  id: number,
  owner: string,
  ago: number,
  user: string | undefined = owner,
): ListedSession {
  return { lsid: lsidOf(id, owner), lastUse: now - ago, user };
}

/** The same without a name (L3). */
export function aNamelessRow(id: number, owner: string, ago: number): ListedSession {
  return { lsid: lsidOf(id, owner), lastUse: now - ago, user: undefined };
}

export function aHeldThing(id: number, owner: string, rest: Partial<HeldThing> = {}): HeldThing {
  return {
    lsid: lsidOf(id, owner),
    kind: 'operation',
    number: '1',
    users: [],
    client: undefined,
    app: undefined,
    ...rest,
  };
}

export function aMember(address: string, rest: Partial<MemberListing> = {}): MemberListing {
  return { address, behind: 0, sessions: [], held: [], ...rest };
}

export function aListing(rest: Partial<Listing> = {}): Listing {
  return { serverTime: now, collection: [], members: [aMember('m1')], ...rest };
}
