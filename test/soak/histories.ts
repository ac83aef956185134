import type { Fault, Thing, WatchedRun, WatchedSession } from './history.ts';
import { judge } from './observer.ts';
import type { SoakPolicy } from './policy.ts';

// Times are in seconds: a run lists at 100, looks at 101, kills at 102 and verifies at 103.
export const ms = (seconds: number): number => seconds * 1000;
export const span = (from: number, to = from + 0.1) => ({ from: ms(from), to: ms(to) });

export interface Given {
  readonly id?: string;
  readonly user?: string;
  readonly app?: string;
  readonly kind?: Thing['kind'];
  /** When what it holds was used with success. */
  readonly used?: readonly number[];
  /** When it was found gone, and what the server said. */
  readonly lost?: number;
  readonly error?: string;
  /** Other uses of the session. */
  readonly also?: readonly (readonly [number, number])[];
}

export function aSession(given: Given = {}): WatchedSession {
  const {
    id = 's',
    user = 'ann@admin',
    app = 'shell',
    kind = 'cursor',
    used = [50],
    lost,
    also = [],
  } = given;
  const uses = used.map((at) => span(at));
  const end = lost === undefined ? undefined : { span: span(lost), error: given.error ?? 'CursorNotFound' };
  const all = [...uses, ...also.map(([from, to]) => span(from, to)), ...(end ? [end.span] : [])];
  return {
    id,
    user,
    app,
    uses: all.sort((a, b) => a.from - b.from),
    things: [{ kind, uses, lost: end }],
  };
}

export function aRun(policy: Partial<SoakPolicy> = {}, rest: Partial<WatchedRun> = {}): WatchedRun {
  return {
    number: 1,
    policy: {
      rules: [{ when: { idle_for: 10 }, terminate: 'sessions' }],
      exemptions: [],
      limits: {},
      mode: 'enforce',
      end_sessions: true,
      dryRun: false,
      ...policy,
    },
    called: span(99, 105),
    stages: {
      list: ms(100),
      look: ms(101),
      attempt: ms(101.5),
      kill: ms(102),
      verify: ms(103),
      end: ms(104),
    },
    exitCode: 0,
    allAnswered: true,
    outcomes: new Map(),
    attempted: new Set(['s']),
    ...rest,
  };
}

/** What the observer complains about. */
export function complaints(
  sessions: readonly WatchedSession[],
  run: WatchedRun = aRun(),
  faults: readonly Fault[] = [],
): string[] {
  return judge({ sessions, runs: [run], faults }).violations.map(({ kind }) => kind);
}

export const user = (when: SoakPolicy['rules'][number]['when']) => ({
  rules: [{ when, terminate: 'user' as const }],
});
export const rule = (when: SoakPolicy['rules'][number]['when']) => ({
  rules: [{ when, terminate: 'sessions' as const }],
});
export const stopped: Fault = { kind: 'stop', what: 'a member stopped', from: ms(94), to: ms(98) };
