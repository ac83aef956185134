import type { Counts } from '../run-result.ts';

/** What a run leaves for Prometheus. Times are in seconds since the epoch. */
export interface Heartbeat {
  /** When the run ended. */
  readonly at: number;
  readonly durationSeconds: number;
  readonly exitCode: number;
  /** Whether it did what the policy says: exit status 0, and not under `mode: report`. */
  readonly succeeded: boolean;
  readonly version: string;
  /** Tells the schedules of a host apart; known however early a run fails. */
  readonly stateDir: string;
  /** Undefined if it did not come so far, as what follows. */
  readonly counts: Counts | undefined;
  readonly deployment: string | undefined;
  readonly policy: string | undefined;
  /** The end of the audit log: kept elsewhere, it shows a log that was cut short or written anew. */
  readonly head: { readonly sequence: number; readonly hash: string } | undefined;
}

const lastSuccess = 'reaper_last_success_timestamp_seconds';

/**
 * Takes what a run leaves, and when the last one succeeded (seconds since the epoch, undefined if none did), and
 * returns it in Prometheus’ text format. Numbers that are not known are left out.
 */
export function metricsText(heartbeat: Heartbeat, lastSuccessAt: number | undefined): string {
  const { counts, head, deployment, policy } = heartbeat;
  const gauge = (name: string, help: string, value: number | undefined, labels: Labels = {}): string[] =>
    value === undefined
      ? []
      : [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} gauge`,
          `${name}{${labelsText({ state_dir: heartbeat.stateDir, ...labels })}} ${value}`,
        ];
  return [
    ...gauge('reaper_build_info', 'The version that ran.', 1, { version: heartbeat.version }),
    ...gauge('reaper_last_run_timestamp_seconds', 'When the last run ended.', heartbeat.at),
    ...gauge(
      lastSuccess,
      'When the last run ended that did what the policy says; STIG V-281700 asks for one a day.',
      heartbeat.succeeded ? heartbeat.at : lastSuccessAt,
    ),
    ...gauge('reaper_last_exit_code', 'Exit status of the last run.', heartbeat.exitCode),
    ...gauge('reaper_run_duration_seconds', 'How long the last run took.', heartbeat.durationSeconds),
    ...gauge(
      'reaper_deployment_info',
      'What the last run worked on.',
      deployment === undefined ? undefined : 1,
      {
        deployment: deployment ?? '',
        policy: policy ?? '',
      },
    ),
    ...sessionMetrics.flatMap(([name, count, help]) =>
      gauge(`reaper_sessions_${name}`, `Sessions in the last run: ${help}`, counts?.[count]),
    ),
    ...gauge('reaper_audit_log_head_info', 'The last line of the audit log.', head && 1, {
      sequence: `${head?.sequence}`,
      hash: head?.hash ?? '',
    }),
    '',
  ].join('\n');
}

const sessionMetrics = [
  ['listed', 'listed', 'all that were listed.'],
  ['matched', 'terminate', 'to be ended by the policy.'],
  ['exempt', 'exempt', 'spared by an exemption.'],
  ['indeterminate', 'indeterminate', 'undecided for lack of privileges or data, and so not ended.'],
  ['ended', 'ended', 'ended, on every member.'],
  ['killed', 'killed', 'killed, and listed until the server expires them.'],
  ['already_ended', 'already_ended', 'ended by an earlier run, and not used since.'],
  ['spared', 'spared', 'spared, since they no longer matched just before the kill.'],
  ['failed', 'failed', 'that could not be ended.'],
  ['in_doubt', 'in_doubt', 'of which a member’s answer was lost.'],
] as const satisfies readonly (readonly [string, keyof Counts, string])[];

type Labels = Readonly<Record<string, string>>;

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Takes what an earlier run left and returns when one last succeeded, in seconds; undefined if it does not say. */
export function lastSuccessIn(text: string): number | undefined {
  const [, value] = new RegExp(`^${lastSuccess}\\{.*\\} (\\d+(?:\\.\\d+)?)$`, 'm').exec(text) ?? [];
  return value === undefined ? undefined : Number(value);
}
