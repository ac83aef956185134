import { allOf, anyOf, opposite, surely, surelyNot, type Could } from './could.ts';
import type { Thing, WatchedSession } from './history.ts';
import type { SoakWhen } from './policy.ts';
import type { Seen } from './seen.ts';

/** One session as one run could see it, beside the others. */
export interface Case {
  readonly session: WatchedSession;
  readonly seen: Seen;
  readonly all: readonly WatchedSession[];
}

/** What reaper could have found of this session under these conditions. */
export function couldBe(when: SoakWhen, given: Case): Could {
  return allOf(
    Object.keys(when).map((key) =>
      (tests[key as keyof SoakWhen] as Test<unknown>)(when[key as never], given),
    ),
  );
}

type Test<T> = (value: T, given: Case) => Could;

// The README's words, written a second time: what is shared with reaper would be wrong in both.
const tests: { readonly [K in keyof SoakWhen]-?: Test<NonNullable<SoakWhen[K]>> } = {
  idle_for: (seconds, { session, seen }) => {
    const { from, to } = seen.stamp(session);
    const maybe = seen.looked - from > seconds * 1000 && !seen.surelyRunning(session);
    return could(maybe, seen.list - to > seconds * 1000, seen);
  },
  cursor_idle_for: (seconds, given) =>
    ofThings('cursor', given, (thing) => {
      const { from, to } = given.seen.thingUse(thing);
      return [given.seen.looked - from > seconds * 1000, given.seen.list - to > seconds * 1000 + rounding];
    }),
  transaction_idle_for: (seconds, given) =>
    ofThings('transaction', given, ({ uses }) => {
      const { from, to } = given.seen.stamp(given.session);
      const opened = uses[0]?.from ?? Infinity;
      const since = Math.max(from, opened);
      return [given.seen.looked - since > seconds * 1000, given.seen.list - to > seconds * 1000];
    }),
  transaction_open_for: (seconds, given) =>
    ofThings('transaction', given, ({ uses: [opened] }) => [
      given.seen.looked - (opened?.from ?? Infinity) > seconds * 1000,
      given.seen.list - (opened?.to ?? Infinity) > seconds * 1000 + rounding,
    ]),
  // Since reaper saw it first, which only reaper knows; it cannot have been before its client's first use.
  older_than: (seconds, { session, seen }) => ({
    yes: seen.looked - (session.uses[0]?.from ?? Infinity) > seconds * 1000,
    no: true,
    unknown: true,
  }),
  more_than_per_user: (most, { session, seen, all }) => {
    const mine = seen.stamp(session);
    const others = all.filter((each) => each.user === session.user && each.id !== session.id);
    const maybeLater = others.filter(
      (each) => seen.maybeListed(each) && seen.stamp(each).to >= mine.from,
    ).length;
    // What an earlier run ended counts for no rank: only one that goes on surely counts.
    const surelyLater = others.filter(
      (each) => each.things.some(seen.surelyOpen) && seen.stamp(each).from > mine.to,
    ).length;
    return could(maybeLater >= most, surelyLater >= most, seen);
  },
  users: (patterns, { session }) => sureOf(patterns.some((pattern) => matches(pattern, session.user))),
  not_users: (patterns, { session }) => sureOf(!patterns.some((pattern) => matches(pattern, session.user))),
  // Told by what runs or is in a transaction only.
  apps: (patterns, { session, seen }) => {
    const transactions = session.things.filter(({ kind }) => kind === 'transaction');
    const told = transactions.some(seen.surelyOpen) && seen.complete;
    const maybeTold = seen.maybeRunning(session) || transactions.some(seen.maybeOpen);
    const matched = patterns.some((pattern) => matches(pattern, session.app));
    return { yes: matched && maybeTold, no: !matched && maybeTold, unknown: !told };
  },
  during: (window) => sureOf(window === 'open'),
  outside: (window) => sureOf(window === 'shut'),
  any_of: (branches, given) => anyOf(branches.map((branch) => couldBe(branch, given))),
  not: (when, given) => opposite(couldBe(when, given)),
};

/** What a member's clock and its microseconds may be off, in ms. */
const rounding = 100;

const sureOf = (truth: boolean): Could => (truth ? surely : surelyNot);

function could(maybe: boolean, sure: boolean, { complete }: Seen): Could {
  return { yes: maybe, no: !sure, unknown: !complete };
}

function ofThings(
  kind: Thing['kind'],
  { session, seen }: Case,
  test: (thing: Thing) => [maybe: boolean, sure: boolean],
): Could {
  const things = session.things.filter((each) => each.kind === kind);
  const maybe = things.some((each) => seen.maybeOpen(each) && test(each)[0]);
  return could(
    maybe,
    things.some((each) => seen.surelyOpen(each) && test(each)[1]),
    seen,
  );
}

/** A glob of a soak's policy has nothing but `*` and `?` in it that means more than itself. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
