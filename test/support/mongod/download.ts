import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import type { MongodBinary, Say } from './find-mongod.ts';
import { mongodVersion, reason } from './run.ts';

const PROBE_MS = 2000;

/** mongodb-memory-server's own cached download; MONGOMS_VERSION and its other settings apply. */
export async function downloadedMongod(say: Say): Promise<MongodBinary> {
  const options = await DryMongoBinary.generateOptions();
  let path = await DryMongoBinary.locateBinary(options);
  if (!path) {
    await probe();
    say(`mongod: downloading MongoDB ${options.version} (once, then cached)`);
    path = await MongoBinary.getPath();
  }
  return { path, version: await mongodVersion(path), source: 'download' };
}

/** The downloader retries for several seconds where there is no way out; find that out sooner. */
async function probe(): Promise<void> {
  // It goes through a proxy where one is set, fetch does not: only the download itself can tell.
  if (
    ['https_proxy', 'http_proxy', 'all_proxy'].some(
      (name) => process.env[name] ?? process.env[name.toUpperCase()],
    )
  )
    return;
  const address =
    process.env['MONGOMS_DOWNLOAD_URL'] ??
    process.env['MONGOMS_DOWNLOAD_MIRROR'] ??
    'https://fastdl.mongodb.org';
  try {
    await fetch(address, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw new Error(`cannot reach ${new URL(address).host} (${reason(cause)})`, { cause: error });
  }
}
