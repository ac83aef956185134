import { describe, expect, test } from 'vitest';
import { idOf, now } from '../support/builders.ts';
import {
  aSentKill,
  comment,
  killLine,
  logLine,
  lsidPatterns,
  readLines,
  uidPattern,
} from './server-log-lines.ts';

describe('a kill of somebody else', () => {
  const patterns = { killAllSessionsByPattern: lsidPatterns([1, 2]) };

  test.each([
    {
      name: 'without comment, though it names the sessions of one of ours',
      command: patterns,
      because: 'its comment names no run of reaper',
    },
    {
      name: 'with a comment of their own',
      command: { ...patterns, comment: 'INC-1' },
      because: 'its comment names no run of reaper',
    },
    {
      name: 'with a run that nobody knows',
      command: { ...patterns, comment: { reaper: 'run-9\u001B[2J' } },
      because: 'its comment names run run-9\\u{1b}[2J, of which the audit log knows no kill',
    },
    {
      name: 'with the comment of a run that did not send it',
      command: { killAllSessionsByPattern: [], comment },
      because: 'its comment names run run-1, which recorded no such kill',
    },
    {
      name: 'of more sessions than the run recorded',
      command: { killAllSessionsByPattern: lsidPatterns([1, 2, 3]), comment },
      because: 'its comment names run run-1, which recorded no such kill',
    },
    {
      name: 'of the whole user, where the run recorded sessions',
      command: { killAllSessionsByPattern: uidPattern(), comment },
      because: 'its comment names run run-1, which recorded no such kill',
    },
    {
      name: 'of the same sessions and another user’s',
      command: { killAllSessionsByPattern: [...lsidPatterns([1, 2]), ...uidPattern()], comment },
      because: 'its comment names run run-1, which recorded no such kill',
    },
    {
      name: 'that is cut and of no session of ours',
      command: { killAllSessionsByPattern: lsidPatterns([7, 8]) },
      truncated: { command: {} },
      because: 'it is cut where its comment was, and no run recorded a kill of these sessions',
    },
    {
      name: 'with the STIG’s command',
      command: { killAllSessionsByPattern: [{ users: [{ user: 'alice', db: 'admin' }] }] },
      because: 'its comment names no run of reaper',
    },
    {
      name: 'with killAllSessions',
      command: { killAllSessions: [{ user: 'alice', db: 'admin' }] },
      because: 'its comment names no run of reaper',
    },
    {
      name: 'with killSessions of others',
      command: { killSessions: [{ id: { $uuid: idOf(1) }, uid: uidPattern()[0]?.uid }] },
      because: 'its comment names no run of reaper',
    },
  ])('$name', async ({ command, truncated, because }) => {
    const { foreign, confirmed } = await readLines([killLine({ command, truncated })], [aSentKill()]);
    expect(confirmed).toBe(0);
    expect(foreign).toHaveLength(1);
    expect(foreign[0]).toMatchObject({ at: now, because });
  });

  test('is not one who ends sessions of their own', async () => {
    const own = killLine({ command: { killSessions: [{ id: { $uuid: idOf(1) } }] } });
    const nobody = killLine({ command: { killSessions: [] }, user: undefined });
    const { foreign } = await readLines([own, nobody], []);
    expect(foreign.map(({ by }) => by)).toEqual(['nobody logged in from 10.0.0.9:40000 with mongosh']);
  });

  test('is not a router, which passes on what its own log tells', async () => {
    const user = [{ user: '__system', db: 'local' }];
    const command = { killAllSessionsByPattern: uidPattern() };
    const forged = { ...command, comment };
    const { foreign } = await readLines(
      [killLine({ command, user }), killLine({ command: forged, user })],
      [],
    );
    expect(foreign.map(({ because }) => because)).toEqual([
      'its comment names run run-1, of which the audit log knows no kill',
    ]);
  });

  test('is shown with caller and command, and no secret', async () => {
    const command = {
      killAllSessionsByPattern: [{ users: [{ user: 'a\u202Eb', db: 'admin', pwd: 'hunter2' }] }],
      comment: 'mongodb://root:hunter2@db1/',
      lsid: { id: { $uuid: idOf(9) } },
    };
    const { foreign } = await readLines([killLine({ command, application: 'sh\u001B[1m' })], []);
    expect(foreign).toEqual([
      {
        at: now,
        by: 'root@admin from 10.0.0.9:40000 with sh\\u{1b}[1m',
        command: '{"killAllSessionsByPattern":[{"users":[{"user":"a\\u{202e}b","db":"admin"}]}]}',
        because: 'its comment names no run of reaper',
      },
    ]);
  });

  test('is shown cut to 200 characters', async () => {
    const long = Array.from({ length: 40 }, (_, at) => ({ user: `user-${at}`, db: 'admin' }));
    const user = [{ user: 'n'.repeat(500), db: 'admin' }];
    const { foreign } = await readLines([killLine({ command: { killAllSessions: long }, user })], []);
    expect(foreign.map(({ by, command }) => [by.length, command.length])).toEqual([[200, 200]]);
    expect(foreign[0]?.command).toMatch(/^\{"killAllSessions":\[\{"user":"user-0","db":"admin"\},.*…$/);
  });

  test('is counted even when there are too many to tell', async () => {
    const lines = Array.from({ length: 1005 }, () => killLine({ command: { killAllSessions: [] } }));
    const { foreign, moreForeign } = await readLines(lines, []);
    expect([foreign.length, moreForeign]).toEqual([1000, 5]);
  });

  test('is told with the caller’s address as MongoDB 8 logs it', async () => {
    const attr = {
      session: { remote: '10.0.0.8:5', local: '10.0.0.1:27017' },
      command: { killAllSessions: [] },
    };
    const { foreign } = await readLines([logLine(now, { id: 558701, attr })], []);
    expect(foreign[0]?.by).toBe('nobody logged in from 10.0.0.8:5');
  });
});
