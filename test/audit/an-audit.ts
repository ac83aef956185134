import { evaluate, type Seen } from '../../src/audit/evaluate.ts';
import type { Evidence, FoundSchedule, Step } from '../../src/audit/evidence.ts';
import { stigs } from '../../src/audit/stig.ts';
import type { LoadedPolicy } from '../../src/policy/load.ts';
import { aBook, policySha256, type LoggedRun } from './a-log.ts';

const minute = 60_000;
const hour = 60 * minute;
/** The first and the last run of `aNight`. */
export const night = Date.UTC(2026, 9, 20, 20);
export const morning = night + 10 * hour;
const month = 30 * 24 * hour;

export const timer: FoundSchedule = {
  kind: 'systemd',
  where: 'reaper.timer',
  says: 'OnCalendar=*:0/5',
  longestGap: 5 * minute,
  active: true,
  lastRun: undefined,
  nextRun: undefined,
  problems: [],
};
export const note: FoundSchedule = {
  ...timer,
  kind: 'note',
  where: 'attested',
  says: 'CronJob reaper',
  longestGap: undefined,
  active: undefined,
};

export const authority = {
  document: 'SSP AC-12',
  approvedBy: 'ISSO',
  approvedOn: '2026-10-01',
  notRequired: undefined,
};

export function aPolicy(more: object = {}): LoadedPolicy {
  const policy = {
    name: 'p',
    mode: 'enforce',
    authority,
    rules: [{ name: 'idle' }],
    exemptions: [],
    ...more,
  };
  return { policy, file: '/etc/reaper/policy.yaml', sha256: policySha256 } as unknown as LoadedPolicy;
}

/** Every five minutes of the night, but for what is left out or changed. */
export function aNight(change: (run: LoggedRun) => LoggedRun | undefined = (run) => run): LoggedRun[] {
  return Array.from({ length: 121 }, (_, index): LoggedRun => {
    const sessions = index === 60 ? { 1: 'ended' as const } : {};
    return { at: night + index * 5 * minute, sessions };
  }).flatMap((run) => change(run) ?? []);
}

/** What an assessor is told of these runs, on a host where all is well but for what is given. */
export async function audit(
  logged: readonly LoggedRun[],
  more: Partial<Seen> = {},
): Promise<Evidence & { step: (name: Step['name']) => Step | undefined }> {
  const { at = morning + 2 * minute } = more;
  const since = at - month;
  const { book, chain, dir } = await aBook(logged, since);
  const seen = {
    ...{ stig: stigs['8'], at, since, version: '0', host: 'h', auditLog: dir, loaded: aPolicy() },
    ...{ book, chain, schedules: [timer], notLooked: [], attestation: undefined, confirmation: undefined },
  };
  const evidence = evaluate({ ...seen, ...more });
  return { ...evidence, step: (name) => evidence.steps.find((step) => step.name === name) };
}
