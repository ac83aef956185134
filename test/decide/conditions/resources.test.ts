import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../src/decide/condition.ts';
import {
  clientGone,
  cursorIdleFor,
  transactionIdleFor,
  transactionOpenFor,
} from '../../../src/decide/conditions/resources.ts';
import type { Truth } from '../../../src/decide/truth.ts';
import type { Resource } from '../../../src/session.ts';
import { aContext, aSession, minute } from '../../support/builders.ts';

const limit = 10 * minute;

interface Case {
  readonly name: string;
  readonly resources: readonly Partial<Resource>[];
  readonly all: Truth;
  /** The answer while one member is silent. */
  readonly silent: Truth;
  readonly words: string;
}

/** The same for each condition on a time; the last use is so long ago that it says nothing. */
function casesOf(kind: Resource['kind'], what: 'idle' | 'open'): Case[] {
  const other = {
    kind: kind === 'cursor' ? 'transaction' : 'cursor',
    idle: 99 * limit,
    open: 99 * limit,
  } as const;
  const otherTime = { [what === 'idle' ? 'open' : 'idle']: 99 * limit };
  const over = `a ${kind} ${what} for 12m, limit 10m`;
  return [
    { name: 'nothing', resources: [], all: false, silent: 'unknown', words: `no open ${kind}` },
    { name: 'another kind', resources: [other], all: false, silent: 'unknown', words: `no open ${kind}` },
    {
      name: 'at the limit',
      resources: [{ kind, [what]: limit }],
      all: false,
      silent: 'unknown',
      words: `a ${kind} ${what} for 10m, limit 10m`,
    },
    {
      name: 'a ms more',
      resources: [{ kind, [what]: limit + 1 }],
      all: true,
      silent: true,
      words: 'for 10m',
    },
    {
      name: 'the other time',
      resources: [{ kind, ...otherTime }],
      all: false,
      silent: 'unknown',
      words: `a ${kind} ${what} for 0s`,
    },
    {
      name: 'one of several',
      resources: [{ kind }, { kind, [what]: 12 * minute }, { kind, [what]: minute }, other],
      all: true,
      silent: true,
      words: over,
    },
  ];
}

describe.each<[string, Condition<number>, Case[]]>([
  ['transaction_idle_for', transactionIdleFor, casesOf('transaction', 'idle')],
  ['transaction_open_for', transactionOpenFor, casesOf('transaction', 'open')],
  ['cursor_idle_for', cursorIdleFor, casesOf('cursor', 'idle')],
])('%s', (_name, condition, cases) => {
  test.each(cases)('$name: $all, with a silent member $silent', ({ resources, all, silent, words }) => {
    const session = aSession({ resources, flushedAgo: 999 * limit });
    const context = aContext({ silentMembers: ['m2', 'm3'] });
    expect(condition.test(limit, session, aContext())).toBe(all);
    expect(condition.test(limit, session, context)).toBe(silent);
    const said = condition.because(limit, session, aContext());
    expect(said).toContain(words);
    expect(condition.because(limit, session, context)).toBe(`${said}; m2, m3 did not tell`);
  });

  test('takes a duration', () => {
    expect(condition.schema.parse('10m')).toBe(limit);
    expect(condition.schema.safeParse(10).success).toBe(false);
  });

  test('comes from the members that show something', () => {
    const resources = ['m3', 'm1', 'm3'].map((member) => ({ member }));
    expect(condition.source(aSession({ resources }))).toBe('$currentOp of m3, m1');
    expect(condition.source(aSession())).toBe('$currentOp of every member');
  });
});

describe('a transaction, whose pauses the server adds up', () => {
  test('is unknown where no last use says how long the last pause is at most', () => {
    const unlisted = {
      ...aSession({ resources: [{ kind: 'transaction', idle: 2 * limit, open: 2 * limit }] }),
      flushed: undefined,
      local: [],
    };
    expect(transactionIdleFor.test(limit, unlisted, aContext())).toBe('unknown');
    expect(transactionIdleFor.test(3 * limit, unlisted, aContext())).toBe(false);
    expect(transactionOpenFor.test(limit, unlisted, aContext())).toBe(true);
  });

  const resources = [{ kind: 'transaction', idle: 60 * minute, open: 60 * minute }] as const;

  test.each([
    { name: 'used since', session: { flushedAgo: limit }, truth: false, words: 'idle for 10m' },
    {
      name: 'used in a local list since',
      session: { flushedAgo: 60 * minute, localAgo: limit },
      truth: false,
    },
    { name: 'used a ms before', session: { flushedAgo: limit + 1 }, truth: true },
  ])('is not idle for longer than its session: $name', ({ session, truth, words = 'idle for' }) => {
    const found = aSession({ ...session, resources });
    expect(transactionIdleFor.test(limit, found, aContext())).toBe(truth);
    expect(transactionIdleFor.because(limit, found, aContext())).toContain(words);
  });

  test.each([
    { name: 'flushed within two refreshes', flushedAgo: limit + 10 * minute, truth: 'unknown' },
    { name: 'flushed before that', flushedAgo: limit + 10 * minute + 1, truth: true },
  ])(
    'may be in use where a member is silent, until its last flush says no: $name',
    ({ flushedAgo, truth }) => {
      const found = aSession({ flushedAgo, resources });
      expect(transactionIdleFor.test(limit, found, aContext({ silentMembers: ['m2'] }))).toBe(truth);
    },
  );

  test('is open for as long as it is', () => {
    expect(transactionOpenFor.test(limit, aSession({ flushedAgo: 0, resources }), aContext())).toBe(true);
  });

  test('and a cursor is idle for as long as it is', () => {
    const session = aSession({ flushedAgo: 0, resources: [{ kind: 'cursor', idle: limit + 1 }] });
    expect(cursorIdleFor.test(limit, session, aContext())).toBe(true);
  });
});

describe('client_gone', () => {
  const gone = { kind: 'cursor', member: 'm2', clientGone: true } as const;
  const here = { clientGone: false } as const;
  const perhaps = { clientGone: 'unknown' } as const;

  const cases: Case[] = [
    { name: 'holds nothing', resources: [], all: false, silent: 'unknown', words: 'it holds neither' },
    { name: 'connected', resources: [here, here], all: false, silent: 'unknown', words: 'still connected' },
    { name: 'not known', resources: [here, perhaps], all: 'unknown', silent: 'unknown', words: 'not known' },
    {
      name: 'gone',
      resources: [here, perhaps, gone],
      all: true,
      silent: true,
      words: 'the client of its cursor on m2 is gone',
    },
  ];

  test.each(cases)('$name: $all, with a silent member $silent', ({ resources, all, silent, words }) => {
    const session = aSession({ resources });
    expect(clientGone.test(true, session, aContext())).toBe(all);
    expect(clientGone.test(true, session, aContext({ silentMembers: ['m3'] }))).toBe(silent);
    expect(clientGone.because(true, session, aContext())).toContain(words);
  });

  test.each([
    { resources: [], words: 'it holds neither cursor nor transaction; m3 did not tell' },
    { resources: [here], words: 'its client is still connected; m3 did not tell' },
  ])('the words name who did not tell: $words', ({ resources, words }) => {
    const context = aContext({ silentMembers: ['m3'] });
    expect(clientGone.because(true, aSession({ resources }), context)).toBe(words);
  });

  test('must ask for connections', () => {
    expect(clientGone.needs).toBe('connections');
    expect(clientGone.source(aSession({ resources: [gone] }))).toBe('$currentOp of m2');
  });

  test.each([false, 'true', 1, null])('%j is refused', (value) => {
    expect(clientGone.schema.safeParse(value).error?.issues[0]?.message).toContain('expected true');
  });
});
