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
  takenFolder,
} from '../install/refusals.ts';
import { checkedSettings, outOfReach, usualSettings, type Settings } from '../install/settings.ts';
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
  if (options.dryRun === true) {
    if (before.length > 0) say(['first, as root:', ...before.map(asLine), ''].join('\n'));
    for (const file of planned)
      say(`==> ${file.path} (${wordFor(found.get(file.path), file.text, options)})\n${file.text}`);
    if (after.length > 0) say(['then, as root:', ...after.map(asLine)].join('\n'));
    const taken = options.root === undefined ? await takenFolder(settings, host) : undefined;
    for (const problem of [...outOfReach(settings), ...(taken === undefined ? [] : [taken])])
      say(`would be refused: ${problem}`);
    return ExitCode.done;
  }
  refuseUnfit(settings);
  if (options.root === undefined) {
    await refuseHost(scheduler, program, host);
    await refuseTakenFolder(settings, host);
  }
  refuseOthersFiles(planned, found, options);
  if (!(await runSteps(before, host.execute, say))) return ExitCode.unexpected;
  await writeAll(planned, found, files, say);
  if (!(await runSteps(after, host.execute, say))) return ExitCode.unexpected;
  if (options.root === undefined) await sayWhatIsMissing(scheduler, settings, host, say);
  return ExitCode.done;
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
  say: Say,
): Promise<void> {
  for (const { path, text } of planned) {
    const there = found.get(path);
    if (there !== undefined && there.owner !== 'nobody' && there.text === text) {
      say(`unchanged  ${path}`);
      continue;
    }
    await files.write(path, text);
    const isOthers = there?.owner === 'changed' || there?.owner === 'foreign';
    say(`${isOthers ? 'overwrote ' : there?.owner === 'ours' ? 'replaced  ' : 'wrote     '} ${path}`);
  }
}

async function sayWhatIsMissing(
  scheduler: Scheduler,
  { policy, uriFile, stateDir }: Settings,
  host: Host,
  say: Say,
): Promise<void> {
  if (!(await isThere(policy, host)))
    say(`Still missing: the policy ${policy}, which the user reaper must be able to read.`);
  if (!(await isThere(uriFile, host))) {
    const owner = scheduler === 'cron' ? 'reaper' : 'root';
    say(`Still missing: ${uriFile} with the connection string, owner ${owner}, mode 0400.`);
  }
  say(`After the second run: reaper audit --policy ${policy} --state-dir ${stateDir}`);
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
  const removed: string[] = [];
  let isWhole = true;
  for (const path of ownPaths) {
    const { owner } = await files.lookAt(path);
    if (owner === 'ours' || (owner === 'changed' && force)) removed.push(path);
    if (owner === 'foreign') say(`left       ${path}: it is not ours`);
    if (owner !== 'changed' || force) continue;
    isWhole = false;
    say(`left       ${path}: it was changed since it was installed; --force removes it too`);
  }
  const { before, after } = root === undefined ? stepsAround(removed) : noSteps;
  if (dryRun) {
    for (const line of [...before.map(lineOf), ...removed.map((path) => `rm ${path}`), ...after.map(lineOf)])
      say(`would do   ${line}`);
  } else {
    if (root === undefined && removed.length > 0) refuseUser(program);
    if (!(await runSteps(before, host.execute, say))) return ExitCode.unexpected;
    for (const path of removed) {
      await files.remove(path);
      say(`removed    ${path}`);
    }
    if (!(await runSteps(after, host.execute, say))) return ExitCode.unexpected;
  }
  if (removed.length === 0 && isWhole) say('There is nothing of reaper install on this host.');
  if (root === undefined && (await isThere(dropInFolder, host)))
    say(`left       ${dropInFolder}: your own drop-ins`);
  say('Policy, connection string, audit log and the user reaper stay.');
  return isWhole ? ExitCode.done : ExitCode.incomplete;
}
