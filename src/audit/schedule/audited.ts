import { isAbsolute, resolve } from 'node:path';

/** What an audit is of: a schedule of another policy, or with another log, is another schedule. */
export interface Audited {
  readonly policy: string;
  readonly stateDir: string;
  /** A path without symbolic links; the same path if it leads nowhere. */
  readonly realPath: (path: string) => string;
}

/** Takes what a command says literally, and returns why it does not run what is audited. */
export function othersThan(
  { policy, stateDir, realPath }: Audited,
  named: { readonly policy: unknown; readonly stateDir: unknown },
): string[] {
  const isOther = (path: unknown, own: string): path is string =>
    isLiteral(path) && realPath(resolve(path)) !== realPath(resolve(own));
  return [
    ...(isOther(named.policy, policy) ? [`it runs with another policy: ${named.policy}`] : []),
    ...(isOther(named.stateDir, stateDir) ? [`it runs with another state directory: ${named.stateDir}`] : []),
  ];
}

/** What a shell would put in, and the folder that it stands in, nobody knows here. */
function isLiteral(path: unknown): path is string {
  return typeof path === 'string' && isAbsolute(path) && !/[$`*?[]/.test(path);
}
