import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli.ts';
import { runJson, type RunJson } from '../../src/report/run-schema.ts';
import type { World } from '../../src/world.ts';

/** What one call of the program left behind. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON document of `reaper run --json`. */
  readonly json: RunJson;
}

/** Calls reaper as a shell would, within this process, and returns what it printed. */
export async function callReaper(argv: readonly string[], world: Partial<World> = {}): Promise<Called> {
  let stdout = '';
  let stderr = '';
  const usual: World = {
    version: '0.0.0-test',
    env: {},
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    clock: () => new Date(),
    localZone: 'UTC',
    program: { node: '/usr/bin/node', script: '/usr/lib/reaper/reaper.js', uid: 0 },
  };
  // Not spread, which would ask for what only some commands ask for.
  const code = await runCli(argv, Object.defineProperties(usual, Object.getOwnPropertyDescriptors(world)));
  return {
    code,
    stdout,
    stderr,
    get json() {
      return runJson.parse(JSON.parse(stdout));
    },
  };
}

/** A new folder that nobody else uses. */
async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'reaper-test-'));
}

/** A policy file and a state directory for one test, and `reaper run` with them. */
export async function testBench(uri: string, policy: string) {
  const dir = await temporaryFolder();
  const policyFile = join(dir, 'policy.yaml');
  const stateDir = join(dir, 'state');
  await writeFile(policyFile, `version: 1\nname: test\n${policy}`);
  const env = { REAPER_MONGODB_URI: uri };
  return {
    dir,
    policyFile,
    stateDir,
    auditLog: join(stateDir, 'audit.jsonl'),
    run: (args: readonly string[] = [], world: Partial<World> = {}) => {
      const state = args.includes('--state-dir') ? [] : ['--state-dir', stateDir];
      return callReaper(['run', '--policy', policyFile, ...state, '--json', ...args], { env, ...world });
    },
    call: (args: readonly string[], world: Partial<World> = {}) => callReaper(args, { env, ...world }),
  };
}
