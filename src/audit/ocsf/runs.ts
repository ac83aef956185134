import { ocsfClasses } from './classes.ts';
import { actor, other, type OcsfSource, type Own } from './mapping-type.ts';
import type { Said } from './said.ts';

/** A run has begun. */
export function started(found: Said, source: OcsfSource): Own {
  const { run_id: runId, mode, policy } = found;
  return {
    kind: ocsfClasses.job,
    activity: { id: 6, name: 'Start' },
    message: `run ${runId} of policy ${policy.name} has begun (${mode})`,
    details: { ...job(source, 'Running', found) },
  };
}

/** What it is about to end. */
export function planned({ run_id: runId, users, exceeded }: Said, source: OcsfSource): Own {
  const sessions = users.reduce((sum, user) => sum + user.sessions.length, 0);
  const stopped = exceeded.join('; ');
  return {
    kind: ocsfClasses.job,
    activity: other('Plan'),
    message: `run ${runId} is to end sessions: ${sessions}, of users: ${users.length}${stopped && `; stopped: ${stopped}`}`,
    details: {
      ...job(source, 'Running'),
      ...(stopped === '' ? {} : { status_code: 'limit', status_detail: stopped }),
    },
  };
}

/** It is over. */
export function completed(
  { run_id: runId, exit_code: exitCode, exceeded, error }: Said,
  source: OcsfSource,
): Own {
  const why = error === undefined ? exceeded : [error, ...exceeded];
  return {
    kind: ocsfClasses.job,
    activity: other('Complete'),
    message: [`run ${runId} is over, exit status ${exitCode}`, ...why].join('; '),
    details: {
      ...job(source, 'Stopped'),
      status_code: String(exitCode),
      ...(why.length === 0 ? {} : { status_detail: why.join('; ') }),
    },
  };
}

function job(
  { host }: OcsfSource,
  state: 'Running' | 'Stopped',
  { account = [] }: Partial<Said> = {},
): object {
  const [name] = account;
  return {
    job: { name: 'reaper', run_state: state, run_state_id: state === 'Running' ? 3 : 4 },
    device: { hostname: host, type: 'Unknown', type_id: 0 },
    actor: name === undefined ? actor : { ...actor, user: { name } },
  };
}
