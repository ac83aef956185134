import { join } from 'node:path';
import type { Crontab, CronHost } from './cron.ts';
import type { Host } from './host.ts';

/** The crontabs that could be read, and what could not be looked at, with the reason. */
export interface CronLook {
  readonly crontabs: readonly Crontab[];
  readonly notLooked: readonly string[];
}

/**
 * Reads every crontab of the host: the system’s, those in cron.d and those of users. Where this user may not read
 * those of others, at least its own is asked for. Folders that are not there hold none.
 */
export async function lookAtCron(host: Host): Promise<CronLook> {
  const looks = [
    await lookAtFile(host, '/etc/crontab', true),
    await lookAtFolder(host, '/etc/cron.d', true),
    // Debian keeps those of users in the one, Red Hat in the other, and each has no files in the other's.
    await lookAtFolder(host, '/var/spool/cron/crontabs', false),
    await lookAtFolder(host, '/var/spool/cron', false),
  ];
  const notLooked = looks.flatMap((look) => look.notLooked);
  const own = notLooked.some((note) => note.startsWith('/var/spool')) ? await ownCrontab(host) : undefined;
  const crontabs = looks.flatMap((look) => look.crontabs);
  return { crontabs: own === undefined ? crontabs : [...crontabs, own], notLooked };
}

const nothing: CronLook = { crontabs: [], notLooked: [] };

async function lookAtFolder(host: Host, folder: string, isSystems: boolean): Promise<CronLook> {
  let names: readonly string[];
  try {
    names = await host.namesIn(folder);
  } catch (error) {
    return unread(folder, error);
  }
  const looks: CronLook[] = [];
  for (const name of names.toSorted()) looks.push(await lookAtFile(host, join(folder, name), isSystems));
  return {
    crontabs: looks.flatMap((look) => look.crontabs),
    notLooked: looks.flatMap((look) => look.notLooked),
  };
}

async function lookAtFile(host: Host, file: string, isSystems: boolean): Promise<CronLook> {
  try {
    const { uid, mode, isFile } = await host.statusOf(file);
    if (!isFile && !isSystems) return nothing;
    const text = await host.readText(file);
    const ignoredBecause = isSystems ? whyIgnored(uid, mode) : undefined;
    const doubts = file.startsWith('/etc/cron.d/') ? doubtsOf(file) : [];
    return {
      crontabs: [{ source: file, text, hasUserColumn: isSystems, ignoredBecause, doubts }],
      notLooked: [],
    };
  } catch (error) {
    return unread(file, error);
  }
}

/** cron runs what these files say as anybody, so it trusts only root with them. */
function whyIgnored(uid: number, mode: number): string | undefined {
  if (uid !== 0) return 'cron ignores the file, since it does not belong to root';
  if ((mode & 0o022) !== 0) return 'cron ignores the file, since others than its owner may write it';
  return undefined;
}

function doubtsOf(file: string): string[] {
  return /\/[\w-]+$/.test(file) ? [] : ['Debian’s cron ignores a file with such a name: no dot may be in it'];
}

function unread(path: string, error: unknown): CronLook {
  const { code } = error as NodeJS.ErrnoException;
  // EISDIR: a folder within one of crontabs holds none.
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return nothing;
  const why = code === 'EACCES' || code === 'EPERM' ? 'this user may not read it' : (code ?? String(error));
  return { crontabs: [], notLooked: [`${path}: ${why}`] };
}

async function ownCrontab(host: Host): Promise<Crontab | undefined> {
  const answer = await host.execute('crontab', ['-l']);
  if (answer.code !== 0) return undefined;
  return {
    source: 'crontab -l',
    text: answer.stdout,
    hasUserColumn: false,
    ignoredBecause: undefined,
    doubts: [],
  };
}

/** Whether a cron daemon runs here, and whether systemd does. */
export async function cronHostOf(host: Host): Promise<CronHost> {
  return { cronRuns: await cronRuns(host), systemdRuns: await systemdRuns(host) };
}

async function systemdRuns(host: Host): Promise<boolean> {
  try {
    await host.statusOf('/run/systemd/system');
    return true;
  } catch {
    return false;
  }
}

async function cronRuns(host: Host): Promise<boolean | undefined> {
  try {
    // Where other users' processes are hidden, this one is too, and none that is not seen proves anything.
    await host.readText('/proc/1/comm');
    for (const name of await host.namesIn('/proc')) {
      if (/^\d+$/.test(name) && /^crond?$/.test(await commandOf(host, name))) return true;
    }
    return false;
  } catch {
    return undefined;
  }
}

async function commandOf(host: Host, processId: string): Promise<string> {
  try {
    return (await host.readText(`/proc/${processId}/comm`)).trim();
  } catch {
    return '';
  }
}
