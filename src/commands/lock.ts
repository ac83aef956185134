import { randomUUID } from 'node:crypto';
import { openAuditLog } from '../audit/audit-log.ts';
import type { AuditEvent } from '../audit/event.ts';
import { ReaperError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { makeLog } from '../log.ts';
import { readUri } from '../mongo/uri.ts';
import { loadPolicy } from '../policy/load.ts';
import { nearest } from '../policy/problems.ts';
import { locksToJson } from '../report/locks-json.ts';
import { lockToText, locksToText, unlockToText } from '../report/lock-text.ts';
import { styleFor, terminalWidth } from '../report/style.ts';
import { jsonText, visible } from '../report/visible.ts';
import { readLocks, writeLocks, type Lock } from '../state/locks.ts';
import { takeRunLock } from '../state/run-lock.ts';
import { makeStateDir, stateDirOf } from '../state/state-dir.ts';
import type { World } from '../world.ts';
import { lockedName, refuseUseless } from './lockable.ts';
import { policyFileOf, type ConnectionOptions, type PolicyOptions } from './options.ts';
import { run } from './run.ts';
import { decides, forges, warnOfExposure } from './warn-of-exposure.ts';

export interface LockOptions extends ConnectionOptions, PolicyOptions {
  readonly stateDir?: string;
  /** ms. */
  readonly for: number;
  readonly reason: string;
  readonly overrideExemptions?: boolean;
  readonly now?: boolean;
}

/** `reaper lock USER`: ends a user's sessions at every run until a deadline (P8). With `--now` also runs at once. */
export async function lock(text: string, options: LockOptions, world: World): Promise<number> {
  const { env, clock, stdout } = world;
  const user = lockedName(text);
  if (options.reason.trim() === '')
    throw new ReaperError('usage', '--reason is empty', { remedy: 'say why' });
  const { policy, exposure } = await loadPolicy(policyFileOf(options, env));
  warnOfExposure(makeLog(world, false), exposure, decides);
  const now = clock().getTime();
  const until = now + options.for;
  const overrideExemptions = options.overrideExemptions === true;
  const wouldBe = { user, overrideExemptions, from: now, to: until };
  const sparing = await refuseUseless(wouldBe, policy, { uriFile: options.uriFile, env }, world);
  const stateDir = stateDirOf(options.stateDir, env);
  // What the run at once needs is looked for first: else the lock would be made, and the error look like none.
  if (options.now === true) await readUri({ uriFile: options.uriFile, env });
  const made: Lock = {
    user,
    until,
    reason: options.reason,
    made_at: now,
    override_exemptions: overrideExemptions,
  };
  await change(stateDir, world, (locks) => ({
    locks: [...locks.filter((each) => each.user !== user), made],
    event: eventOf('lock', made),
  }));
  const width = terminalWidth(stdout, env);
  stdout.write(`${lockToText(made, { stateDir, now, sparing, width }).join('\n')}\n`);
  if (options.now !== true) return ExitCode.done;
  const { for: _length, reason: _reason, ...shared } = options;
  return run(shared, world, true);
}

export interface StateOptions {
  readonly stateDir?: string;
  readonly json?: boolean;
}

/** `reaper unlock USER`: takes a lock away. */
export async function unlock(user: string, options: StateOptions, world: World): Promise<number> {
  const stateDir = stateDirOf(options.stateDir, world.env);
  const removed = await change(stateDir, world, (locks) => {
    const found = locks.find((each) => each.user === user);
    if (found === undefined) throw noLock(user, locks);
    return { locks: locks.filter((each) => each !== found), event: eventOf('unlock', found) };
  });
  const width = terminalWidth(world.stdout, world.env);
  world.stdout.write(`${unlockToText(removed, width).join('\n')}\n`);
  return ExitCode.done;
}

function noLock(user: string, locks: readonly Lock[]): ReaperError {
  const names = locks.map((each) => each.user);
  return new ReaperError('usage', `${JSON.stringify(user)} is not locked${nearest(user, names)}`, {
    remedy: names.length === 0 ? 'no user is' : `locked: ${names.map(visible).join(', ')}`,
  });
}

/** `reaper locks`: who is locked, until when and why. */
export async function locks(options: StateOptions, world: World): Promise<number> {
  const { stdout, env, clock } = world;
  const stateDir = stateDirOf(options.stateDir, env);
  const all = await readLocks(stateDir);
  const text =
    options.json === true
      ? jsonText(locksToJson(all))
      : locksToText(all, { stateDir, now: clock().getTime() }, styleFor(stdout, env)).join('\n');
  stdout.write(`${text}\n`);
  return ExitCode.done;
}

/** Changes the locks and records it, one change at a time; the record comes first. */
async function change(
  stateDir: string,
  world: World,
  edit: (locks: readonly Lock[]) => { locks: readonly Lock[]; event: AuditEvent & { lock: Lock } },
): Promise<Lock> {
  const { clock } = world;
  warnOfExposure(makeLog(world, false), await makeStateDir(stateDir), forges);
  await using _mutex = await takeRunLock(stateDir, randomUUID(), clock(), 'locks');
  const { locks: changed, event } = edit(await readLocks(stateDir));
  await using log = await openAuditLog(stateDir, clock);
  await log.append([event]);
  await writeLocks(stateDir, changed);
  return event.lock;
}

function eventOf(action: 'lock' | 'unlock', lock: Lock): AuditEvent & { lock: Lock } {
  return { action, outcome: 'success', reaper: { lock: { ...lock } }, lock };
}
