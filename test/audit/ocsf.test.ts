import { describe, expect, test } from 'vitest';
import type { Line } from '../../src/audit/chain.ts';
import { ocsfEventsOf, ocsfVersion, type OcsfEvent } from '../../src/audit/ocsf.ts';
import { idOf, now } from '../support/builders.ts';
import { aLine } from './a-line.ts';
import { alice, attempt, audit, lock, outcomeLine, plan, source } from './ocsf-lines.ts';
import { breaches } from './ocsf-schema.ts';

interface Case {
  readonly name: string;
  readonly line: Line;
  readonly type: number;
  readonly activity: string;
  readonly status: number | undefined;
  readonly severity: number;
  readonly message: string;
}

const cases: readonly Case[] = [
  {
    name: 'a run has begun',
    line: aLine('run-started', {
      run_id: 'run-1',
      mode: 'enforce',
      policy: { name: 'p' },
      account: ['reaper@admin'],
    }),
    type: 100606,
    activity: 'Start',
    status: 1,
    severity: 1,
    message: 'run run-1 of policy p has begun (enforce)',
  },
  {
    name: 'a plan',
    line: aLine('plan', plan),
    type: 100699,
    activity: 'Plan',
    status: 1,
    severity: 1,
    message: 'run run-1 is to end sessions: 2, of users: 1',
  },
  {
    name: 'a plan beyond a limit',
    line: aLine('plan', { ...plan, exceeded: ['1 users to end, limit 0'] }, 'failure'),
    type: 100699,
    activity: 'Plan',
    status: 2,
    severity: 3,
    message: 'run run-1 is to end sessions: 2, of users: 1; stopped: 1 users to end, limit 0',
  },
  {
    name: 'an attempt',
    line: aLine('attempt', attempt, 'unknown'),
    type: 600399,
    activity: 'Terminate',
    status: 0,
    severity: 1,
    message:
      'run run-1 is about to send killAllSessionsByPattern for alice@admin to members: 2, for sessions: 1',
  },
  ...(
    [
      ['ended', 'success', 300202, 'Logoff', 1, 1],
      ['killed', 'success', 300202, 'Logoff', 1, 1],
      ['failed', 'failure', 300202, 'Logoff', 2, 3],
      ['in_doubt', 'unknown', 300202, 'Logoff', 0, 3],
      ['spared', 'success', 300299, 'spared', 1, 1],
      ['already_ended', 'success', 300299, 'already_ended', 1, 1],
    ] as const
  ).map(([name, outcome, type, activity, status, severity]) => ({
    name: `a session was ${name}`,
    line: outcomeLine(name, outcome),
    type,
    activity,
    status,
    severity,
    message: `session ${alice.id} of alice@admin: ${name}, nothing runs in it (rule idle: idle for 21m, limit 15m)`,
  })),
  {
    name: 'an outcome for a hostile name',
    line: outcomeLine('ended', 'success', { ...alice, user: 'a\u202Eb@admin' }),
    type: 300202,
    activity: 'Logoff',
    status: 1,
    severity: 1,
    message: `session ${alice.id} of a\\u{202e}b@admin: ended, nothing runs in it (rule idle: idle for 21m, limit 15m)`,
  },
  {
    name: 'a session has left the listing',
    line: aLine('confirmed-gone', {
      run_id: 'run-2',
      uid: alice.uid,
      user: alice.user,
      sessions: [{ id: alice.id }],
      ended_by_run: 'run-1',
      outcome: 'ended',
    }),
    type: 300299,
    activity: 'Confirmed gone',
    status: 1,
    severity: 1,
    message: `session ${alice.id} of alice@admin, which an earlier run ended, has left the listing`,
  },
  {
    name: 'a run is over',
    line: aLine('run-completed', { run_id: 'run-1', mode: 'enforce', exit_code: 0, exceeded: [] }),
    type: 100699,
    activity: 'Complete',
    status: 1,
    severity: 1,
    message: 'run run-1 is over, exit status 0',
  },
  {
    name: 'a run failed',
    line: aLine('run-completed', { run_id: 'run-1', mode: 'enforce', exit_code: 3, exceeded: [] }, 'failure'),
    type: 100699,
    activity: 'Complete',
    status: 2,
    severity: 3,
    message: 'run run-1 is over, exit status 3',
  },
  {
    name: 'a run broke off',
    line: aLine('run-completed', { run_id: 'run-1', exit_code: 69, error: 'unreachable' }, 'failure'),
    type: 100699,
    activity: 'Complete',
    status: 2,
    severity: 3,
    message: 'run run-1 is over, exit status 69; unreachable',
  },
  {
    name: 'a lock',
    line: aLine('lock', { lock }),
    type: 300401,
    activity: 'Create',
    status: 1,
    severity: 1,
    message: `sessions of alice@admin end at every run until ${new Date(now).toISOString()}: incident 7`,
  },
  {
    name: 'a lock taken away',
    line: aLine('unlock', { lock }),
    type: 300404,
    activity: 'Delete',
    status: 1,
    severity: 1,
    message: `sessions of alice@admin do not end at every run any more; they did until ${new Date(now).toISOString()}: incident 7`,
  },
  {
    name: 'a lock until a time that no date has',
    line: aLine('lock', { lock: { ...lock, until: 1e300 } }),
    type: 300401,
    activity: 'Create',
    status: 1,
    severity: 1,
    message: 'sessions of alice@admin end at every run: incident 7',
  },
  ...(
    [
      ['not_a_finding', 1],
      ['not_reviewed', 2],
      ['open', 3],
    ] as const
  ).map(([status, severity]) => ({
    name: `an audit: ${status}`,
    line: aLine('audit', { ...audit, status }),
    type: 200301,
    activity: 'Create',
    status: undefined,
    severity,
    message: `V-281700: ${status}`,
  })),
  {
    name: 'what a later version writes',
    line: aLine('audit-of-tomorrow', { anything: [1] }),
    type: 99,
    activity: 'audit-of-tomorrow',
    status: 1,
    severity: 1,
    message: 'audit-of-tomorrow',
  },
];

const eventsOf = (line: Line) => ocsfEventsOf(line, source);

/** Of a line that tells of one thing. */
function eventOf(line: Line): OcsfEvent {
  const [event, ...more] = eventsOf(line);
  if (event === undefined || more.length > 0) throw new Error('not one event');
  return event;
}

describe.each(cases)('$name', ({ line, type, activity, status, severity, message }) => {
  const event = eventOf(line);

  test('is of this type', () => {
    expect(event).toMatchObject({
      type_uid: type,
      activity_name: activity,
      severity_id: severity,
      time: now,
      message,
    });
    expect(event['status_id']).toBe(status);
  });

  test('keeps to the schema', () => {
    expect(breaches(event)).toEqual([]);
  });

  test('can be held against its line, and loses nothing of it', () => {
    expect(event).toMatchObject({
      metadata: {
        version: ocsfVersion,
        product: { name: 'reaper', version: '0.1.0' },
        uid: line.chain.hash,
        sequence: 1,
        event_code: line['event.action'],
        original_time: line['@timestamp'],
      },
      unmapped: { event_outcome: line['event.outcome'], reaper: line.reaper, chain: line.chain },
    });
  });
});

test.each([
  'run-started',
  'plan',
  'attempt',
  'outcome',
  'confirmed-gone',
  'run-completed',
  'lock',
  'unlock',
  'audit',
])('%s without what it should say still keeps to the schema', (action) => {
  expect(breaches(eventOf(aLine(action, {})))).toEqual([]);
});

test.each(['outcome', 'confirmed-gone'])('%s of several sessions is an event for each of them', (action) => {
  const sessions = [{ id: idOf(1), because: 'idle for 21m' }, { id: idOf(2) }];
  const line = aLine(action, {
    run_id: 'run-1',
    uid: alice.uid,
    user: alice.user,
    outcome: 'ended',
    sessions,
  });
  const events = eventsOf(line);
  expect(events.map(({ session }) => session)).toEqual([
    { uid: idOf(1), uuid: idOf(1), expiration_reason: 'idle for 21m' },
    { uid: idOf(2), uuid: idOf(2) },
  ]);
  expect(events.map(({ unmapped }) => unmapped)).toMatchObject(
    sessions.map((session) => ({ reaper: { ...line.reaper, sessions: [session] }, chain: line.chain })),
  );
  expect(events.map(({ metadata }) => metadata)).toMatchObject([
    { uid: `${line.chain.hash}/1`, original_event_uid: line.chain.hash },
    { uid: `${line.chain.hash}/2`, original_event_uid: line.chain.hash },
  ]);
  expect(events.flatMap(breaches)).toEqual([]);
});

test('what breaks the schema is seen', () => {
  const event = eventOf(outcomeLine('ended', 'success'));
  const { user: _user, service: _service, ...rest } = event;
  expect(breaches(rest)).toEqual(['user is missing', ' has none of service, dst_endpoint']);
  expect(breaches({ ...event, activity_id: 8, user: {}, more: 1 })).toEqual([
    'activity 8',
    'type 300202',
    'more is unknown',
    'user. has none of account, name, uid',
  ]);
});
