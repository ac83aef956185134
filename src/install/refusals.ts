import type { Host } from '../audit/schedule/host.ts';
import { ReaperError } from '../errors.ts';
import type { Found } from './files.ts';
import type { PlannedFile, Scheduler } from './plan.ts';
import type { Program } from './program.ts';
import { outOfReach, type Settings } from './settings.ts';

/** Throws a ReaperError for paths that the service would not reach. */
export function refuseUnfit(settings: Settings): void {
  const problems = outOfReach(settings);
  if (problems.length === 0) return;
  throw new ReaperError('usage', problems.join('; '), {
    remedy:
      'put it where all can read it, as /usr/local/lib/reaper/reaper.js and /etc/reaper; then call install from there',
  });
}

/** Throws a ReaperError where this user or this host cannot have such a schedule. */
export async function refuseHost(scheduler: Scheduler, { uid }: Program, host: Host): Promise<void> {
  refuseUser({ uid });
  const systemdRuns = await isThere('/run/systemd/system', host);
  if (scheduler === 'systemd' && !systemdRuns) {
    throw new ReaperError('usage', 'systemd does not run on this host', {
      remedy: 'reaper install --cron; or --root DIR to write the files into an image',
    });
  }
  if (scheduler === 'cron' && systemdRuns) {
    throw new ReaperError(
      'usage',
      'systemd runs on this host, and there cron’s line leaves the work to reaper.timer',
      {
        remedy: 'reaper install --systemd',
      },
    );
  }
}

/** Throws a ReaperError for files of others, before anything is written: a refusal leaves nothing half done. */
export function refuseOthersFiles(
  files: readonly PlannedFile[],
  found: ReadonlyMap<string, Found>,
  {
    force = false,
    shown,
  }: { readonly force?: boolean | undefined; readonly shown: (path: string) => string },
): void {
  const refused = files.flatMap(({ path, text }) => {
    const there = found.get(path);
    if (there === undefined || there.owner === 'nobody' || there.owner === 'ours' || there.text === text)
      return [];
    return [
      `${shown(path)} ${there.owner === 'changed' ? 'was changed since it was installed' : 'is not ours'}`,
    ];
  });
  if (refused.length === 0 || force) return;
  throw new ReaperError('usage', refused.join('; '), {
    remedy: 'keep your changes in a drop-in and move the file away; or --force, which overwrites it',
  });
}

/** What reaper and its line for cron write into a state directory, half-written ones too. */
const ownNames =
  /^(?:audit|audit-head|audit-\d+|deployment|locks|ended-sessions|first-seen|run|cron)\.(?:jsonl?|lock)(?:\..+)?$/;

/**
 * Why the state directory would be taken from others: installing gives it to the user reaper, and systemd all that
 * is in it. Undefined if it is not there, holds nothing but what reaper writes, or belongs to that user.
 */
async function takenFolder({ stateDir }: Settings, host: Host): Promise<string | undefined> {
  const says = (what: string): string => `--state-dir is ${stateDir}, ${what}`;
  try {
    const names = await host.namesIn(stateDir);
    if (names.every((name) => ownNames.test(name))) return undefined;
    const { uid } = await host.statusOf(stateDir);
    const reaper = await host.execute('id', ['-u', 'reaper']);
    if (reaper.code === 0 && Number(reaper.stdout) === uid) return undefined;
    return says('which holds what is not reaper’s, and would be given to the user reaper');
  } catch (error) {
    // Who may not look there may not install either, and only asks what would be done.
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? says('which is no folder') : undefined;
  }
}

/** Throws a ReaperError for a state directory of others. */
export async function refuseTakenFolder(settings: Settings, host: Host): Promise<void> {
  const problem = await takenFolder(settings, host);
  if (problem === undefined) return;
  throw new ReaperError('usage', problem, {
    remedy: 'name a folder of its own, which need not be there yet: --state-dir DIR',
  });
}

/** Whether something is at this path of the host. */
export async function isThere(path: string, host: Host): Promise<boolean> {
  try {
    await host.statusOf(path);
    return true;
  } catch {
    return false;
  }
}

/** Throws a ReaperError for everybody but root. */
export function refuseUser({ uid }: Pick<Program, 'uid'>): void {
  if (uid === 0) return;
  throw new ReaperError('usage', 'only root may change what this host starts', {
    remedy: 'call it with sudo; --dry-run shows what it would do',
  });
}
