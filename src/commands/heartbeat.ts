import type { Head } from '../audit/chain.ts';
import { ExitCode } from '../exit-code.ts';
import { fileTrouble } from '../file-trouble.ts';
import { makeLog } from '../log.ts';
import { countsOf, type RunResult } from '../run-result.ts';
import { writeMetrics } from '../state/metrics-file.ts';
import type { World } from '../world.ts';
import type { RunOptions } from './run-options.ts';

/** What a run came to; without a result it broke off. */
interface Beat {
  readonly stateDir: string;
  readonly exitCode: number;
  readonly startedAt: Date;
  readonly result?: RunResult | undefined;
  readonly head?: Head | undefined;
}

/** Leaves a heartbeat for Prometheus where one was asked for. A run is not worse for its not being heard. */
export async function beat(options: RunOptions, world: World, done: Beat): Promise<void> {
  const { metricsFile, dryRun, quiet = false } = options;
  if (metricsFile === undefined || dryRun === true) return;
  const { stateDir, startedAt, exitCode, result, head } = done;
  const at = world.clock().getTime();
  try {
    await writeMetrics(metricsFile, {
      at: at / 1000,
      durationSeconds: (at - startedAt.getTime()) / 1000,
      exitCode,
      succeeded: exitCode === ExitCode.done && result?.mode === 'enforce',
      version: world.version,
      stateDir,
      counts: result && countsOf(result),
      deployment: result?.deployment.name,
      policy: result?.policy.name,
      head,
    });
  } catch (error) {
    const why = fileTrouble(error, 'write');
    makeLog(world, quiet).error(
      `${metricsFile}: the heartbeat was not written: ${why}; name a file in a folder where this user may write with --metrics-file`,
    );
  }
}
