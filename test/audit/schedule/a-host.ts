import type { Audited } from '../../../src/audit/schedule/audited.ts';
import type { Answer, Host } from '../../../src/audit/schedule/host.ts';

/** What the audits of these tests are of; /srv/link.yaml leads to the same policy. */
export const audited: Audited = {
  policy: '/etc/reaper/policy.yaml',
  stateDir: '/var/lib/reaper',
  realPath: (path) => (path === '/srv/link.yaml' ? '/etc/reaper/policy.yaml' : path),
};

/** A file of an invented host. */
interface AFile {
  readonly text: string;
  readonly uid?: number;
  readonly mode?: number;
}

interface AHost {
  /** By path; a text alone is a file of root's, mode 0644. */
  readonly files?: Readonly<Record<string, AFile | string>>;
  /** Paths that this user may not read. */
  readonly closed?: readonly string[];
  /** What programs answer, by their command line; another one is not there. */
  readonly answers?: Readonly<Record<string, Answer>>;
}

/** What a program answers that did what it was asked. */
export const printed = (stdout: string): Answer => ({ code: 0, stdout, stderr: '' });

/** A host that has these files and programs and no others. `asked` tells which programs were run. */
export function aHost({ files = {}, closed = [], answers = {} }: AHost = {}): Host & { asked: string[] } {
  const paths = Object.keys(files);
  const asked: string[] = [];
  const checkThere = (path: string): void => {
    if (!paths.some((each) => each === path || each.startsWith(`${path}/`))) throw fault('ENOENT');
  };
  const checkOpen = (path: string): void => {
    if (closed.includes(path)) throw fault('EACCES');
    checkThere(path);
  };
  const fileAt = (path: string): AFile | undefined => {
    const file = files[path];
    return typeof file === 'string' ? { text: file } : file;
  };
  return {
    asked,
    realPath: (path) => path,
    execute: (program, args) => {
      const line = [program, ...args].join(' ');
      asked.push(line);
      const answer: Answer = answers[line] ?? { code: undefined, why: `${program} is not there` };
      return Promise.resolve(answer);
    },
    readText: async (path) => {
      checkOpen(path);
      const file = fileAt(path);
      if (file === undefined) throw fault('EISDIR');
      return file.text;
    },
    namesIn: async (folder) => {
      checkOpen(folder);
      if (fileAt(folder) !== undefined) throw fault('ENOTDIR');
      const below = paths.filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))];
    },
    // Whose a file is and what kind can be seen without reading it.
    statusOf: async (path) => {
      checkThere(path);
      const file = fileAt(path);
      return { uid: file?.uid ?? 0, mode: file?.mode ?? 0o644, isFile: file !== undefined };
    },
  };
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}
