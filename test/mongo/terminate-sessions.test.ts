import {
  Binary,
  BSON,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  UUID,
  type Document,
  type MongoClient,
} from 'mongodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ReaperError } from '../../src/errors.ts';
import { endSessions, killSessions } from '../../src/mongo/terminate-sessions.ts';
import { rememberingUidOf } from '../../src/mongo/uid.ts';
import type { NonEmpty, Target } from '../../src/plan/plan.ts';
import { parseSessionId, type Lsid } from '../../src/session.ts';

/*
 * The gate on a real server is tested in test/integration/terminator-gate.test.ts. Here it is tested fast enough
 * for every mutant of it, with a stand-in of the driver’s client that keeps what a server would have read.
 */

type Answering = (command: Document, count: number) => Promise<Document>;

/** Keeps what is sent as a server would read it, without what BSON leaves out. */
function recordingClient(answer: Answering = () => Promise.resolve({ ok: 1 })) {
  return keepingClient(answer, (each) => BSON.deserialize(BSON.serialize(each)));
}

function keepingClient(answer: Answering, read: (command: Document) => Document) {
  const sent: Document[] = [];
  const databases = new Set<string>();
  const command = (each: Document): Promise<Document> => {
    sent.push(read(each));
    return answer(each, sent.length);
  };
  const db = (name: string) => {
    databases.add(name);
    return { command };
  };
  return { sent, databases, client: { db } as unknown as MongoClient };
}

const uidOf = rememberingUidOf();

// Not the builders: they need the whole policy language, and then every mutant of it would wait for these tests.
const lsidOf = (number: number, owner = 'alice@admin'): Lsid => ({
  id: parseSessionId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`),
  uid: uidOf(owner),
});

const comment = { run: 'a-run' };
const alice = uidOf('alice@admin');
const whole = lsidOf(1);
const bobs = lsidOf(2, 'bob@admin');

const binary = (uid: string) => Binary.createFromBase64(uid, 0);
const onTheWire = ({ id, uid }: Lsid) => ({ id: new UUID(id), uid: binary(uid) });

/** So many lsids: the first and the last of each part are others than the rest. */
function lsids(count: number): NonEmpty<Lsid> {
  const filler = Array.from({ length: count - 1 }, (_, at) => (at % 1000 > 997 ? lsidOf(at) : bobs));
  return [whole, ...filler];
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a right target is sent exactly', () => {
  const targets: { what: string; target: Target; patterns: Document[] }[] = [
    { what: 'a user', target: { by: 'user', uid: alice }, patterns: [{ uid: binary(alice) }] },
    {
      what: 'sessions',
      target: { by: 'sessions', lsids: [whole, bobs] },
      patterns: [{ lsid: onTheWire(whole) }, { lsid: onTheWire(bobs) }],
    },
    {
      what: 'a session with more in it than its lsid',
      target: { by: 'sessions', lsids: [{ ...whole, users: [{ user: 'alice', db: 'admin' }] } as Lsid] },
      patterns: [{ lsid: onTheWire(whole) }],
    },
    {
      what: 'a user with sessions beside',
      target: { by: 'user', uid: alice, lsids: [bobs] } as Target,
      patterns: [{ uid: binary(alice) }],
    },
    {
      what: 'sessions with a user beside',
      target: { by: 'sessions', lsids: [bobs], uid: alice } as Target,
      patterns: [{ lsid: onTheWire(bobs) }],
    },
  ];

  it.each(targets)('$what', async ({ target, patterns }) => {
    const { client, sent, databases } = recordingClient();
    expect(await killSessions(client, target, comment)).toEqual({ kind: 'done' });
    expect(sent).toEqual([{ killAllSessionsByPattern: patterns, comment }]);
    expect([...databases]).toEqual(['admin']);
  });

  it('sessions to be ended', async () => {
    const { client, sent, databases } = recordingClient();
    expect(await endSessions(client, [whole, bobs], comment)).toEqual({ kind: 'done' });
    expect(sent).toEqual([{ endSessions: [onTheWire(whole), onTheWire(bobs)], comment }]);
    expect([...databases]).toEqual(['admin']);
  });
});

describe('more than one command takes', () => {
  // Many: not worth the time of encoding them all.
  const manyClient = (answer: Answering = () => Promise.resolve({ ok: 1 })) =>
    keepingClient(answer, (each) => each);

  it.each([
    // An empty list of patterns would mean everybody.
    { count: 70_000, sizes: [70_000] },
    { count: 70_001, sizes: [70_000, 1] },
  ])('$count in parts of $sizes, and none is lost', async ({ count, sizes }) => {
    const all = lsids(count);
    const ids = all.map((each) => each.id);
    const killed = manyClient();
    await killSessions(killed.client, { by: 'sessions', lsids: all }, comment);
    const kills = killed.sent.map((each): Document[] => each['killAllSessionsByPattern']);
    expect(kills.map((part) => part.length)).toEqual(sizes);
    expect(kills.flat().map(({ lsid }) => lsid.id.toString())).toEqual(ids);

    const ended = manyClient();
    await endSessions(ended.client, all, comment);
    const ends = ended.sent.map((each): Document[] => each['endSessions']);
    expect(ends.map((part) => part.length)).toEqual(sizes);
    expect(ends.flat().map(({ id }) => id.toString())).toEqual(ids);
  });

  it('after an answer that is not done, nothing more is sent', async () => {
    const lost: Answering = (_command, count) =>
      count === 1 ? Promise.reject(new MongoNetworkError('connection closed')) : Promise.resolve({ ok: 1 });
    const inDoubt = { kind: 'in-doubt', message: 'connection closed' };
    const all = lsids(70_001);
    const killing = manyClient(lost);
    expect(await killSessions(killing.client, { by: 'sessions', lsids: all }, comment)).toEqual(inDoubt);
    expect(killing.sent).toHaveLength(1);
    const ending = manyClient(lost);
    expect(await endSessions(ending.client, all, comment)).toEqual(inDoubt);
    expect(ending.sent).toHaveLength(1);
  });
});

/** A list with a hole at its end, that `every` and `map` pass over. */
function withHole(...items: unknown[]): unknown[] {
  const list = [...items];
  list.length += 1;
  return list;
}

/** 44 characters, and decodes to 32 bytes, but its last character carries bits that no encoder writes. */
const uncanonical = `${'A'.repeat(42)}B=`;

const noLsids: [what: string, lsids: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['an empty list', []],
  ['an object', {}],
  ['a text', whole.id],
  ['a list of one hole', withHole()],
  ['a hole after a right lsid', withHole(whole)],
  ['an empty object', [{}]],
  ['null in the list', [null]],
  ['undefined in the list', [undefined]],
  ['an lsid without uid', [{ id: whole.id }]],
  ['an lsid without id', [{ uid: alice }]],
  ['an lsid with undefined uid', [{ id: whole.id, uid: undefined }]],
  ['an lsid with undefined id', [{ id: undefined, uid: alice }]],
  ['an lsid whose id is no UUID', [{ id: 'alice', uid: alice }]],
  ['an lsid whose uid is not canonical', [{ id: whole.id, uid: uncanonical }]],
  ['an lsid in another lsid', [{ lsid: whole }]],
  ['a wrong lsid after a right one', [whole, { id: whole.id }]],
  ['a wrong lsid before a right one', [{ id: whole.id }, whole]],
  ['a hole after as many right lsids as one command takes', withHole(...lsids(70_000))],
];

const noTargets: [what: string, target: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a text', alice],
  ['by user, uid missing', { by: 'user' }],
  ['by user, uid undefined', { by: 'user', uid: undefined }],
  ['by user, uid null', { by: 'user', uid: null }],
  ['by user, uid empty', { by: 'user', uid: '' }],
  ['by user, uid of 31 bytes', { by: 'user', uid: Buffer.alloc(31).toString('base64') }],
  ['by user, uid of 33 bytes', { by: 'user', uid: Buffer.alloc(33).toString('base64') }],
  ['by user, uid not canonical', { by: 'user', uid: uncanonical }],
  ['by user, uid in a list', { by: 'user', uid: [alice] }],
  ['by user, a name as uid', { by: 'user', uid: 'alice@admin' }],
  ['by user, lsids right', { by: 'user', lsids: [whole] }],
  ['by users, as the STIG prints it', { by: 'users', users: [{ user: 'alice', db: 'admin' }] }],
  ['by users, with a right uid', { by: 'users', uid: alice }],
  ['by users, with right lsids', { by: 'users', lsids: [whole] }],
  ['by nothing, uid right', { uid: alice }],
  ['by nothing, lsids right', { lsids: [whole] }],
  ['by sessions, uid right', { by: 'sessions', uid: alice }],
  ...noLsids.map(([what, each]): [string, unknown] => [
    `by sessions, ${what}`,
    { by: 'sessions', lsids: each },
  ]),
];

/** What was thrown; undefined if nothing was. */
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('anything else is refused, and nothing is sent', () => {
  it.each(noTargets)('killSessions: %s', async (_what, target) => {
    const { client, sent } = recordingClient();
    const thrown = await thrownBy(killSessions(client, target as never, comment));
    expect(thrown).toBeInstanceOf(ReaperError);
    expect(thrown).toMatchObject({ code: 'unsafe-pattern' });
    expect(sent).toEqual([]);
  });

  it.each(noLsids)('endSessions: %s', async (_what, each) => {
    const { client, sent } = recordingClient();
    const thrown = await thrownBy(endSessions(client, each as never, comment));
    expect(thrown).toBeInstanceOf(ReaperError);
    expect(thrown).toMatchObject({ code: 'unsafe-pattern' });
    expect(sent).toEqual([]);
  });

  it('and the error shows what it was, what to do, and what is wrong with it', async () => {
    const target = { by: 'sessions', lsids: [{ id: whole.id, uid: { a: { b: { c: 1 } } } }] };
    const { client } = recordingClient();
    const thrown = (await thrownBy(killSessions(client, target as never, comment))) as ReaperError;
    expect(thrown.message).toMatch(/^refused to send a pattern that names no session: \{/);
    expect(thrown.message).toContain(`{ id: '${whole.id}', uid: { a: { b: [Object] } } }`);
    expect(thrown.remedy).toBe('nothing was sent; this is an error in reaper, please report it');
    expect(thrown.cause).toBeInstanceOf(RangeError);
    const ofNobody = (await thrownBy(endSessions(client, [] as never, comment))) as ReaperError;
    expect(ofNobody.message).toBe('refused to send a pattern that names no session: []');
    expect(ofNobody.cause).toBeUndefined();
  });
});

describe('what a server answers', () => {
  const topology = { reason: null } as never;
  const told = (message: string, more: Document = {}) =>
    new MongoServerError({ ok: 0, errmsg: message, ...more });
  const refused = (message: string) => ({ kind: 'refused', message });
  const inDoubt = (message: string) => ({ kind: 'in-doubt', message });

  it.each([
    ['an error', told('not authorized', { code: 13 }), refused('not authorized')],
    ['broken off midway', told('interrupted', { code: 11602 }), inDoubt('interrupted')],
    [
      'a router’s error, with whom it did not reach',
      told('failed', { failedHosts: ['s1:27018', 's2:27018'] }),
      refused('failed: s1:27018, s2:27018'),
    ],
    ['no list of those', told('failed', { failedHosts: 's1:27018' }), refused('failed')],
    [
      'not found',
      new MongoServerSelectionError('no server', topology),
      { kind: 'unreached', message: 'no server' },
    ],
    ['cut off', new MongoNetworkError('connection closed'), inDoubt('connection closed')],
    [
      'cut off, with hosts in the error',
      Object.assign(new Error('closed'), { errorResponse: { failedHosts: ['s1'] } }),
      inDoubt('closed'),
    ],
    ['an error of the driver', new RangeError('out of range'), inDoubt('out of range')],
  ])('%s', async (_what, error, answer) => {
    const { client } = recordingClient(() => Promise.reject(error));
    expect(await killSessions(client, { by: 'user', uid: alice }, comment)).toEqual(answer);
    expect(await endSessions(client, [whole], comment)).toEqual(answer);
  });

  it('nothing in 30 s: in doubt', async () => {
    vi.useFakeTimers();
    const { client } = recordingClient(() => new Promise(() => {}));
    const answers = Promise.all([
      killSessions(client, { by: 'user', uid: alice }, comment),
      endSessions(client, [whole], comment),
    ]);
    const early = vi.fn<(answers: unknown) => void>();
    void answers.then(early);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(early).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await answers).toEqual([
      inDoubt('no answer to killAllSessionsByPattern within 30 s'),
      inDoubt('no answer to endSessions within 30 s'),
    ]);
  });
});
