import { isAbsolute, normalize } from 'node:path';
import { ReaperError } from '../errors.ts';

/** What the files that make a schedule say. All paths are absolute. */
export interface Settings {
  /** The node that runs it, and the script. */
  readonly node: string;
  readonly script: string;
  readonly policy: string;
  readonly uriFile: string;
  readonly stateDir: string;
  /** From one start to the next, in ms. */
  readonly every: number;
}

/** As the shipped files have it. */
export const usualSettings: Settings = {
  node: '/usr/bin/node',
  script: '/usr/lib/reaper/reaper.js',
  policy: '/etc/reaper/policy.yaml',
  uriFile: '/etc/reaper/mongodb-uri',
  stateDir: '/var/lib/reaper',
  every: 300_000,
};

const words: Readonly<Record<Exclude<keyof Settings, 'every'>, string>> = {
  node: 'the path of node',
  script: 'the path of reaper.js',
  policy: '--policy',
  uriFile: '--uri-file',
  stateDir: '--state-dir',
};
const pathNames = Object.keys(words) as (keyof typeof words)[];

/** Returns the settings with plain paths. Throws a ReaperError for one that systemd and cron could not start with. */
export function checkedSettings(settings: Settings): Settings {
  const checked = { ...settings };
  for (const key of pathNames) checked[key] = checkedPath(settings[key], words[key]);
  return checked;
}

function checkedPath(path: string, what: string): string {
  const refused = (why: string, remedy: string): ReaperError =>
    new ReaperError('usage', `${what} is ${JSON.stringify(path)}, ${why}`, { remedy });
  if (!isAbsolute(path))
    throw refused('and a schedule starts in no folder of yours', 'give an absolute path');
  if (!/^[\w./@+-]+$/.test(path)) {
    throw refused(
      'with characters that mean something else to systemd or cron',
      'use a path of letters, digits and . _ - + @',
    );
  }
  return normalize(path).replace(/(?<=.)\/$/, '');
}

/** Why the hardened service, or the user reaper, would not reach some of these paths; a sentence each. */
export function outOfReach(settings: Settings): string[] {
  return pathNames
    .filter((key) => /^\/(?:home|root|run\/user|tmp|var\/tmp)(?:\/|$)/.test(settings[key]))
    .map(
      (key) =>
        `${words[key]} is ${settings[key]}, where the service does not look (ProtectHome=, PrivateTmp=)`,
    );
}
