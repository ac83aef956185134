import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Criterion } from '../../src/decide/condition.ts';
import { keyOf, type Session } from '../../src/session.ts';
import type { Snapshot } from '../../src/snapshot.ts';
import { terminateChunk } from '../../src/terminate/terminate.ts';
import { always, anExemption, aRule, aSession, minute, now } from '../support/builders.ts';
import { decided, scriptedRun, type Script, type Step, type Take } from './scripted-run.ts';

// The pauses between looks.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

/** What a look may show of a session. */
const states = {
  absent: () => [],
  idle: (id, owner) => [aSession({ id, owner, flushedAgo: 20 * minute })],
  holding: (id, owner) => [aSession({ id, owner, flushedAgo: 20 * minute, cursors: 1 })],
  batch: (id, owner) => [aSession({ id, owner, flushedAgo: 20 * minute, apps: ['batch'] })],
  nameless: (id, owner) => [aSession({ id, owner, flushedAgo: 20 * minute, named: false })],
  used: (id, owner) => [aSession({ id, owner, flushedAgo: 20 * minute, localAgo: -1 })],
  flushed: (id, owner) => [aSession({ id, owner, flushedAgo: -1 })],
} satisfies Record<string, (id: number, owner: string) => Session[]>;
type State = keyof typeof states;

const owners = ['alice@admin', 'bob@admin', 'carol@admin'] as const;
const anyState = fc.constantFrom(...(Object.keys(states) as State[]));
const mostlyIdle = fc.oneof({ weight: 3, arbitrary: fc.constant<State>('idle') }, anyState);
const life = fc.record({
  owner: fc.constantFrom(...owners),
  planned: mostlyIdle,
  before: mostlyIdle,
  after: fc.oneof(fc.constant<State>('absent'), mostlyIdle),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** Of one session alone, whatever its user's others are. */
const batch: Criterion = { ...always(true), test: ({ apps }) => apps.includes('batch') };

const policyOf = (terminate: 'user' | 'sessions'): Script['policy'] => ({
  rules: [aRule({ idle_for: '15m' }, { terminate })],
  exemptions: [anExemption({ users: ['carol@admin'] }), anExemption([batch])],
  timeIntervals: new Map(),
});

/** Mostly the first: few things go wrong at once, and endSessions is sent only if nothing does. */
const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
const world = fc.record({
  lives: fc.array(life, { minLength: 1, maxLength: 8 }),
  terminate: fc.constantFrom('user', 'sessions'),
  members: fc.record({
    m1: mostly<Take>('done', 'refused', 'lost'),
    m2: mostly<Take | 'unreached'>('done', 'refused', 'lost', 'unreached'),
  }),
  ends: mostly<Take>('done', 'refused', 'lost'),
  endSessions: mostly(true, false),
  topology: mostly<'replica-set' | 'sharded'>('replica-set', 'sharded'),
  membersComplete: mostly(true, false),
  mayEnd: mostly(true, false),
  silent: mostly<string[]>([], ['m2']),
  blind: mostly(false, true),
  stopsAt: mostly<Script['stopsAt']>(undefined, 'look', 'attempt', 'kill', 'verify'),
} as const);

test('whatever happens between the looks, nothing is sent that they do not bear out', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ lives, terminate, silent, blind, stopsAt, ...rest }) => {
      const shown = (when: 'planned' | 'before' | 'after', silentMembers: string[] = []): Snapshot => ({
        serverTime: now,
        sessions: lives.flatMap((each, id) => states[each[when]](id, each.owner)),
        silentMembers,
      });
      const policy = policyOf(terminate);
      const { users } = decided(policy, shown('planned')).plan;
      fc.pre(users.length > 0);
      const { run, steps } = scriptedRun({
        ...{ policy, ...rest },
        looks: [shown('before'), blind ? 'fails' : shown('after', silent)],
        ...(stopsAt !== undefined && { stopsAt }),
      });
      const outcomes = await terminateChunk(users, run);

      const uids = new Set(users.map(({ uid }) => uid));
      const byUser = new Set<string>(users.flatMap(({ uid, target }) => (target.by === 'user' ? [uid] : [])));
      const seen = decided(policy, {
        ...shown('before'),
        sessions: shown('before').sessions.filter(({ lsid }) => uids.has(lsid.uid)),
      }).verdicts;
      const verdictNow = new Map(seen.map((each) => [keyOf(each.session.lsid), each]));
      const planned = new Set(
        users.flatMap(({ sessions }) => sessions.map(({ session }) => keyOf(session.lsid))),
      );

      const kills = only(steps, 'kill');
      for (const {
        uids: [uid],
        keys,
      } of kills) {
        // By uid, where now as before everything of the user is to end; else only what was planned and still matches.
        if (uid !== undefined) {
          expect(keys).toEqual([]);
          expect(byUser.has(uid)).toBe(true);
          const theirs = seen.filter(({ session }) => session.lsid.uid === uid);
          expect(theirs.every(({ verdict }) => verdict === 'terminate')).toBe(true);
          expect(theirs.length).toBeGreaterThan(0);
        } else expect(keys.length).toBeGreaterThan(0);
        for (const key of keys) {
          const now = verdictNow.get(key);
          if (now?.verdict !== 'terminate') throw new Error(`${key} is not to end`);
          // Newcomers die with a user who was planned, and is still selected, as a whole (P4).
          if (!planned.has(key)) expect(now.wholeUser && byUser.has(now.session.lsid.uid)).toBe(true);
        }
      }
      // To each member that is there, once for each user; on record before the first of them.
      const there = Object.entries(rest.members).flatMap(([address, how]) =>
        how === 'unreached' ? [] : address,
      );
      const attempts = steps.filter(
        (each) => each.step === 'record' && each.event.action === 'attempt',
      ).length;
      expect(kills.length).toBe(attempts * there.length);
      const firstKill = steps.findIndex(({ step }) => step === 'kill');
      expect(steps.slice(0, Math.max(firstKill, 0)).filter(isAttempt).length).toBe(attempts);
      if (stopsAt === 'look') expect(kills).toEqual([]);

      // endSessions closes what is opened meanwhile (T17): only for what every member ended and nobody used since.
      const allDone = Object.values(rest.members).every((how) => how === 'done');
      const ended = only(steps, 'end').flatMap(({ keys }) => keys);
      const mayEnd = rest.endSessions && rest.mayEnd && rest.membersComplete && rest.topology !== 'sharded';
      if (!mayEnd || !allDone || blind || silent.length > 0) expect(ended).toEqual([]);
      // A use that the look before the kill had seen is none since, nor is its flush.
      const isUntouched = ({ before, after }: Life): boolean =>
        after === 'used'
          ? before === 'used'
          : after === 'flushed'
            ? /flushed|used/.test(before)
            : after !== 'holding';
      for (const key of ended) {
        expect(verdictNow.get(key)?.verdict).toBe('terminate');
        expect(isUntouched(lives[Number(key.slice(24, 36))] as Life)).toBe(true);
      }

      // One outcome for each that was planned, and for newcomers of a whole user.
      const keys = outcomes.map(({ verdict }) => keyOf(verdict.session.lsid));
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of planned) expect(keys).toContain(key);
      const killed = new Set(kills.flatMap((each) => [...each.uids, ...each.keys]));
      for (const {
        verdict: { session },
        outcome,
      } of outcomes) {
        const key = keyOf(session.lsid);
        if (!planned.has(key)) expect(killed.has(session.lsid.uid) || killed.has(key)).toBe(true);
        if (outcome.outcome === 'ended') expect(rest.ends === 'done' && ended.includes(key)).toBe(true);
        if (outcome.outcome === 'killed') expect(allDone && !blind && silent.length === 0).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

function only<S extends Step['step']>(steps: readonly Step[], name: S): Extract<Step, { step: S }>[] {
  return steps.filter((each): each is Extract<Step, { step: S }> => each.step === name);
}

function isAttempt(each: Step): boolean {
  return each.step === 'record' && each.event.action === 'attempt';
}
