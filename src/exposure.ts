import type { Stats } from 'node:fs';

/** Who may change a file besides its owner and root, and the file or folder whose mode lets them. */
export interface Exposure {
  readonly to: 'everyone' | 'group';
  readonly path: string;
}

const writableByOthers = 0o002;
const writableByGroup = 0o020;

/** Takes a file or folder and its stat; returns who else may change it. */
export function exposureOf(path: string, { mode }: Pick<Stats, 'mode'>): Exposure | undefined {
  if ((mode & writableByOthers) !== 0) return { to: 'everyone', path };
  return (mode & writableByGroup) === 0 ? undefined : { to: 'group', path };
}

/** What is wrong, in words: who may write where, and so do what. */
export function exposureWords({ to, path }: Exposure, andSo: string): string {
  return `${to === 'everyone' ? 'every user of this host' : 'its group'} may write to ${path}, and so ${andSo}`;
}

/** The command that takes this right away. */
export function closing({ to, path }: Exposure): string {
  return `chmod ${to === 'everyone' ? 'o-w' : 'g-w'} ${quoted(path)}`;
}

/** A path as a shell needs it. */
export function quoted(path: string): string {
  return /^[\w./@%+,:=-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
