import { cronFile } from './cron-file.ts';
import { marked } from './marker.ts';
import type { Settings } from './settings.ts';
import { notifyUnit, serviceUnit, sysusers, timerUnit } from './units.ts';

/** What starts reaper. */
export type Scheduler = 'systemd' | 'cron';

/** A file to be written, by its place on the host. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

/** A program to be run. */
export interface Step {
  readonly program: string;
  readonly args: readonly string[];
  /** Left out if this one succeeds. */
  readonly unless?: Omit<Step, 'unless'>;
}

const paths = {
  service: '/etc/systemd/system/reaper.service',
  timer: '/etc/systemd/system/reaper.timer',
  notify: '/etc/systemd/system/reaper-notify@.service',
  sysusers: '/etc/sysusers.d/reaper.conf',
  cron: '/etc/cron.d/reaper',
};

/** What is to be run before files change, and after. */
export interface StepsAround {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

/** Every file that an earlier `reaper install` may have written. */
export const ownPaths: readonly string[] = Object.values(paths);

/** Drop-ins are the site's own. */
export const dropInFolder = '/etc/systemd/system/reaper.service.d';

/** Takes the settings and returns the files of a schedule. */
export function filesFor(scheduler: Scheduler, settings: Settings): PlannedFile[] {
  if (scheduler === 'cron') return [{ path: paths.cron, text: marked(cronFile(settings)) }];
  return [
    { path: paths.sysusers, text: marked(sysusers(settings)) },
    { path: paths.service, text: marked(serviceUnit(settings)) },
    { path: paths.notify, text: marked(notifyUnit()) },
    { path: paths.timer, text: marked(timerUnit(settings)) },
  ];
}

/** What is to be run around the writing of the files: the user, its folder, the timer. */
export function stepsFor(scheduler: Scheduler, { stateDir }: Settings): StepsAround {
  const makeFolder: Step = {
    program: 'install',
    args: ['-d', '-o', 'reaper', '-g', 'reaper', '-m', '0750', stateDir],
  };
  // cron passes over a file whose user is not there, and does not read it again before it changes.
  if (scheduler === 'cron') return { before: [makeUser(stateDir), makeFolder], after: [] };
  return {
    before: [],
    after: [
      { program: 'systemd-sysusers', args: [paths.sysusers] },
      // Below /var/lib the service's StateDirectory= makes it.
      ...(stateDir.startsWith('/var/lib/') ? [] : [makeFolder]),
      { program: 'systemctl', args: ['daemon-reload'] },
      { program: 'systemctl', args: ['enable', '--now', 'reaper.timer'] },
    ],
  };
}

function makeUser(stateDir: string): Step {
  const home = ['--home-dir', stateDir, '--no-create-home', '--shell', '/usr/sbin/nologin'];
  return {
    program: 'useradd',
    args: ['--system', '--user-group', ...home, 'reaper'],
    unless: { program: 'id', args: ['-u', 'reaper'] },
  };
}

/** What is to be run around the removal of these files. */
export function stepsAround(removed: readonly string[]): StepsAround {
  const disable: Step = { program: 'systemctl', args: ['disable', '--now', 'reaper.timer'] };
  const reload: Step = { program: 'systemctl', args: ['daemon-reload'] };
  return {
    before: removed.includes(paths.timer) ? [disable] : [],
    after: removed.some((path) => path.startsWith('/etc/systemd/')) ? [reload] : [],
  };
}

/** A step as a shell would have it; none of its words needs quotes. */
export function lineOf({ program, args }: Step): string {
  return [program, ...args].join(' ');
}
