import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A hung log daemon must not hold the run; in ms. */
const patience = 5_000;

/**
 * Sends one line to syslog through `logger`, which every Linux has: so cron’s runs, which are silent on success,
 * leave the head of the audit log in the log of the host. Throws if that fails.
 */
export async function toSyslog(
  line: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await promisify(execFile)('logger', ['-t', 'reaper', '-p', 'auth.notice', '--', line], {
    env: { PATH: env['PATH'] },
    timeout: patience,
  });
}
