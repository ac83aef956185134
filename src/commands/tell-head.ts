import type { Head } from '../audit/chain.ts';
import { auditLogFile } from '../audit/log-files.ts';
import { makeLog } from '../log.ts';
import { countsOf, type RunResult } from '../run-result.ts';
import type { World } from '../world.ts';
import type { RunOptions } from './run-options.ts';
import { toSyslog } from './syslog.ts';

/** How a run ended. */
interface End {
  readonly runId: string;
  readonly stateDir: string;
  readonly exitCode: number;
  /** The code of the error that it broke off with. */
  readonly error?: string;
  readonly result?: RunResult;
  /** Of the audit log; undefined while it is empty. */
  readonly head: Head | undefined;
}

/** Leaves the head of the audit log in the log of the host: a log that is cut or replaced later shows against it. */
export async function tellHead(end: End, options: RunOptions, world: World): Promise<void> {
  const { runId, stateDir, exitCode, error, result, head } = end;
  const { dryRun = false, quiet = false, syslog = false } = options;
  const log = makeLog(world, quiet);
  log.info(
    {
      run_id: runId,
      mode: result?.mode,
      exit_code: exitCode,
      error,
      counts: result && countsOf(result),
      audit_log: dryRun ? undefined : { file: auditLogFile(stateDir), ...head },
    },
    error === undefined ? 'run completed' : 'run broke off',
  );
  if (!syslog || dryRun) return;
  const record = head === undefined ? 'audit log empty' : `audit log at ${head.sequence} ${head.hash}`;
  await toSyslog(`run ${runId} exit ${exitCode}, ${record}`, world.env).catch((failure: unknown) =>
    log.error(`syslog was not told: ${(failure as Error).message}`),
  );
}
