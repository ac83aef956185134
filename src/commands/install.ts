import { join } from 'node:path';
import { thisHost, type Host } from '../audit/schedule/host.ts';
import { ReaperError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { filesBelow, type Files, type Found } from '../install/files.ts';
import {
  dropInFolder,
  filesFor,
  lineOf,
  ownPaths,
  stepsAround,
  stepsFor,
  type PlannedFile,
  type Scheduler,
  type Step,
} from '../install/plan.ts';
import type { Program } from '../install/program.ts';
import {
  isThere,
  refuseHost,
  refuseOthersFiles,
  refuseTakenFolder,
  refuseUnfit,
  refuseUser,
} from '../install/refusals.ts';
import { checkedSettings, usualSettings, type Settings } from '../install/settings.ts';
import { runSteps } from '../install/steps.ts';
import { visibleLines } from '../report/visible.ts';
import type { World } from '../world.ts';

/** What these commands ask of the world. */
export type InstallWorld = Pick<World, 'stdout' | 'host'> & { readonly program: Program };

export interface InstallOptions {
  readonly systemd?: boolean;
  readonly cron?: boolean;
  readonly policy?: string;
  readonly uriFile?: string;
  readonly stateDir?: string;
  /** ms. */
  readonly every?: number;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  /** A folder that stands for `/`, as when an image is built; nothing is run then. */
  readonly root?: string;
}

export type UninstallOptions = Pick<InstallOptions, 'dryRun' | 'force' | 'root'>;

type Say = (line: string) => void;

const noSteps = { before: [], after: [] } as const;
const asLine = (step: Step): string => `  ${lineOf(step)}`;

/** `reaper install`: writes the files of a schedule and puts it into force. Throws ReaperErrors. */
export async function install(
  options: InstallOptions,
  world: InstallWorld,
  files: Files = filesBelow(options.root ?? '/'),
): Promise<number> {
  const { program, stdout, host = thisHost } = world;
  const scheduler = schedulerOf(options);
  const settings = settingsOf(options, program);
  const planned = filesFor(scheduler, settings);
  const { before, after } = options.root === undefined ? stepsFor(scheduler, settings) : noSteps;
  const say: Say = (line) => void stdout.write(`${visibleLines(line)}\n`);
  const found = await lookAtAll(planned, files);
  const shown = shownBelow(options.root);
  // A dry run is for anybody, and tells what root would be told.
  const caller = options.dryRun === true ? { ...program, uid: 0 } : program;
  const checks: readonly Check[] = [
    () => refuseUnfit(settings),
    ...(options.root === undefined
      ? [() => refuseHost(scheduler, caller, host), () => refuseTakenFolder(settings, host)]
      : []),
    () => refuseOthersFiles(planned, found, { force: options.force, shown }),
  ];
  if (options.dryRun === true) {
    const problems = await foreseen(checks);
    for (const { message, remedy } of problems) say(`would be refused: ${message}\n  → ${remedy}`);
    const missing = options.root === undefined ? await missingOf(scheduler, settings, host) : [];
    for (const line of missing) say(line);
    if (problems.length + missing.length > 0) say('');
    if (before.length > 0) say(['first, as root:', ...before.map(asLine), ''].join('\n'));
    for (const file of planned)
      say(`==> ${shown(file.path)} (${wordFor(found.get(file.path), file.text, options)})\n${file.text}`);
    if (after.length > 0) say(['then, as root:', ...after.map(asLine)].join('\n'));
    return problems[0]?.exitCode ?? ExitCode.done;
  }
  for (const check of checks) await check();
  if (!(await runSteps(before, host.execute, say))) return ExitCode.unexpected;
  await writeAll(planned, found, files, (word, path) => say(`${word} ${shown(path)}`));
  if (!(await runSteps(after, host.execute, say))) return ExitCode.unexpected;
  if (options.root === undefined) {
    for (const line of await missingOf(scheduler, settings, host)) say(line);
    say(`After the second run: reaper audit --policy ${settings.policy} --state-dir ${settings.stateDir}`);
  }
  return ExitCode.done;
}

/** Throws a ReaperError where installing is refused. */
type Check = () => void | Promise<void>;

/** All that the checks refuse, where the real thing stops at the first. */
async function foreseen(checks: readonly Check[]): Promise<ReaperError[]> {
  const found: ReaperError[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ReaperError)) throw error;
      found.push(error);
    }
  }
  return found;
}

/** Where a file of the host lies, as who calls it finds it. */
function shownBelow(root: string | undefined): (path: string) => string {
  return (path) => (root === undefined ? path : join(root, path));
}

function schedulerOf({ systemd = false, cron = false }: InstallOptions): Scheduler {
  if (systemd !== cron) return systemd ? 'systemd' : 'cron';
  throw new ReaperError(
    'usage',
    systemd ? 'one schedule is enough' : 'it is not said what is to start reaper',
    {
      remedy:
        'reaper install --systemd, or --cron where systemd does not run; --dry-run shows what it would do',
    },
  );
}

function settingsOf(options: InstallOptions, { node, script }: Program): Settings {
  const { policy, uriFile, stateDir, every } = { ...usualSettings, ...options };
  return checkedSettings({ node, script, policy, uriFile, stateDir, every });
}

async function lookAtAll(planned: readonly PlannedFile[], files: Files): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  for (const { path } of planned) found.set(path, await files.lookAt(path));
  return found;
}

function wordFor(found: Found | undefined, text: string, { force = false }: InstallOptions): string {
  if (found === undefined || found.owner === 'nobody') return 'new';
  if (found.text === text) return 'as it is there';
  if (found.owner === 'ours') return 'replaces what an earlier install wrote';
  const whose = found.owner === 'changed' ? 'there, and changed since' : 'there, and not ours';
  return `${whose}: ${force ? 'overwritten' : 'refused'}`;
}

async function writeAll(
  planned: readonly PlannedFile[],
  found: ReadonlyMap<string, Found>,
  files: Files,
  say: (word: string, path: string) => void,
): Promise<void> {
  for (const { path, text } of planned) {
    const there = found.get(path);
    if (there !== undefined && there.owner !== 'nobody' && there.text === text) {
      say('unchanged ', path);
      continue;
    }
    await files.write(path, text);
    const isOthers = there?.owner === 'changed' || there?.owner === 'foreign';
    say(isOthers ? 'overwrote ' : there?.owner === 'ours' ? 'replaced  ' : 'wrote     ', path);
  }
}

/** What a run will need, and is not there yet. */
async function missingOf(scheduler: Scheduler, { policy, uriFile }: Settings, host: Host): Promise<string[]> {
  const owner = scheduler === 'cron' ? 'reaper' : 'root';
  const needed = {
    [policy]: `the policy ${policy}, which the user reaper must be able to read.`,
    [uriFile]: `${uriFile} with the connection string, owner ${owner}, mode 0400.`,
  };
  const missing: string[] = [];
  for (const [path, words] of Object.entries(needed))
    if (!(await isThere(path, host))) missing.push(`Still missing: ${words}`);
  return missing;
}

/** `reaper uninstall`: takes away what `install` wrote, and nothing else. Returns 3 if something of it stays. */
export async function uninstall(
  options: UninstallOptions,
  world: InstallWorld,
  files: Files = filesBelow(options.root ?? '/'),
): Promise<number> {
  const { root, dryRun = false, force = false } = options;
  const { program, stdout, host = thisHost } = world;
  const say: Say = (line) => void stdout.write(`${visibleLines(line)}\n`);
  const shown = shownBelow(root);
  const removed: string[] = [];
  let isWhole = true;
  for (const path of ownPaths) {
    const { owner } = await files.lookAt(path);
    if (owner === 'ours' || (owner === 'changed' && force)) removed.push(path);
    if (owner === 'foreign') say(`left       ${shown(path)}: it is not ours`);
    if (owner !== 'changed' || force) continue;
    isWhole = false;
    say(`left       ${shown(path)}: it was changed since it was installed; --force removes it too`);
  }
  const { before, after } = root === undefined ? stepsAround(removed) : noSteps;
  if (dryRun) {
    for (const line of [
      ...before.map(lineOf),
      ...removed.map((path) => `rm ${shown(path)}`),
      ...after.map(lineOf),
    ])
      say(`would do   ${line}`);
  } else {
    if (root === undefined && removed.length > 0) refuseUser(program);
    if (!(await runSteps(before, host.execute, say))) return ExitCode.unexpected;
    for (const path of removed) {
      await files.remove(path);
      say(`removed    ${shown(path)}`);
    }
    if (!(await runSteps(after, host.execute, say))) return ExitCode.unexpected;
  }
  if (removed.length === 0 && isWhole)
    say(`There is nothing of reaper install ${root === undefined ? 'on this host' : `below ${root}`}.`);
  if (root === undefined && (await isThere(dropInFolder, host)))
    say(`left       ${dropInFolder}: your own drop-ins`);
  say('Policy, connection string, audit log and the user reaper stay.');
  return isWhole ? ExitCode.done : ExitCode.incomplete;
}
