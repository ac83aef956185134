import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A program that judges our output, and the Debian package that has it. */
export interface DebianTool {
  readonly program: string;
  readonly package: string;
}

/**
 * Returns the path of a program. One that is not there is installed, where root may do that; elsewhere the error
 * says which package to install. Takes minutes the first time: call it in a hook with room for that.
 */
export async function debianTool({ program, package: name }: DebianTool): Promise<string> {
  const found = await which(program);
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || (await which('apt-get')) === undefined) {
    throw new Error(`this test needs ${program}: install the package ${name} (Debian’s name for it)`);
  }
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 << 20 };
  // Test files run side by side, and apt serves one at a time; others on this host may be at it too.
  const turn = ['-w', '900', join(tmpdir(), 'reaper-test-apt.lock')];
  const install =
    'apt-get -qq update && apt-get -o DPkg::Lock::Timeout=600 -qq install -y --no-install-recommends "$0"';
  await execute('flock', [...turn, 'sh', '-c', install, name], options);
  const installed = await which(program);
  if (installed === undefined) throw new Error(`the package ${name} is installed, and has no ${program}`);
  return installed;
}

async function which(program: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, program);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}
