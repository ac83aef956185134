import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { lastSuccessIn, metricsText, type Heartbeat } from '../report/metrics.ts';

/**
 * Replaces the file that node_exporter reads (`….prom`), in one step, and keeps from the old one when a run last
 * succeeded. Throws what the file system says: a run has not failed because nobody can be told how it went.
 */
export async function writeMetrics(file: string, heartbeat: Heartbeat): Promise<void> {
  const text = metricsText(heartbeat, lastSuccessIn(await readOld(file)));
  // node_exporter takes every file whose name ends in .prom, half written ones too.
  const fresh = `${file}.${randomUUID()}`;
  try {
    await using handle = await open(fresh, 'wx');
    await handle.writeFile(text);
    // Whatever the umask: node_exporter is another user.
    await handle.chmod(0o644);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function readOld(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
