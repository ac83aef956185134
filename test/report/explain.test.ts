import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { makeContext } from '../../src/decide/make-context.ts';
import { effectivePolicy, type LockedUser } from '../../src/policy/effective.ts';
import { explainJson, explain, type ExplainJson } from '../../src/report/explain.ts';
import { explainToText } from '../../src/report/explain-text.ts';
import { styleFor } from '../../src/report/style.ts';
import type { Session } from '../../src/session.ts';
import { aPolicy, aSavedSnapshot } from '../support/a-saved-snapshot.ts';
import { aSession, minute, now } from '../support/builders.ts';
import { oddNames } from './a-run-result.ts';

const plain = styleFor({}, {});

interface Options {
  readonly sessions: readonly Session[];
  readonly policy: string;
  readonly locks?: readonly LockedUser[];
  readonly silentMembers?: readonly string[];
  readonly at?: number;
  readonly asked?: string;
}

function explained({ sessions, policy: yaml, locks = [], at, ...rest }: Options): ExplainJson {
  const { snapshot, facts } = aSavedSnapshot({ sessions, ...rest });
  const policy = effectivePolicy(aPolicy(yaml), locks, undefined);
  const context = makeContext(snapshot, policy, facts, at);
  const json = explain({
    asked: rest.asked ?? 'alice@admin',
    policy,
    sha256: 'a'.repeat(64),
    serverTime: snapshot.serverTime,
    silentMembers: snapshot.silentMembers,
    verdicts: decide(sessions, policy, context),
    context,
    wasEnded: () => false,
    firstSeen: undefined,
  });
  expect(explainJson.parse(JSON.parse(JSON.stringify(json)))).toEqual(json);
  return json;
}

const stig = `
time_intervals: { hours: [{ times: [{ start_time: '07:00', end_time: '19:00' }] }] }
exemptions: [{ name: services, users: ['svc_*@admin'], because: batch jobs }]
rules:
  - { name: idle-15m, when: { idle_for: 15m } }
  - name: contractors
    when: { any_of: [{ users: ['ctr_*@admin'], outside: hours }, { not: { idle_for: 2h }, roles: [root@admin] }] }
    terminate: user`;

describe('explain', () => {
  test('a session that would end: each condition, what was compared, and where it came from', () => {
    const [session] = explained({ sessions: [aSession({ localAgo: 20 * minute })], policy: stig }).sessions;
    expect(session).toMatchObject({
      verdict: 'terminate',
      rule: 'idle-15m',
      because: 'idle for 20m, limit 15m',
      in_collection: null,
      in_local_list: { member: 'm1', last_use: '2026-07-01T11:40:00.000Z' },
      exemptions: [{ name: 'services', result: false, because: 'batch jobs' }],
    });
    expect(session?.rules[0]).toEqual({
      name: 'idle-15m',
      result: true,
      terminate: 'sessions',
      overrides_exemptions: false,
      conditions: [
        {
          condition: 'idle_for',
          result: true,
          because: 'idle for 20m, limit 15m',
          source: 'the local list of m1',
        },
      ],
    });
  });

  test('conditions within any_of and not, each with its own result', () => {
    const [session] = explained({ sessions: [aSession()], policy: stig }).sessions;
    expect(session?.verdict).toBe('indeterminate');
    const [anyOf] = session?.rules[1]?.conditions ?? [];
    expect(anyOf).toMatchObject({ condition: 'any_of', result: 'unknown' });
    const shape = anyOf?.branches?.map((branch) =>
      branch.map(({ condition, result, branches }) => [
        condition,
        result,
        ...(branches ?? []).flat().map((inner) => [inner.condition, inner.result]),
      ]),
    );
    expect(shape).toEqual([
      [
        ['users', false],
        ['outside', false],
      ],
      [
        ['roles', 'unknown'],
        ['not', true, ['idle_for', false]],
      ],
    ]);
  });

  test('a session that lives because it is exempt, though a rule matches', () => {
    const [session] = explained({
      sessions: [aSession({ owner: 'svc_a@admin', flushedAgo: 20 * minute })],
      policy: stig,
    }).sessions;
    expect(session).toMatchObject({ verdict: 'exempt', rule: 'services', because: 'batch jobs' });
    expect(session?.exemptions[0]?.result).toBe(true);
    expect(session?.rules[0]?.result).toBe(true);
  });

  test('what is built in', () => {
    const [session] = explained({ sessions: [aSession({ owner: 'reaper@admin' })], policy: stig }).sessions;
    expect(session).toMatchObject({ verdict: 'exempt', built_in_exemption: 'built in: reaper’s own user' });
  });

  test('a lock is a rule', () => {
    const lock = { user: 'alice@admin', reason: 'IR-14', override_exemptions: true };
    const [session] = explained({ sessions: [aSession()], policy: stig, locks: [lock] }).sessions;
    expect(session).toMatchObject({ verdict: 'terminate', rule: 'lock (IR-14)' });
    expect(session?.rules[0]).toMatchObject({ result: true, terminate: 'user', overrides_exemptions: true });
  });

  test('another time', () => {
    const json = explained({ sessions: [aSession()], policy: stig, at: now + 16 * minute });
    expect(json).toMatchObject({ decided_for: '2026-07-01T12:16:00.000Z' });
    expect(json.sessions[0]).toMatchObject({ verdict: 'terminate', idle_seconds: 960 });
    expect(explainToText(json, plain)[0]).toContain('at 2026-07-01T12:16:00.000Z');
  });
});

describe('as text', () => {
  const textOf = (options: Options): string => explainToText(explained(options), plain).join('\n');

  test('reads from the verdict over the facts to the rules', () => {
    const session = aSession({
      localAgo: 20 * minute,
      cursors: 1,
      resources: [{ kind: 'cursor', member: 'm2', idle: 18 * minute, open: 19 * minute, clientGone: true }],
    });
    expect(textOf({ sessions: [session], policy: stig })).toBe(
      `reaper explain: alice@admin now · policy test

alice@admin · 00000000-0000-4000-8000-000000000001
  verdict     terminate · idle-15m: idle for 20m, limit 15m
  last use    2026-07-01T11:40:00.000Z in the local list of m1
  idle        20m
  holds       a cursor on m2, idle 18m, open 19m, its client is gone
  client      not known
  application not known
  false    exemption services, because: batch jobs
    false    users: user is none of svc_*@admin [the listed owner, whose uid
             fits]
  true     rule idle-15m
    true     idle_for: idle for 20m, limit 15m [the local list of m1]
  unknown  rule contractors, ends the whole user
    unknown  any_of:
      false    users: user is none of ctr_*@admin [the listed owner, whose uid
               fits]
      false    outside: within hours [the server’s clock]
      or
      unknown  roles: the roles of its user are not known [usersInfo]
      true     not:
        false    idle_for: idle for 20m, limit 2h [the local list of m1]`,
    );
  });

  test('nothing is listed: says so, and what to do', () => {
    expect(textOf({ sessions: [], policy: stig })).toContain('This user has no listed session');
    expect(textOf({ sessions: [], policy: stig, asked: aSession().lsid.id })).toContain(
      'No such session is listed',
    );
  });

  test('termination not required, mode report and silent members are said', () => {
    const text = textOf({
      sessions: [aSession()],
      policy: `mode: report\nauthority: { not_required: the SSP says so }\n${stig}`,
      silentMembers: ['m3'],
    });
    expect(text).toContain('not required, so no rule counts: the SSP says so');
    expect(text).toContain('mode report');
    expect(text).toContain('Member m3 did not answer');
  });

  test('is no wider than 80 and obeys no name', () => {
    const sessions = oddNames.map((owner, id) => ({
      ...aSession({ id, owner, localAgo: id * minute, operations: 1, cursors: 1 }),
      clients: ['10.0.0.1:50000'],
      apps: [owner],
    }));
    const lines = textOf({ sessions, policy: stig, asked: oddNames[0]! }).split('\n');
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});
