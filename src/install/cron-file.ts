import { intervalOf } from './interval.ts';
import type { Settings } from './settings.ts';
import { runCommand, whyOften } from './units.ts';

/** The file for /etc/cron.d, for hosts without systemd. */
export function cronFile(settings: Settings): string {
  const { uriFile, stateDir, every } = settings;
  const command = runCommand(settings, ['--quiet', '--syslog', '--uri-file', uriFile]);
  return `# For hosts without systemd: /etc/cron.d/reaper (no dot in the name, owner root, mode 0644).
# Where systemd runs, the test does nothing and leaves the work to reaper.timer, so that both may be installed.
#
${whyOften()}
#
# --quiet: cron mails whatever is printed, so mail means that something is wrong. Send it to someone who reads it.
# --syslog: the head of the audit log goes there, so that a log that is cut or replaced later shows.
# flock: a run that is still at work when the next one is due is no reason for mail; status 75 says so.
# ${uriFile} must belong to reaper, mode 0400; ${stateDir} too, mode 0750.
SHELL=/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
MAILTO=root
${intervalOf(every).cron} reaper test -d /run/systemd/system || flock -n -E 75 ${stateDir}/cron.lock ${command}
`;
}
