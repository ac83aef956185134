import { cronFile } from './cron-file.ts';
import { jitlessDropIn, metricsDropIn } from './drop-ins.ts';
import { usualSettings } from './settings.ts';
import { notifyUnit, serviceUnit, sysusers, timerUnit } from './units.ts';

/** The files of `systemd/`, by their path: what `reaper install` writes, with the usual settings. */
export function shippedFiles(): Map<string, string> {
  return new Map([
    ['systemd/reaper.service', serviceUnit(usualSettings)],
    ['systemd/reaper.timer', timerUnit(usualSettings)],
    ['systemd/reaper-notify@.service', notifyUnit()],
    ['systemd/reaper.sysusers', sysusers(usualSettings)],
    ['systemd/reaper.cron', cronFile(usualSettings)],
    ['systemd/reaper.service.d/jitless.conf', jitlessDropIn],
    ['systemd/reaper.service.d/metrics.conf', metricsDropIn],
  ]);
}
