import { beforeEach, describe, expect, test, vi } from 'vitest';
import { keyOf } from '../../src/session.ts';
import { aSession, minute, uidOf } from '../support/builders.ts';
import { ended, holding, idle, snapshotOf, used, words } from './ended.ts';

/** In ms; none is waited for. */
const pauses: number[] = [];
vi.mock('node:timers/promises', () => ({ setTimeout: async (pause: number) => void pauses.push(pause) }));
beforeEach(() => void (pauses.length = 0));

describe('the look after the kill', () => {
  const all = [50, 100, 200, 400, 800, 1600];

  test('is made until nothing of what was killed is left', async () => {
    const { outcomes } = await ended([holding], [[holding], [holding], [holding], []]);
    expect(outcomes.map(([name]) => name)).toEqual(['ended']);
    expect(pauses).toEqual(all.slice(0, 2));
  });

  test('waits for each of them', async () => {
    const other = aSession({ id: 2, flushedAgo: 20 * minute });
    const { outcomes } = await ended([holding, other], [[holding, other], [holding, other], [other]]);
    expect(outcomes.map(([name]) => name)).toEqual(['ended', 'ended']);
    expect(pauses).toEqual(all.slice(0, 1));
  });

  test('ends with its patience: what is left has not been ended', async () => {
    const { outcomes, sent } = await ended([holding], [[holding]]);
    expect(outcomes).toEqual([
      ['failed', expect.stringMatching(/^still there after the kill: m1 cursor 0; /)],
    ]);
    expect(pauses).toEqual(all);
    expect(words(sent)).toEqual(['kill']);
  });

  test('is made once more if it fails, as in an election', async () => {
    const { outcomes } = await ended([idle], [[idle], 'fails', [idle]]);
    expect(outcomes.map(([name]) => name)).toEqual(['ended']);
    expect(pauses).toEqual(all.slice(0, 1));
  });

  test('that fails to the end leaves everything in doubt', async () => {
    const { outcomes, sent } = await ended([idle], [[idle], 'fails'], {
      members: { m1: 'done', m2: 'done' },
    });
    expect(outcomes).toEqual([['in_doubt', 'killed, but m1, m2 could not be looked at afterwards']]);
    expect(pauses).toEqual(all);
    expect(words(sent)).toEqual(['kill', 'kill']);
  });

  test('that a member does not answer leaves it in doubt', async () => {
    const { outcomes, sent } = await ended([idle], [[idle], snapshotOf([idle], ['m1'])]);
    expect(outcomes).toEqual([['in_doubt', 'killed, but m1 could not be looked at afterwards']]);
    expect(words(sent)).toEqual(['kill']);
  });

  test('asks for each user once', async () => {
    const [a, b] = [idle, aSession({ id: 2, flushedAgo: 20 * minute })];
    const { steps } = await ended([a, b], [[a, b]]);
    const looks = steps.flatMap((each) => (each.step === 'look' ? [each.uids] : []));
    expect(looks).toEqual([[uidOf('alice@admin')], [uidOf('alice@admin')]]);
  });
});

describe('endSessions', () => {
  test.each([
    ['the policy does not want it', { endSessions: false }, 'the policy has end_sessions: false'],
    [
      'through routers',
      { topology: 'sharded' },
      'routers do not show all that the members of the shards may still hold',
    ],
    [
      'where members may be hidden',
      { membersComplete: false },
      'without replSetGetConfig a hidden member may still hold something',
    ],
    ['without the privilege', { mayEnd: false }, 'the account lacks impersonate, which endSessions needs'],
  ] as const)('is not sent: %s', async (_name, rest, why) => {
    const { outcomes, sent } = await ended([idle], [[idle]], rest);
    expect(outcomes).toEqual([['killed', `stays listed until the server expires it: ${why}`]]);
    expect(words(sent)).toEqual(['kill']);
  });

  test('is not sent for what was used since: the server would close what is opened meanwhile (T17)', async () => {
    const bobs = aSession({ id: 2, owner: 'bob@admin', flushedAgo: 20 * minute });
    const { outcomes, sent } = await ended(
      [idle, bobs],
      [
        [idle, bobs],
        [used, bobs],
      ],
    );
    expect(outcomes).toEqual([
      ['killed', 'its client has used it again, so it stays listed'],
      ['ended', expect.any(String)],
    ]);
    expect(sent.flatMap((each) => (each.step === 'end' ? each.keys : []))).toEqual([keyOf(bobs.lsid)]);
  });

  test.each([
    ['refused', 'not authorized'],
    ['lost', 'connection closed'],
  ] as const)('that is %s leaves the session listed', async (ends, why) => {
    const { outcomes } = await ended([idle], [[idle]], { ends });
    expect(outcomes).toEqual([
      ['killed', `stays listed until the server expires it: endSessions was not acknowledged: ${why}`],
    ]);
  });
});
