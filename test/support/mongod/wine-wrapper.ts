import { join } from 'node:path';

/** Where things are inside the cache folder. */
export function winePaths(folder: string) {
  const root = join(folder, 'root');
  return {
    root,
    home: join(folder, 'home'),
    wine: join(root, 'usr/lib/wine/wine64'),
    wineserver: join(root, 'usr/lib/wine/wineserver'),
    exe: join(folder, 'mongod.exe'),
    wrapper: join(folder, 'mongod'),
  };
}

/** What Wine must be told to run from inside the cache folder alone. */
export function wineEnvironment(folder: string): Record<string, string> {
  const { root, home } = winePaths(folder);
  return {
    // Wine links its user's folders to those in HOME: keep it away from the real one.
    HOME: home,
    WINEPREFIX: join(folder, 'prefix'),
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    // No .NET, no HTML, no menu entries, no desktop: each would be offered, written or started for nothing.
    WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe,explorer.exe=',
    // There may be a display, but nothing here has a window to show.
    DISPLAY: '',
    LD_LIBRARY_PATH: join(root, 'usr/lib/x86_64-linux-gnu'),
    WINEPATH: `Z:${join(root, 'usr/x86_64-w64-mingw32/lib').replaceAll('/', '\\')}`,
  };
}

/** A script that can stand in for mongod: it execs, so that its process is the server's, signals and all. */
export function wrapperScript(folder: string): string {
  const { wine, exe } = winePaths(folder);
  const exports = Object.entries(wineEnvironment(folder)).map(
    ([name, value]) => `export ${name}=${shellQuote(value)}`,
  );
  const server = `exec ${shellQuote(wine)} ${shellQuote(exe)}`;
  return [
    '#!/bin/sh',
    ...exports,
    `if [ "$*" = --version ]; then ${server} --version; fi`,
    '# The diagnostic data collector crashes under Wine.',
    `${server} --setParameter diagnosticDataCollectionEnabled=false "$@"`,
    '',
  ].join('\n');
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
