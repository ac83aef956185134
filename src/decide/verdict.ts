import type { Session } from '../session.ts';

/** What is decided of one session, and why. Each session has exactly one. */
export type Verdict = TerminateVerdict | SparingVerdict;

export interface TerminateVerdict {
  readonly verdict: 'terminate';
  readonly session: Session;
  /** The first rule that names it. */
  readonly rule: string;
  /** Whether its user is selected by a rule with `terminate: user` (P4). */
  readonly wholeUser: boolean;
  readonly because: string;
}

export interface SparingVerdict {
  readonly verdict: 'retain' | 'exempt' | 'indeterminate';
  readonly session: Session;
  /** The rule that could not be decided, or the exemption that spares it. */
  readonly rule: string | undefined;
  /** Spared by what no policy lifts (P6). */
  readonly builtIn: boolean;
  readonly because: string;
}
