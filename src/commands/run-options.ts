import { ReaperError } from '../errors.ts';
import type { Only } from '../policy/effective.ts';
import type { Limits } from '../policy/policy.ts';
import type { ConnectionOptions, PolicyOptions } from './options.ts';
import { parseTarget } from './target.ts';

/** How long a run may take unless told, in ms: well under the five minutes of the timer, so as not to meet the next. */
export function usualTimeout(every: number | undefined): number {
  return Math.min(4 * 60_000, Math.ceil((every ?? Infinity) * 0.8));
}

export interface RunOptions extends ConnectionOptions, PolicyOptions {
  readonly stateDir?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly limitUsers?: number;
  readonly limitSessions?: number;
  readonly limitPercent?: number;
  readonly force?: string;
  /** A user or a session id, with the reason why it is to end now. */
  readonly only?: string;
  readonly reason?: string;
  /** ms since the epoch. */
  readonly at?: number;
  /** How long the run may take, in ms. */
  readonly timeout?: number;
  /** How often the schedule starts a run, in ms. */
  readonly every?: number;
  /** Where Prometheus’ textfile collector looks. */
  readonly metricsFile?: string;
  /** In which form each event also goes to the log of the host. */
  readonly logFormat?: 'ecs' | 'ocsf';
  readonly syslog?: boolean;
  readonly allowNoAuth?: boolean;
}

type LimitOptions = Pick<RunOptions, 'limitUsers' | 'limitSessions' | 'limitPercent' | 'force'>;

/** What `--only` names, and why. */
export function onlyOf({ only, reason }: Pick<RunOptions, 'only' | 'reason'>): Only | undefined {
  if ((only === undefined) !== (reason === undefined)) {
    throw new ReaperError('usage', '--only and --reason go together', {
      remedy: '--only USER|LSID --reason "why it is to end now"',
    });
  }
  if (only === undefined || reason === undefined) return undefined;
  if (reason.trim() === '') throw new ReaperError('usage', '--reason is empty', { remedy: 'say why' });
  return { ...parseTarget(only), reason };
}

/** The policy's limits, lowered by options; raised only with a reason, which is recorded (P7). */
export function limitsOf(options: LimitOptions, policy: Limits, only?: Only): Limits {
  const asked: Limits = {
    users: options.limitUsers,
    sessions: options.limitSessions,
    percent: options.limitPercent,
  };
  const names = ['users', 'sessions', 'percent'] as const;
  for (const name of names) {
    const [own, wanted] = [policy[name], asked[name]];
    if (options.force?.trim() === '')
      throw new ReaperError('usage', '--force is empty', { remedy: 'say why' });
    if (wanted !== undefined && own !== undefined && wanted > own && options.force === undefined) {
      throw new ReaperError('usage', `--limit-${name} ${wanted} is above the policy’s ${own}`, {
        remedy: `lower it, or say why it may be more: --limit-${name} ${wanted} --force "REASON"`,
      });
    }
  }
  if (options.force !== undefined && names.every((name) => asked[name] === undefined)) {
    throw new ReaperError('usage', '--force does nothing by itself', {
      remedy:
        'say how many may be ended this once: --limit-users, --limit-sessions or --limit-percent NUMBER',
    });
  }
  const limits: Limits = Object.fromEntries(names.map((name) => [name, asked[name] ?? policy[name]]));
  // Two users may share a session id: one session was asked for.
  if (only === undefined || 'user' in only) return limits;
  return { ...limits, sessions: Math.min(limits.sessions ?? 1, 1) };
}
