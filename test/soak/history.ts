import type { SoakPolicy } from './policy.ts';

/** From when a client sent something until it had the answer, in ms since the epoch by the client's own clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Something that a session holds on a server, as its client knows it. */
export interface Thing {
  readonly kind: 'cursor' | 'transaction' | 'operation';
  /** Each command for it that succeeded, the one that opened it first; of an operation only when it was sent. */
  readonly uses: readonly Span[];
  /** The command that told the client that it is gone, and the server's name for that. */
  readonly lost?: { readonly span: Span; readonly error: string } | undefined;
  /** When the client itself gave it up. */
  readonly released?: Span | undefined;
}

/** A session, by what its client did. */
export interface WatchedSession {
  readonly id: string;
  /** `name@db`. */
  readonly user: string;
  readonly app: string;
  /** Every command that carried its id, in the order sent; one without an answer yet ends at `Infinity`. */
  readonly uses: readonly Span[];
  readonly things: readonly Thing[];
  /** When its client told the server that it is over, and the server took note. */
  readonly left?: Span | undefined;
}

/** One run of reaper: what it was told, when it was at which stage, and what it says that it did. */
export interface WatchedRun {
  readonly number: number;
  readonly policy: SoakPolicy;
  readonly called: Span;
  /** When it came to each stage; none for those that it never came to. */
  readonly stages: Readonly<Record<string, number>>;
  readonly exitCode: number;
  /** Whether every member is said to have answered. */
  readonly allAnswered: boolean;
  /** The outcome that it claims, by session id. */
  readonly outcomes: ReadonlyMap<string, string>;
  /** The ids of those that its audit log names in an attempt. */
  readonly attempted: ReadonlySet<string>;
}

/** Something that was done to the deployment, or that it did by itself. */
export interface Fault extends Span {
  readonly kind: 'stop' | 'election';
  readonly what: string;
}

/** All that happened. */
export interface History {
  readonly sessions: readonly WatchedSession[];
  readonly runs: readonly WatchedRun[];
  readonly faults: readonly Fault[];
}
