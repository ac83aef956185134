import { randomUUID } from 'node:crypto';
import { constants, link, open, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ReaperError } from '../errors.ts';
import { cannotRecord } from './state-dir.ts';

const holder = z.lazy(() =>
  z.object({ pid: z.int(), host: z.string(), run_id: z.string(), since: z.string() }),
);
type Holder = z.output<typeof holder>;

/** Locks of this very process: in a container a dead run may have had the same process id. */
const heldHere = new Set<string>();

/**
 * Takes the lock of a state directory, one run at a time, also from a run of this host that is dead, and from one of
 * another host (a container has a name of its own each time) that has given no sign of life for ten minutes. Throws
 * `run-in-progress` if another run has it. `locks` is for changes of the locked users,
 * `audit` for adding to the audit log.
 */
export async function takeRunLock(
  dir: string,
  runId: string,
  now: Date,
  name: 'run' | 'locks' | 'audit' = 'run',
): Promise<AsyncDisposable> {
  const file = join(dir, `${name}.lock`);
  const mine: Holder = { pid: process.pid, host: hostname(), run_id: runId, since: now.toISOString() };
  heldHere.add(runId);
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await create(file, mine)) return held(file, runId);
      const other = await readHolder(file);
      if (other !== 'gone' && !(await isDead(file, other))) throw inProgress(file, other);
      await removeDead(file, mine);
    }
    throw inProgress(file, undefined);
  } catch (error) {
    heldHere.delete(runId);
    throw error;
  }
}

function held(file: string, runId: string): AsyncDisposable {
  const living = setInterval(() => void signOfLife(file), lifeEvery);
  living.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(living);
      await release(file, runId);
    },
  };
}

/** In ms: another host cannot ask whether a process lives, only when it last gave a sign. */
const lifeEvery = 30_000;
const longestSilence = 10 * 60_000;

/** One more byte, so that the file system dates the file by its own clock. Never makes a file anew. */
async function signOfLife(file: string): Promise<void> {
  try {
    await using handle = await open(file, constants.O_WRONLY | constants.O_APPEND);
    await handle.write(' ');
  } catch {
    // Somebody removed the lock by hand; what this run does is recorded all the same.
  }
}

/** How long ago a lock's run gave a sign of life, in ms, by the clock of the file system. */
async function silenceOf(file: string): Promise<number> {
  const probe = `${file}.${randomUUID()}`;
  try {
    await writeFile(probe, '', { mode: 0o640 });
    return (await stat(probe)).mtimeMs - (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw cannotRecord(file, error);
  } finally {
    await unlinkIfThere(probe);
  }
}

/** Only if it still is this run's: somebody may have removed it by hand, and another run taken its place. */
async function release(file: string, runId: string): Promise<void> {
  heldHere.delete(runId);
  const holder = await readHolder(file);
  if (holder !== 'gone' && holder?.run_id === runId) await unlinkIfThere(file);
}

/** Makes the file whole or not at all: one that is there and still empty would look like a dead run's. */
async function create(file: string, mine: Holder): Promise<boolean> {
  const whole = `${file}.${mine.run_id}`;
  try {
    await writeFile(whole, JSON.stringify(mine), { mode: 0o640 });
    await link(whole, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotRecord(file, error);
  } finally {
    await unlinkIfThere(whole);
  }
}

/** Undefined if it makes no sense: a crash of the host may leave a file without its content. */
async function readHolder(file: string): Promise<Holder | 'gone' | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw cannotRecord(file, error);
  }
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function isDead(file: string, other: Holder | undefined): Promise<boolean> {
  if (other === undefined) return true;
  if (other.host !== hostname()) return (await silenceOf(file)) > longestSilence;
  // Process ids begin anew at every boot.
  if (Date.parse(other.since) < Date.now() - uptime() * 1000) return true;
  try {
    process.kill(other.pid, 0);
    return other.pid === process.pid && !heldHere.has(other.run_id);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Only who holds the takeover may remove a dead run's lock: two at once would remove each other's new one. */
async function removeDead(file: string, mine: Holder): Promise<void> {
  const takeover = `${file}.takeover`;
  const removed = (await create(takeover, mine)) ? file : takeover;
  const holder = await readHolder(removed);
  if (holder !== 'gone' && (await isDead(removed, holder))) await unlinkIfThere(removed);
  if (removed === file) await unlinkIfThere(takeover);
}

async function unlinkIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cannotRecord(file, error);
  }
}

function inProgress(file: string, other: Holder | undefined): ReaperError {
  const who =
    other === undefined
      ? 'another run'
      : `run ${other.run_id} (process ${other.pid} on ${other.host}, since ${other.since})`;
  return new ReaperError('run-in-progress', `${who} holds the lock of this state directory`, {
    remedy:
      other === undefined || other.host === hostname()
        ? `wait for it; if that run is surely dead: rm ${file}`
        : `wait for it: what gives no sign of life for 10 minutes is taken over; if that run is surely dead: rm ${file}`,
  });
}
