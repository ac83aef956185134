import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { complain } from '../complain.ts';
import { ReaperError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { fileTrouble } from '../file-trouble.ts';
import { rememberingUidOf } from '../mongo/uid.ts';
import { loadPolicy } from '../policy/load.ts';
import { crossCheckTests, parsePolicyTests } from '../policy/policy-tests.ts';
import { runPolicyTests, untested } from '../policy/run-policy-tests.ts';
import { testsToJson, testsToText } from '../report/policy-tests.ts';
import { styleFor } from '../report/style.ts';
import { jsonText, visible } from '../report/visible.ts';
import type { World } from '../world.ts';

export interface TestOptions {
  readonly json?: boolean;
}

/** Of this command alone: what the policy does is not what its tests say. */
const testsFailed = 1;

/** `reaper test`: applies policies to the sessions of their tests. Tells of each file; returns the worst status. */
export async function test(files: readonly string[], options: TestOptions, world: World): Promise<number> {
  if (options.json === true && files.length > 1) {
    throw new ReaperError('usage', '--json prints one document, of one file of tests', {
      remedy: 'call it once for each file',
    });
  }
  // One that is wrong keeps nobody from what the others say.
  let worst: number = ExitCode.done;
  for (const [at, file] of files.entries()) {
    if (files.length > 1) world.stdout.write(`${at === 0 ? '' : '\n'}${visible(file)}\n`);
    worst = Math.max(worst, await testOne(file, options, world).catch((error) => complain(error, world)));
  }
  return worst;
}

async function testOne(file: string, options: TestOptions, world: World): Promise<number> {
  const parsed = parsePolicyTests(await read(file), file);
  const { policy, ...loaded } = await loadPolicy(policyFileFor(file, parsed.tests.policy));
  crossCheckTests(parsed, policy);
  const results = runPolicyTests(parsed, policy, rememberingUidOf());
  const report = {
    file,
    policy: { name: policy.name, file: loaded.file, sha256: loaded.sha256 },
    results,
    untested: untested(policy, results),
  };
  const text =
    options.json === true
      ? jsonText(testsToJson(report))
      : testsToText(report, styleFor(world.stdout, world.env)).join('\n');
  world.stdout.write(`${text}\n`);
  return results.every(({ ok }) => ok) ? ExitCode.done : testsFailed;
}

/** Relative to the file of tests, so that both can be moved together. */
function policyFileFor(testsFile: string, policy: string): string {
  return isAbsolute(policy) ? policy : join(dirname(testsFile), policy);
}

async function read(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const isText = !(error instanceof TypeError);
    const { code } = error as NodeJS.ErrnoException;
    const reason = isText ? fileTrouble(error, 'read') : 'this is not UTF-8 text';
    throw new ReaperError('policy-unreadable', `${visible(file) || '""'}: ${reason}`, {
      remedy:
        code === 'EISDIR'
          ? `name the files of policy tests in it: reaper test ${file.replace(/\/+$/, '')}/*.test.yaml`
          : 'name a file of policy tests; policies/tests/ has examples',
      cause: error,
    });
  }
}
