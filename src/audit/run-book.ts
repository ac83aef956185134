import type { z } from 'zod';
import type { Line } from './chain.ts';
import { watchClock, type SetBack } from './clock.ts';
import type { EndedCount, OpenEnd, RecordedRun } from './evidence.ts';
import { attempted, completed, gone, outcome, planned, started } from './run-lines.ts';

/** A run with what the evidence needs besides. */
export interface BookedRun extends RecordedRun {
  /** Whether it was for one user or session, and did not ask the policy’s rules. */
  readonly only: boolean;
  readonly deployment: string | undefined;
  readonly members: readonly string[];
  readonly membersSilent: readonly string[];
  readonly account: readonly string[];
  readonly actions: readonly string[];
}

/** Everything that the audit log tells, put together line by line. */
export interface RunBook {
  add(line: Line): void;
  /** The oldest first. */
  runs(): BookedRun[];
  /** What no later run has cleared up. */
  openEnds(): OpenEnd[];
  /** Of the window. */
  readonly ended: ReadonlyMap<string, EndedCount>;
  readonly matched: ReadonlyMap<string, number>;
  /** How many kills were sent: one for a user, to each member. */
  readonly kills: number;
  /** Of the window: sessions seen to have left the listing, and such as their clients used again. */
  readonly confirmedGone: number;
  readonly usedAgain: number;
  /** At the last run: sessions that an earlier one had ended, and that the server still listed, unused. */
  readonly stillListed: number;
  /** When a session was last ended or killed in the whole log, ms since the epoch. */
  readonly lastTermination: number | undefined;
  /** The first line’s time, ms since the epoch. */
  readonly firstLine: number | undefined;
  /** Where the clock went back, by the order of the lines; takes the time that it is now. */
  setBacks(now: number): readonly SetBack[];
}

type Draft = { -readonly [K in keyof BookedRun]: BookedRun[K] };

/** Takes the first minute of the window, ms since the epoch, and returns an empty book. */
export function openRunBook(since: number): RunBook {
  const runs = new Map<string, Draft>();
  const open = new Map<string, OpenEnd>();
  const ended = new Map<string, EndedCount>();
  const matched = new Map<string, number>();
  const clock = watchClock();
  const totals = { kills: 0, confirmedGone: 0, usedAgain: 0, stillListed: 0 };
  const marks: { lastTermination: number | undefined; firstLine: number | undefined } = {
    lastTermination: undefined,
    firstLine: undefined,
  };

  const runOf = (runId: string, at: number): Draft => {
    const known = runs.get(runId);
    if (known !== undefined) return known;
    const draft: Draft = {
      runId,
      mode: 'enforce',
      byHand: false,
      only: false,
      startedAt: at,
      finishedAt: undefined,
      exitCode: undefined,
      state: 'unfinished',
      policySha256: undefined,
      counts: undefined,
      deployment: undefined,
      members: [],
      membersSilent: [],
      account: [],
      actions: [],
    };
    runs.set(runId, draft);
    return draft;
  };

  const start = (draft: Draft, { mode, by_hand, only, ...rest }: z.output<typeof started>): void => {
    draft.mode = mode === 'enforce' ? 'enforce' : 'report';
    draft.byHand = by_hand;
    draft.only = only;
    draft.policySha256 = rest.policy.sha256;
    draft.deployment = rest.deployment.name ?? rest.deployment.topology;
    draft.members = rest.members.map(({ address }) => address);
    draft.account = rest.account;
    draft.actions = rest.actions;
  };

  const plan = ({ runId, mode }: Draft, found: z.output<typeof planned>, recent: boolean): void => {
    const { users, exceeded } = found;
    totals.stillListed = found.already_ended.length;
    if (recent) totals.usedAgain += found.used_again.length;
    for (const { uid, user, sessions } of users) {
      for (const { id, rule } of sessions) {
        if (recent) matched.set(rule, (matched.get(rule) ?? 0) + 1);
        if (mode !== 'enforce' || exceeded.length > 0) continue;
        const end: OpenEnd = { runId, user: user ?? undefined, sessionId: id, uid, state: 'not_attempted' };
        open.set(`${id} ${uid}`, end);
      }
    }
  };

  const finish = (draft: Draft, at: number, done: z.output<typeof completed>): void => {
    draft.finishedAt = at;
    draft.byHand ||= done.by_hand;
    draft.exitCode = done.exit_code;
    draft.counts = done.counts;
    draft.membersSilent = done.members_silent;
    draft.state = stateOf(draft);
    if (draft.state !== 'succeeded' || draft.only) return;
    // It looked at every session there is, and left nothing open: what came before is cleared up.
    for (const [key, { runId }] of open) if (runId !== draft.runId) open.delete(key);
  };

  const result = (runId: string, at: number, found: z.output<typeof outcome>): void => {
    const { uid, rule, sessions } = found;
    const user = found.user ?? undefined;
    for (const { id: sessionId } of sessions) {
      const key = `${sessionId} ${uid}`;
      if (found.outcome === 'in_doubt') open.set(key, { runId, user, sessionId, uid, state: 'in_doubt' });
      else open.delete(key);
    }
    if (found.outcome === 'ended' || found.outcome === 'killed') marks.lastTermination = at;
    if (at < since || found.outcome === 'spared' || found.outcome === 'already_ended') return;
    const name = user ?? `unknown owner (uid ${uid})`;
    const pair = JSON.stringify([rule, name]);
    const count = ended.get(pair) ?? { rule, user: name, ended: 0, killed: 0, failed: 0, inDoubt: 0 };
    const field = found.outcome === 'in_doubt' ? 'inDoubt' : found.outcome;
    ended.set(pair, { ...count, [field]: count[field] + sessions.length });
  };

  const attempt = (runId: string, at: number, sent: z.output<typeof attempted>): void => {
    if (at >= since) totals.kills += 1;
    for (const id of sent.session_ids) {
      const user = sent.user ?? undefined;
      open.set(`${id} ${sent.uid}`, { runId, user, sessionId: id, uid: sent.uid, state: 'in_doubt' });
    }
  };

  return {
    add(line) {
      const at = Date.parse(line['@timestamp']);
      marks.firstLine ??= at;
      clock.see(line['event.sequence'], at);
      const { reaper } = line;
      const runId = reaper['run_id'];
      if (typeof runId !== 'string') return;
      const recent = at >= since;
      switch (line['event.action']) {
        case 'run-started':
          return made(started, reaper, (found) => start(runOf(runId, at), found));
        case 'plan':
          return made(planned, reaper, (found) => plan(runOf(runId, at), found, recent));
        case 'attempt':
          return made(attempted, reaper, (found) => attempt(runId, at, found));
        case 'outcome':
          return made(outcome, reaper, (found) => result(runId, at, found));
        case 'confirmed-gone':
          return made(gone, reaper, ({ uid, sessions }) => {
            for (const { id } of sessions) open.delete(`${id} ${uid}`);
            if (recent) totals.confirmedGone += sessions.length;
          });
        case 'run-completed':
          return made(completed, reaper, (found) => finish(runOf(runId, at), at, found));
      }
    },
    runs: () => [...runs.values()],
    openEnds: () => [...open.values()],
    setBacks: clock.setBacks,
    ended,
    matched,
    get kills() {
      return totals.kills;
    },
    get confirmedGone() {
      return totals.confirmedGone;
    },
    get usedAgain() {
      return totals.usedAgain;
    },
    get stillListed() {
      return totals.stillListed;
    },
    get lastTermination() {
      return marks.lastTermination;
    },
    get firstLine() {
      return marks.firstLine;
    },
  };
}

function stateOf({ mode, exitCode }: RecordedRun): RecordedRun['state'] {
  if (exitCode !== 0) return 'failed';
  return mode === 'enforce' ? 'succeeded' : 'ended-nothing';
}

/** A line of another shape, which a later version may write, tells this one nothing. */
function made<T>(schema: z.ZodType<T>, value: unknown, use: (found: T) => void): void {
  const parsed = schema.safeParse(value);
  if (parsed.success) use(parsed.data);
}
