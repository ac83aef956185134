import type { OcsfClass } from './classes.ts';

/** Who writes: reaper's version, and the host that it runs on. */
export interface OcsfSource {
  readonly version: string;
  readonly host: string;
}

/** What an event says beyond what every event says. */
export interface Mapping {
  readonly kind: OcsfClass;
  readonly activity: { readonly id: number; readonly name: string };
  /** Unknown, Success, Failure; undefined where it is for others to set. */
  readonly status: 0 | 1 | 2 | undefined;
  /** Informational, Low, Medium. */
  readonly severity: 1 | 2 | 3;
  readonly message: string;
  /** The fields of the class. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The part of a mapping that the line’s outcome does not give. */
export type Own = Pick<Mapping, 'kind' | 'activity' | 'message' | 'details'> & Partial<Mapping>;

/** OCSF knows no such activity; its name is ours. */
export const other = (name: string) => ({ id: 99, name });

/** Who acts in every event. */
export const actor = { app_name: 'reaper' };
