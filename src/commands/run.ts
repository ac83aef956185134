import { randomUUID } from 'node:crypto';
import { noAuditLog, openAuditLog, type AuditLog } from '../audit/audit-log.ts';
import type { Head } from '../audit/chain.ts';
import { brokenOffEvent } from '../audit/run-events.ts';
import { readUnfinished } from '../audit/unfinished.ts';
import { needsOf } from '../decide/make-context.ts';
import { ReaperError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { makeLog } from '../log.ts';
import { checkActions, noOwners } from '../mongo/account.ts';
import { LsidMap } from '../lsid-map.ts';
import { connect } from '../mongo/deployment.ts';
import { neededActions } from '../mongo/needed-actions.ts';
import { readUri } from '../mongo/uri.ts';
import { effectivePolicy, type Only } from '../policy/effective.ts';
import type { EndedSession } from '../plan/already-ended.ts';
import { loadPolicy, type LoadedPolicy } from '../policy/load.ts';
import { endsNothing } from '../policy/policy.ts';
import { progressOn } from '../progress.ts';
import { reap } from '../reap.ts';
import { jsonPieces } from '../report/json-pieces.ts';
import { runToJson } from '../report/run-json.ts';
import { runToText } from '../report/run-text.ts';
import { styleFor } from '../report/style.ts';
import { exitCodeOf, type RunResult } from '../run-result.ts';
import { readEndedSessions, writeEndedSessions } from '../state/ended-sessions.ts';
import { readFirstSeen, writeFirstSeen } from '../state/first-seen.ts';
import { activeLocks } from '../state/locks.ts';
import { keepToOneDeployment } from '../state/one-deployment.ts';
import { takeRunLock } from '../state/run-lock.ts';
import { makeStateDir, stateDirOf } from '../state/state-dir.ts';
import { stopAfter, unlessStopped } from '../stop.ts';
import type { World } from '../world.ts';
import { lineWriter } from './log-lines.ts';
import { policyFileOf } from './options.ts';
import { beat } from './heartbeat.ts';
import { tellHead } from './tell-head.ts';
import { limitsOf, onlyOf, usualTimeout, type RunOptions } from './run-options.ts';
import { decides, forges, warnOfExposure } from './warn-of-exposure.ts';

/** What one run came to. */
interface Done {
  readonly exitCode: number;
  readonly result: RunResult;
  readonly head: Head | undefined;
}

/** Everything that a run is told before it talks to anyone. */
interface Asked {
  readonly runId: string;
  readonly loaded: LoadedPolicy;
  readonly only: Only | undefined;
  readonly uri: string;
  readonly stateDir: string;
  readonly byHand: boolean;
}

/**
 * `reaper run`: the main job. Returns the exit status; throws ReaperErrors. `byHand` tells the record that no
 * schedule started it.
 */
export async function run(options: RunOptions, world: World, byHand = false): Promise<number> {
  const startedAt = world.clock();
  const stateDir = stateDirOf(options.stateDir, world.env);
  try {
    const done = await recorded(await whatIsAsked(options, world, byHand), options, world);
    await beat(options, world, { ...done, stateDir, startedAt });
    return done.exitCode;
  } catch (error) {
    const exitCode = error instanceof ReaperError ? error.exitCode : ExitCode.unexpected;
    // The run that holds the lock tells how it went by itself.
    if (exitCode !== ExitCode.locked) await beat(options, world, { stateDir, exitCode, startedAt });
    throw error;
  }
}

/** Everything that can be wrong before anyone is talked to. */
async function whatIsAsked(options: RunOptions, world: World, byHand: boolean): Promise<Asked> {
  const { env, stdout, stderr } = world;
  const loaded = await loadPolicy(policyFileOf(options, env));
  const only = onlyOf(options);
  limitsOf(options, loaded.policy.limits, only);
  if (options.at !== undefined && options.dryRun !== true) {
    throw new ReaperError('usage', '--at asks what another time would bring', { remedy: 'add --dry-run' });
  }
  if (options.allowNoAuth === true && options.dryRun !== true) {
    throw new ReaperError(
      'usage',
      '--allow-no-auth is for looking: without owners no session can be told to end',
      {
        remedy: 'add --dry-run',
      },
    );
  }
  return {
    runId: randomUUID(),
    loaded,
    only,
    uri: await readUri({ uriFile: options.uriFile, env }),
    stateDir: stateDirOf(options.stateDir, env),
    // Neither systemd nor cron nor Kubernetes gives a terminal to what they start.
    byHand: byHand || only !== undefined || stdout.isTTY === true || stderr.isTTY === true,
  };
}

/** Holds the run’s lock and its audit log, and records also that it broke off. */
async function recorded(asked: Asked, options: RunOptions, world: World): Promise<Done> {
  const { runId, stateDir, byHand } = asked;
  const { clock } = world;
  // A dry run leaves no trace, so that it can be made by someone who may not write there.
  if (options.dryRun === true) return wholeRun(asked, options, world, noAuditLog);
  warnOfExposure(makeLog(world, options.quiet === true), await makeStateDir(stateDir), forges);
  await using _lock = await takeRunLock(stateDir, runId, clock());
  await using log = await openAuditLog(stateDir, clock, { onLine: lineWriter(options.logFormat, world) });
  try {
    return await wholeRun(asked, options, world, log);
  } catch (error) {
    const { code, exitCode } =
      error instanceof ReaperError ? error : { code: 'unexpected', exitCode: ExitCode.unexpected };
    // If it is the log that failed, nothing can follow; the error itself tells.
    await log.append([brokenOffEvent({ runId, byHand, exitCode, code })]).catch(() => undefined);
    await tellHead({ runId, stateDir, exitCode, error: code, head: log.head() }, options, world);
    throw error;
  }
}

async function wholeRun(asked: Asked, options: RunOptions, world: World, auditLog: AuditLog): Promise<Done> {
  const { runId, loaded, only, uri, stateDir, byHand } = asked;
  const { dryRun = false, quiet = false } = options;
  const { clock } = world;
  const log = makeLog(world, quiet);
  warnOfExposure(log, loaded.exposure, decides);
  const unfinished = dryRun ? undefined : await readUnfinished(stateDir);
  if (unfinished !== undefined)
    log.warn({ run_id: unfinished.runId }, unfinishedWords(unfinished.openEnds.length));
  const { ended, damaged } = await readEndedSessions(stateDir);
  if (damaged) log.warn('what earlier runs ended cannot be read; those sessions are ended once more');
  const then = options.at === undefined ? clock() : new Date(options.at);
  const locks = await activeLocks(stateDir, then, dryRun ? (words) => log.warn(words) : undefined);
  const policy = effectivePolicy(loaded.policy, locks, only);
  const remembers = needsOf(policy).has('first-seen');
  const firstSeen = remembers ? await readFirstSeen(stateDir) : undefined;
  if (remembers && firstSeen === undefined)
    log.warn(
      'when sessions were first seen cannot be read: older_than is not decided, and counts from now on',
    );

  using stop = stopAfter(options.timeout ?? usualTimeout(options.every), world.signal);
  await using deployment = await unlessStopped(
    stop.signal,
    connect({ uri, onClient: world.onClient, allowNoAuth: options.allowNoAuth === true }),
    (late) => late[Symbol.asyncDispose](),
  );
  const { account, topology } = deployment;
  if (!account.accessControl) log.warn(noOwners);
  const kills = !dryRun && !endsNothing(policy);
  const lost = checkActions(account, neededActions({ kills, ends: policy.endSessions, topology }));
  for (const { action, reason } of lost) log.warn(`${account.users.join(', ')} lacks ${action}: ${reason}`);

  if (!dryRun) await keepToOneDeployment(stateDir, deployment);

  using progress = progressOn(world, quiet);
  const { result, snapshot } = await reap({
    runId,
    loaded,
    policy,
    limits: limitsOf(options, loaded.policy.limits, only),
    force: options.force,
    dryRun,
    names: options.all === true ? 'all' : dryRun && options.json !== true ? 'users' : 'ends',
    byHand,
    only: only !== undefined,
    every: options.every,
    deployment,
    log: auditLog,
    earlier: onceEach([...ended, ...(unfinished?.earlier ?? [])]),
    unfinished,
    remember: async (pending) => (dryRun ? undefined : writeEndedSessions(stateDir, pending)),
    firstSeen,
    at: options.at,
    get localZone() {
      return world.localZone;
    },
    clock,
    signal: stop.signal,
    onStage: world.onStage,
    tell: progress.tell,
  });
  progress[Symbol.dispose]();
  const exitCode = exitCodeOf(result);
  if (!quiet || exitCode !== 0) report(result, options, world);
  await tellHead({ runId, stateDir, exitCode, result, head: auditLog.head() }, options, world);
  if (!dryRun && remembers) await writeFirstSeen(stateDir, snapshot, firstSeen ?? new Map());
  return { exitCode, result, head: auditLog.head() };
}

/** A run that was cut off at its very end has told both the log and the next run. */
function onceEach(ended: readonly EndedSession[]): EndedSession[] {
  return [...new LsidMap(ended.map((each) => [each.lsid, each])).values()];
}

function unfinishedWords(openEnds: number): string {
  const many = openEnds === 1 ? '1 session' : `${openEnds} sessions`;
  return `the run before did not come to its end; it left ${many} in doubt or not attempted, which are looked at again`;
}

function report(result: RunResult, { json, all = false }: RunOptions, { stdout, env }: World): void {
  if (json === true) for (const piece of jsonPieces(runToJson(result, all))) stdout.write(piece);
  else stdout.write(runToText(result, all, styleFor(stdout, env)).join('\n'));
  stdout.write('\n');
}
