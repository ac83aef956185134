import { describe, expect, test } from 'vitest';
import { jsonPieces } from '../../src/report/json-pieces.ts';
import { runToJson } from '../../src/report/run-json.ts';
import { runJson } from '../../src/report/run-schema.ts';
import type { RunResult } from '../../src/run-result.ts';
import { parseSessionId } from '../../src/session.ts';
import { aSession, idOf, lsidOf, minute, now, toSpare, toTerminate } from '../support/builders.ts';
import { anOutcome, aRunResult, oddNames, verdictsFor } from './a-run-result.ts';

const session = aSession({ flushedAgo: 21 * minute + 999 });

const printed = (result: RunResult, all: boolean): unknown =>
  JSON.parse([...jsonPieces(runToJson(result, all))].join(''));

describe('reaper run --json', () => {
  test.each([
    ['nothing listed', aRunResult()],
    ['a dry run', aRunResult({ verdicts: verdictsFor(oddNames) })],
    ['beyond a limit', aRunResult({ verdicts: verdictsFor(oddNames), limits: { users: 0, percent: 33.3 } })],
    [
      'a silent member',
      aRunResult({ silent: { 'm2:27017': 'ECONNREFUSED' }, notRequired: 'the SSP says so' }),
    ],
    [
      'outcomes',
      aRunResult({
        verdicts: [toTerminate(session)],
        outcomes: [[session, anOutcome('failed', { members: [{ address: 'm1', ok: false, error: 'no' }] })]],
      }),
    ],
    ['a last use between two ms', aRunResult({ verdicts: [toTerminate(aSession({ localAgo: 0.25 }))] })],
  ])('has the shape that it promises: %s', (_name, result) => {
    for (const all of [false, true]) {
      const json: unknown = printed(result, all);
      expect(runJson.parse(json)).toEqual(json);
    }
  });

  test('takes any 16 bytes for a session id, as the server does', () => {
    const id = parseSessionId('00000000-0000-0000-0000-000000000001');
    const verdicts = [toTerminate({ ...session, lsid: { ...session.lsid, id } })];
    expect(runJson.safeParse(printed(aRunResult({ verdicts }), false)).error).toBeUndefined();
  });

  test('says all of a session', () => {
    const outcome = anOutcome('killed', { members: [{ address: 'm1', ok: true, error: undefined }] });
    const result = aRunResult({ verdicts: [toTerminate(session)], outcomes: [[session, outcome]] });
    expect([...runToJson(result, false).sessions]).toEqual([
      {
        lsid: lsidOf(1),
        user: 'alice@admin',
        last_use: new Date(now - 21 * minute - 999).toISOString(),
        idle_seconds: 1260,
        verdict: 'terminate',
        rule: 'a-rule',
        because: 'it matches',
        outcome: 'killed',
        outcome_because: 'because of killed',
        members: [{ address: 'm1', ok: true }],
      },
    ]);
  });

  test('has null for what is not known, and no outcome in a dry run', () => {
    const unknown = aSession({ named: false, flushedAgo: undefined, operations: 1 });
    const [found] = runToJson(aRunResult({ verdicts: [toSpare('indeterminate', unknown)] }), false).sessions;
    expect(found).toMatchObject({ user: null, last_use: null, idle_seconds: null, rule: null });
    expect(found).not.toHaveProperty('outcome');
  });

  test('is never idle for less than nothing', () => {
    const verdicts = [toTerminate(aSession({ flushedAgo: -5000 }))];
    expect([...runToJson(aRunResult({ verdicts }), false).sessions][0]?.idle_seconds).toBe(0);
  });

  test('shows what ends or cannot be decided, the rest with all; counts everything', () => {
    const result = aRunResult({ verdicts: verdictsFor(['alice@admin']) });
    const shown = (all: boolean) => [...runToJson(result, all).sessions].map(({ lsid }) => lsid.id);
    expect(shown(false)).toEqual([idOf(0), idOf(3)]);
    expect(shown(true)).toEqual([0, 1, 2, 3].map(idOf));
    expect(runToJson(result, false).counts).toEqual({
      listed: 4,
      terminate: 1,
      retain: 1,
      exempt: 1,
      indeterminate: 1,
      ended: 0,
      killed: 0,
      already_ended: 0,
      spared: 0,
      failed: 0,
      in_doubt: 0,
    });
  });

  test('says which limit, and which member did not answer', () => {
    const result = aRunResult({
      verdicts: verdictsFor(['alice@admin', 'bob@admin']),
      limits: { users: 1 },
      silent: { 'm2:27017': 'ECONNREFUSED' },
    });
    const json = runToJson(result, false);
    expect(json.limits_exceeded).toEqual([{ limit: 'users', allowed: 1, planned: 2 }]);
    expect(json.deployment.members).toEqual([
      { address: 'm1:27017', role: 'secondary', ok: true },
      { address: 'm2:27017', role: 'secondary', ok: false, error: 'ECONNREFUSED' },
    ]);
    expect(json.deployment.versions).toEqual(['8.0.4']);
  });
});
