/** Conditions of a soak's policy: durations in seconds, `open` and `shut` for its two windows of time. */
export interface SoakWhen {
  readonly idle_for?: number;
  readonly cursor_idle_for?: number;
  readonly transaction_idle_for?: number;
  readonly transaction_open_for?: number;
  readonly older_than?: number;
  readonly more_than_per_user?: number;
  readonly users?: readonly string[];
  readonly not_users?: readonly string[];
  readonly apps?: readonly string[];
  readonly during?: Window;
  readonly outside?: Window;
  readonly any_of?: readonly SoakWhen[];
  readonly not?: SoakWhen;
}

/** `open` is around now, `shut` is twelve hours away. */
type Window = 'open' | 'shut';

/** What one run of a soak is told. */
export interface SoakPolicy {
  readonly rules: readonly { readonly when: SoakWhen; readonly terminate: 'sessions' | 'user' }[];
  readonly exemptions: readonly SoakWhen[];
  readonly limits: { readonly users?: number; readonly sessions?: number; readonly percent?: number };
  readonly mode: 'enforce' | 'report';
  readonly end_sessions: boolean;
  readonly dryRun: boolean;
}

/** The soak's own administrator, whose work is no part of it. */
const administrator = 'admin@admin';

/** A policy as a file has it, for a run at `now`. JSON is YAML. */
export function policyText(policy: SoakPolicy, now: number): string {
  const { rules, exemptions, limits, mode, end_sessions } = policy;
  const window = (hours: number): object => ({
    times: [{ start_time: clock(now + (hours - 1) * hour), end_time: clock(now + (hours + 1) * hour) }],
  });
  return JSON.stringify({
    version: 1,
    name: 'soak',
    time_intervals: { open: [window(0)], shut: [window(12)] },
    rules: rules.map(({ when, terminate }, at) => ({ name: `r${at}`, when: written(when), terminate })),
    exemptions: [{ users: [administrator] }, ...exemptions].map((when, at) => ({
      name: `e${at}`,
      ...written(when),
    })),
    limits,
    mode,
    end_sessions,
  });
}

const hour = 3_600_000;

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

function written(when: SoakWhen): object {
  return Object.fromEntries(
    Object.entries(when).map(([key, value]) => {
      if (key === 'any_of') return [key, (value as readonly SoakWhen[]).map(written)];
      if (key === 'not') return [key, written(value as SoakWhen)];
      return [key, typeof value === 'number' && key !== 'more_than_per_user' ? `${value}s` : value];
    }),
  );
}
