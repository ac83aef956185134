import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callReaper } from '../support/reaper.ts';

const mark = 'mArKeD';

/** Part of every secret of these tests, which must be in nothing that reaper writes. */
export const marked = new RegExp(mark, 'i');

/** A password with all that a connection string could stumble over. */
export const password = `${mark}@:/?#[]%&=+ "'$${mark}`;
export const encoded = encodeURIComponent(password);

/** An address where nobody answers. */
export const nowhere = '127.0.0.1:1';

/** One call of reaper: how it ended, and all that it wrote to its streams and into its folders. */
export interface Written {
  readonly code: number;
  readonly all: string;
}

/** Calls reaper with this connection string in each way that it may come in. */
export async function writtenBy(argv: readonly string[], uri: string): Promise<Written[]> {
  return Promise.all([
    written(argv, uri, (file) => ({ argv: ['--uri-file', file], env: {} })),
    written(argv, uri, () => ({ argv: [], env: { REAPER_MONGODB_URI: uri } })),
    written(argv, uri, (_file, credentials) => ({
      argv: [],
      env: { CREDENTIALS_DIRECTORY: credentials },
    })),
  ]);
}

async function written(
  argv: readonly string[],
  uri: string,
  way: (file: string, credentials: string) => { argv: string[]; env: Record<string, string> },
): Promise<Written> {
  const dir = await mkdtemp(join(tmpdir(), 'reaper-secrets-'));
  const policy = join(dir, 'policy.yaml');
  const kept = join(dir, 'kept');
  const credentials = join(dir, 'credentials');
  const file = join(credentials, 'mongodb-uri');
  await mkdir(credentials);
  await mkdir(kept);
  await writeFile(file, uri, { mode: 0o400 });
  await writeFile(policy, "version: 1\nname: p\nrules: [{ name: r, when: { users: ['alice@admin'] } }]\n");
  const chosen = way(file, credentials);
  const state = argv[0] === 'check' ? [] : ['--state-dir', join(kept, 'state')];
  const env = { ...chosen.env, REAPER_POLICY: policy, REAPER_DEBUG: '1' };
  const { code, stdout, stderr } = await callReaper(
    [...argv, ...state, ...chosen.argv].map((each) => each.replace('KEPT', kept)),
    { env },
  );
  const all = `${stdout}\n${stderr}\n${await contentsOf(kept)}`;
  await rm(dir, { recursive: true });
  return { code, all };
}

/** Everything below a folder, names and contents. */
export async function contentsOf(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, 'latin1')}`))).join(
    '\n',
  );
}
