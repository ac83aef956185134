import { describe, expect, test, vi } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.ts';
import { keyOf } from '../../src/session.ts';
import { terminateChunk } from '../../src/terminate/terminate.ts';
import { aSession, idOf, lsidOf, minute, now, uidOf } from '../support/builders.ts';
import { ended, idle, policy, snapshotOf, used, words } from './ended.ts';
import { decided, scriptedRun, type Step } from './scripted-run.ts';

// No pause between looks is waited for.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const wholeUsers = {
  ...policy,
  rules: policy.rules.map((rule) => ({ ...rule, terminate: 'user' as const })),
};

describe('a chunk', () => {
  test('is looked at, recorded, killed on each member, looked at, ended and recorded, in this order', async () => {
    const { outcomes, steps, stages, at, members } = await ended([idle], [[idle]], {
      members: { m1: 'done', m2: 'done' },
    });
    expect(outcomes).toEqual([
      ['ended', 'nothing runs in it on any member, and it leaves the listing at the next refresh'],
    ]);
    expect(at).toEqual([now]);
    expect(members).toEqual([
      [
        { address: 'm1', ok: true },
        { address: 'm2', ok: true },
      ],
    ]);
    expect(words(steps)).toEqual(['look', 'attempt', 'kill', 'kill', 'look', 'end', 'outcome']);
    expect(stages).toEqual(['look', 'attempt', 'kill', 'verify', 'end', 'outcome']);
    const comment = { reaper: 'run-1', policy: 'p', rules: ['a-rule'] };
    const uids = [uidOf('alice@admin')];
    const keys = [keyOf(lsidOf(1))];
    expect(steps.filter(({ step }) => step !== 'record')).toEqual([
      { step: 'look', uids, usedSince: undefined },
      { step: 'kill', address: 'm1', uids: [], keys, comment },
      { step: 'kill', address: 'm2', uids: [], keys, comment },
      // Of the collection only what was used since the look before the kill.
      { step: 'look', uids, usedSince: now },
      { step: 'end', address: 'primary', keys, comment: { reaper: 'run-1' } },
    ]);
  });

  test('of whole users is killed by uid, with what came since the plan', async () => {
    const newcomer = aSession({ id: 2, flushedAgo: 0 });
    const { outcomes, steps } = await ended([idle], [[idle, newcomer]], { policy: wholeUsers });
    expect(outcomes.map(([name]) => name)).toEqual(['ended', 'ended']);
    expect(steps).toContainEqual(
      expect.objectContaining({ step: 'kill', uids: [uidOf('alice@admin')], keys: [] }),
    );
    expect(attemptIn(steps)).toMatchObject({
      by: 'user',
      uid: uidOf('alice@admin'),
      user: 'alice@admin',
      session_ids: [idOf(1), idOf(2)],
    });
  });

  test('has on record what is sent, and to whom', async () => {
    const { steps } = await ended([idle], [[idle]], { members: { m1: 'done', m2: 'unreached' } });
    expect(steps).toContainEqual({ step: 'record', event: expect.objectContaining({ outcome: 'unknown' }) });
    expect(attemptIn(steps)).toEqual({
      run_id: 'run-1',
      command: 'killAllSessionsByPattern',
      by: 'sessions',
      uid: uidOf('alice@admin'),
      user: 'alice@admin',
      session_ids: [idOf(1)],
      members: ['m1', 'm2'],
      pattern_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('sends nothing and looks no second time where nothing matches any more', async () => {
    const { outcomes, steps, at, members } = await ended([idle], [[used]]);
    expect(outcomes).toEqual([['spared', expect.stringMatching(/^no longer matches at the look/)]]);
    expect(words(steps)).toEqual(['look', 'outcome']);
    expect(at).toEqual([now]);
    expect(members).toEqual([[]]);
  });

  test('ends the one and spares the other', async () => {
    const bobs = aSession({ id: 2, owner: 'bob@admin', flushedAgo: 20 * minute });
    const { outcomes, sent } = await ended([idle, bobs], [[used, bobs]]);
    expect(outcomes.map(([name]) => name)).toEqual(['spared', 'ended']);
    expect(sent.map(({ keys }) => keys)).toEqual([[keyOf(bobs.lsid)], [keyOf(bobs.lsid)]]);
  });
});

describe('nothing is sent', () => {
  test.each([
    ['look', 'not sent, since stopped by SIGTERM', ['outcome']],
    ['during the look', 'not sent, since stopped by SIGTERM', ['look', 'outcome']],
  ] as const)('once the run is to stop: %s', async (stopsAt, because, steps) => {
    const done = await ended([idle], [[idle]], { stopsAt });
    expect(done.outcomes).toEqual([['failed', because]]);
    expect(words(done.steps)).toEqual(steps);
    expect(done.at).toEqual([0]);
    expect(done.members).toEqual([[]]);
  });

  test('if the look before the kill fails', async () => {
    const { outcomes, sent } = await ended([idle], ['fails']);
    expect(outcomes).toEqual([
      ['failed', 'not sent, since the look before the kill failed: Error: no primary'],
    ]);
    expect(sent).toEqual([]);
  });

  test('on what is old, as a member was waited for in vain: the others are asked again', async () => {
    const { outcomes, steps } = await ended([idle], [[idle], [used]], { lostIn: { 0: 'm2' } });
    expect(outcomes.map(([name]) => name)).toEqual(['spared']);
    expect(words(steps)).toEqual(['look', 'look', 'outcome']);
  });

  test('to a member that was lost, and nobody is asked again for it', async () => {
    const { sent, outcomes, members } = await ended([idle], [[idle]], {
      members: { m1: 'done', m2: 'unreached' },
    });
    expect(sent.map(({ address }) => address)).toEqual(['m1']);
    expect(outcomes).toEqual([['failed', 'the kill could not be sent to m2 (ECONNREFUSED)']]);
    expect(members).toEqual([
      [
        { address: 'm1', ok: true },
        { address: 'm2', ok: false, error: 'ECONNREFUSED' },
      ],
    ]);
  });

  test('to a member that this run has lost', async () => {
    const { run, steps } = scriptedRun({
      policy,
      looks: [snapshotOf([idle])],
      members: { m1: 'done', m2: 'done' },
    });
    run.lostMembers.set('m2', 'no answer');
    const [outcome] = await terminateChunk(decided(policy, snapshotOf([idle])).plan.users, run);
    expect(outcome?.outcome.because).toBe('the kill could not be sent to m2 (no answer)');
    expect(words(steps)).toEqual(['look', 'attempt', 'kill', 'look', 'outcome']);
  });
});

describe('a kill', () => {
  test('that a member refuses has failed', async () => {
    const { outcomes, run } = await ended([idle], [[idle]], { members: { m1: 'done', m2: 'refused' } });
    expect(outcomes).toEqual([['failed', 'the kill was refused by m2 (not authorized)']]);
    expect([...run.lostMembers]).toEqual([]);
  });

  test('for which the driver finds its member gone could not be sent, and that gets no other', async () => {
    const { outcomes, run } = await ended([idle], [[idle]], { members: { m1: 'done', m2: 'unfound' } });
    expect(outcomes).toEqual([['failed', 'the kill could not be sent to m2 (connection refused)']]);
    expect([...run.lostMembers]).toEqual([['m2', 'connection refused']]);
  });

  test('whose answer is lost is in doubt, and its member gets no other', async () => {
    const { outcomes, run } = await ended([idle], [[idle]], { members: { m1: 'lost', m2: 'done' } });
    expect(outcomes).toEqual([['in_doubt', 'no answer to the kill from m1 (connection closed)']]);
    expect([...run.lostMembers]).toEqual([['m1', 'connection closed']]);
  });
});

function attemptIn(steps: readonly Step[]): AuditEvent['reaper'] | undefined {
  return steps.flatMap((each) =>
    each.step === 'record' && each.event.action === 'attempt' ? [each.event.reaper] : [],
  )[0];
}
