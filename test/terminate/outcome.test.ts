import { describe, expect, test } from 'vitest';
import {
  aftersightOf,
  outcomeOf,
  type Aftersight,
  type EndResult,
  type KillResult,
} from '../../src/terminate/outcome.ts';
import { aSession, now } from '../support/builders.ts';

const done: KillResult = { address: 'm1', kind: 'done' };
const refused: KillResult = { address: 'm2', kind: 'refused', message: 'not authorized' };
const inDoubt: KillResult = { address: 'm3', kind: 'in-doubt', message: 'connection closed' };
const unreached: KillResult = { address: 'm4', kind: 'unreached', message: 'ECONNREFUSED' };

const nothingLeft: Aftersight = { silentMembers: [], survivors: [], usedAgain: false };
const acknowledged: EndResult = { kind: 'acknowledged' };
const notEnded: EndResult = { kind: 'not-ended', why: 'the account lacks impersonate' };

const survivors = { survivors: ['m1 transaction 7'] };
const silent = { silentMembers: ['m5'] };
const used = { usedAgain: true };

interface Case {
  kills: KillResult[];
  after?: Partial<Aftersight>;
  end?: EndResult;
  outcome: string;
  because: string;
}

describe('the outcome (T9, T11), the worst first', () => {
  const cases: Case[] = [
    { kills: [done], outcome: 'ended', because: 'nothing runs in it' },
    { kills: [done], end: notEnded, outcome: 'killed', because: 'lacks impersonate' },
    { kills: [done], after: used, outcome: 'killed', because: 'used it again' },
    { kills: [done], after: used, end: notEnded, outcome: 'killed', because: 'used it again' },
    { kills: [done], after: silent, outcome: 'in_doubt', because: 'm5' },
    { kills: [done], after: { ...silent, ...used }, outcome: 'in_doubt', because: 'm5' },
    { kills: [done], after: survivors, outcome: 'failed', because: 'm1 transaction 7' },
    {
      kills: [done],
      after: { ...survivors, ...silent, ...used },
      outcome: 'failed',
      because: 'm1 transaction 7',
    },
    { kills: [done, unreached], outcome: 'failed', because: 'm4 (ECONNREFUSED)' },
    { kills: [unreached], after: silent, outcome: 'failed', because: 'm4 (ECONNREFUSED)' },
    { kills: [done, inDoubt], outcome: 'in_doubt', because: 'm3 (connection closed)' },
    { kills: [inDoubt, unreached], after: silent, outcome: 'in_doubt', because: 'm3 (connection closed)' },
    { kills: [inDoubt], after: survivors, outcome: 'failed', because: 'no answer to the kill from m3' },
    {
      kills: [done, unreached],
      after: survivors,
      outcome: 'failed',
      because: '7; the kill could not be sent to m4',
    },
    { kills: [done, refused], outcome: 'failed', because: 'm2 (not authorized)' },
    {
      kills: [unreached, inDoubt, refused],
      after: survivors,
      outcome: 'failed',
      because: 'm2 (not authorized)',
    },
  ];

  test.each(cases)(
    '$kills.0.kind $kills.1.kind $after: $outcome',
    ({ kills, after, end, outcome, because }) => {
      const found = outcomeOf(kills, { ...nothingLeft, ...after }, end ?? acknowledged);
      expect(found.outcome).toBe(outcome);
      expect(found.because).toContain(because);
    },
  );

  const others: KillResult[] = [done, refused, inDoubt, unreached].map((kill) => ({
    ...kill,
    address: `${kill.address}b`,
  }));

  test.each<[kills: KillResult[], because: string]>([
    [
      [done, refused, inDoubt, unreached, ...others],
      'the kill was refused by m2 (not authorized), m2b (not authorized)',
    ],
    [
      [unreached, done, inDoubt, ...others.filter(({ kind }) => kind !== 'refused')],
      'no answer to the kill from m3 (connection closed), m3b (connection closed)',
    ],
    [
      [done, unreached, ...others.filter(({ kind }) => kind === 'unreached')],
      'the kill could not be sent to m4 (ECONNREFUSED), m4b (ECONNREFUSED)',
    ],
  ])('names those members, and no others', (kills, because) => {
    expect(outcomeOf(kills, nothingLeft, acknowledged).because).toBe(because);
  });

  test.each<[after: Partial<Aftersight>, because: string]>([
    [
      { survivors: ['m1 cursor 1', 'm2 transaction 7'] },
      'still there after the kill: m1 cursor 1, m2 transaction 7; it has not noticed the kill yet, or is a prepared transaction, which no command kills',
    ],
    [
      { survivors: Array.from({ length: 7 }, (_, at) => `m1 cursor ${at}`) },
      'still there after the kill: m1 cursor 0, m1 cursor 1, m1 cursor 2, m1 cursor 3, m1 cursor 4 and 2 more; it has not noticed the kill yet, or is a prepared transaction, which no command kills',
    ],
    [{ silentMembers: ['m5', 'm6'] }, 'killed, but m5, m6 could not be looked at afterwards'],
  ])('names all that the look showed: %j', (after, because) => {
    expect(outcomeOf([done], { ...nothingLeft, ...after }, acknowledged).because).toBe(because);
  });

  test('only a session that is in use again says so', () => {
    expect(outcomeOf([done], { ...nothingLeft, ...used }, acknowledged).usedAgain).toBe(true);
    expect(outcomeOf([done], nothingLeft, notEnded).usedAgain).toBeUndefined();
  });

  test('names every member and what it said', () => {
    expect(outcomeOf([done, refused, unreached], nothingLeft, notEnded).members).toEqual([
      { address: 'm1', ok: true },
      { address: 'm2', ok: false, error: 'not authorized' },
      { address: 'm4', ok: false, error: 'ECONNREFUSED' },
    ]);
  });
});

describe('the look after the kill', () => {
  const before = { ...aSession(), held: ['m1 cursor 1', 'm2 operation 2'] };
  const lookedAt = now - 50;
  const localAt = (at: number, member = 'm1') => ({ local: [{ at, member }] });

  test.each([
    { name: 'not listed any more', after: undefined, survivors: [], usedAgain: false },
    { name: 'listed, nothing held', after: { held: [] }, survivors: [], usedAgain: false },
    {
      name: 'one is still there',
      after: { held: ['m1 cursor 1'] },
      survivors: ['m1 cursor 1'],
      usedAgain: false,
    },
    {
      name: 'the same number on another member',
      after: { held: ['m2 cursor 1'] },
      survivors: [],
      usedAgain: true,
    },
    { name: 'something new', after: { held: ['m1 cursor 9'] }, survivors: [], usedAgain: true },
    {
      name: 'old and new',
      after: { held: ['m2 operation 2', 'm1 cursor 9'] },
      survivors: ['m2 operation 2'],
      usedAgain: true,
    },
    {
      name: 'used before the first look',
      after: { held: [], ...localAt(lookedAt) },
      survivors: [],
      usedAgain: false,
    },
    { name: 'used since', after: { held: [], ...localAt(lookedAt + 1) }, survivors: [], usedAgain: true },
  ])('$name', ({ after, survivors, usedAgain }) => {
    const seen = after && { ...before, ...after };
    const silentMembers = ['m5'];
    expect(aftersightOf(before, seen, { lookedAt, silentMembers })).toEqual({
      survivors,
      usedAgain,
      silentMembers,
    });
  });

  test('shows no use since in what the look before the kill showed already', () => {
    const used = { ...aSession(), ...localAt(lookedAt + 5) };
    const look = { lookedAt, silentMembers: [] };
    expect(aftersightOf(used, used, look).usedAgain).toBe(false);
    expect(aftersightOf(used, { ...used, ...localAt(lookedAt + 6) }, look).usedAgain).toBe(true);
  });

  test('is not misled by a member whose clock is ahead', () => {
    const [ahead] = localAt(lookedAt + 8 * 60_000, 'm2').local;
    const used = { ...aSession(), local: [ahead!] };
    const again = { ...used, local: [ahead!, ...localAt(lookedAt + 50).local] };
    const look = { lookedAt, silentMembers: [] };
    expect(aftersightOf(used, used, look).usedAgain).toBe(false);
    expect(aftersightOf(used, again, look).usedAgain).toBe(true);
  });

  test('takes what a refresh wrote since for a use, unless a known one waited to be written', () => {
    const look = { lookedAt, silentMembers: [] };
    const early = { ...aSession(), flushed: lookedAt - 5000, local: [] };
    const written = { ...early, flushed: lookedAt + 5 };
    expect(aftersightOf(early, written, look).usedAgain).toBe(true);
    expect(aftersightOf(written, written, look).usedAgain).toBe(false);
    expect(aftersightOf({ ...early, ...localAt(lookedAt - 1) }, written, look).usedAgain).toBe(false);
  });
});
