import type { Criterion } from '../decide/condition.ts';
import type { TimeIntervals } from './time-interval-schema.ts';

/** A policy as the decision core sees it: parsed, checked, every condition bound to its arguments. */
export interface Policy {
  readonly name: string;
  readonly description: string | undefined;
  readonly authority: Authority | undefined;
  readonly timeIntervals: TimeIntervals;
  readonly exemptions: readonly Exemption[];
  readonly rules: readonly Rule[];
  readonly limits: Limits;
  /** In `report` a run decides and records, and ends nothing. */
  readonly mode: 'enforce' | 'report';
  /** Whether killed sessions are also ended, so that they leave the listing (T10, T17). */
  readonly endSessions: boolean;
}

/** Where the organization decided this, and its way out of termination altogether (P10). */
export interface Authority {
  readonly document: string | undefined;
  readonly approvedBy: string | undefined;
  readonly approvedOn: string | undefined;
  readonly notRequired: string | undefined;
}

/** Sessions that no rule ends. All criteria must hold (P1). */
export interface Exemption {
  readonly name: string;
  readonly criteria: readonly Criterion[];
  readonly because: string | undefined;
}

/** Sessions to end. All criteria must hold (P1). */
export interface Rule {
  readonly name: string;
  readonly criteria: readonly Criterion[];
  readonly terminate: 'sessions' | 'user';
  /** Only a lock or a command of its own may beat the policy's exemptions; built-in ones never (P8). */
  readonly overridesExemptions?: boolean;
}

/** A plan beyond one of these ends nothing (P7); absent means no limit, 0 means none. */
export interface Limits {
  readonly users?: number | undefined;
  readonly sessions?: number | undefined;
  readonly percent?: number | undefined;
}

/** Whether a run under this policy ends nothing, whatever its rules say. */
export function endsNothing({ mode, authority }: Policy): boolean {
  return mode === 'report' || authority?.notRequired !== undefined;
}
