import { describe, expect, test } from 'vitest';
import { entryOf, type AuditEvent } from '../../src/audit/event.ts';
import { brokenOffEvent, completedEvent, planEvent, startedEvent } from '../../src/audit/run-events.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { ReapInput } from '../../src/reap.ts';
import { aRunResult } from '../report/a-run-result.ts';
import { aSession, idOf, lsidOf, now, toSpare, toTerminate, uidOf } from '../support/builders.ts';

const input = {
  runId: 'run-1',
  limits: { users: 25 },
  force: 'incident 7',
  loaded: {
    policy: { name: 'p', description: 'why', authority: { document: 'SSP', approvedBy: 'ISSO' } },
    file: '/etc/p.yaml',
    sha256: 'abc',
  },
  deployment: {
    topology: 'replica-set',
    name: 'rs0',
    members: [{ address: 'm1', role: 'primary', error: undefined }],
    account: { users: ['reaper@admin'], actions: new Set(['killAnySession']) },
  },
} as unknown as ReapInput;

const session = aSession({ id: 1, flushedAgo: 1000 });
const written = (event: AuditEvent) =>
  JSON.parse(JSON.stringify(entryOf(event, new Date(now), 1))) as unknown;

describe('the events of a run', () => {
  test('started: which policy, where, as whom', () => {
    expect(written(startedEvent(input, 'enforce'))).toMatchObject({
      'event.action': 'run-started',
      reaper: {
        run_id: 'run-1',
        mode: 'enforce',
        policy: {
          name: 'p',
          description: 'why',
          sha256: 'abc',
          authority: { document: 'SSP', approvedBy: 'ISSO' },
        },
        deployment: { name: 'rs0' },
        account: ['reaper@admin'],
        actions: ['killAnySession'],
      },
    });
  });

  test('started: a policy may come without authority', () => {
    const bare = { ...input, loaded: { ...input.loaded, policy: { name: 'p' } } } as unknown as ReapInput;
    expect(written(startedEvent(bare, 'enforce'))).toMatchObject({
      reaper: { policy: { name: 'p', authority: {} } },
    });
  });

  test('plan: every session, the limits and why they were raised', () => {
    const before = aSession({ id: 2, flushedAgo: 0 });
    const verdicts = [toTerminate(session), toTerminate(before)];
    const plan = makePlan(verdicts, (verdict) => verdict.session === before);
    expect(written(planEvent(input, plan, [], []))).toMatchObject({
      'event.outcome': 'success',
      reaper: {
        limits: { users: 25 },
        force: 'incident 7',
        users: [
          {
            uid: uidOf('alice@admin'),
            user: 'alice@admin',
            by: 'sessions',
            sessions: [{ id: idOf(1), rule: 'a-rule', last_use: new Date(now - 1000).toISOString() }],
          },
        ],
        already_ended: [lsidOf(2)],
      },
    });
  });

  test('plan: what an earlier run ended and was used again', () => {
    const earlier = { lsid: lsidOf(7), at: now, outcome: 'killed', runId: 'run-0' } as const;
    expect(written(planEvent(input, { users: [], alreadyEnded: [] }, [], [earlier]))).toMatchObject({
      reaper: { used_again: [lsidOf(7)] },
    });
  });

  test('started: what the run before left open', () => {
    const openEnds = (['in_doubt', 'not_attempted'] as const).map((state, at) => ({
      ...{ runId: 'run-0', user: 'alice@admin', sessionId: idOf(at), uid: uidOf('alice@admin'), state },
    }));
    const unfinished = { runId: 'run-0', earlier: [], openEnds };
    expect(written(startedEvent({ ...input, unfinished }, 'enforce'))).toMatchObject({
      reaper: {
        unfinished: {
          run_id: 'run-0',
          in_doubt: [{ ...lsidOf(0), user: 'alice@admin' }],
          not_attempted: [{ ...lsidOf(1), user: 'alice@admin' }],
        },
      },
    });
  });

  test('completed: all that a run that broke off can say', () => {
    expect(
      written(brokenOffEvent({ runId: 'run-1', byHand: true, exitCode: 69, code: 'unreachable' })),
    ).toMatchObject({
      'event.action': 'run-completed',
      'event.outcome': 'failure',
      reaper: { run_id: 'run-1', by_hand: true, exit_code: 69, error: 'unreachable' },
    });
  });

  test('plan: a limit that stops it', () => {
    const exceeded = [
      { limit: 'users', allowed: 0, planned: 1, because: '1 users to end, limit 0' },
    ] as const;
    expect(written(planEvent(input, { users: [], alreadyEnded: [] }, exceeded, []))).toMatchObject({
      'event.outcome': 'failure',
      reaper: { exceeded: ['1 users to end, limit 0'] },
    });
  });

  test.each([
    [0, 'success'],
    [3, 'failure'],
    [5, 'failure'],
  ])('completed: exit status %d is a %s', (exitCode, outcome) => {
    const result = aRunResult({
      verdicts: [toTerminate(session), toSpare('exempt', aSession({ id: 2 }))],
      silent: { 'm2:27017': 'down' },
    });
    expect(written(completedEvent(result, exitCode, now))).toMatchObject({
      'event.outcome': outcome,
      reaper: {
        counts: { listed: 2, terminate: 1, exempt: 1 },
        exit_code: exitCode,
        members_silent: ['m2:27017'],
        next_due: new Date(now).toISOString(),
      },
    });
  });
});
