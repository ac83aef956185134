import { createHash } from 'node:crypto';
import { readBounded } from '../bounded-file.ts';
import { ReaperError } from '../errors.ts';
import type { Exposure } from '../exposure.ts';
import { fileTrouble } from '../file-trouble.ts';
import { crossCheck } from './cross-check.ts';
import { exposureInPlace } from './in-place.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Policy } from './policy.ts';
import {
  mostProblems,
  problemsOfFindings,
  problemsOfIssues,
  problemsOfYaml,
  type Problem,
} from './problems.ts';
import { policySchema } from './schema.ts';

/** A policy together with what the record needs to say which one it was. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly file: string;
  /** SHA-256 of the file's bytes, in hex. */
  readonly sha256: string;
  /** Who else may change it, and so decides whose sessions end. */
  readonly exposure: Exposure | undefined;
}

/** All that is wrong with a policy; its message is one line for each problem. */
export class PolicyError extends ReaperError {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(
      ({ place, path, message }) =>
        `${place.file}:${place.line}:${place.column}: ${path === '' ? '' : `${path}: `}${message}`,
    );
    super('policy-invalid', lines.join('\n'), {
      remedy: `mend ${placesOf(problems.length)}, then: reaper check --policy ${file}`,
    });
    this.problems = problems;
  }
}

function placesOf(many: number): string {
  if (many === 1) return 'this';
  return many < mostProblems ? `these ${many} places` : `these ${many} places, and perhaps more`;
}

/** A policy is written by hand; what is larger than this is something else. */
const mostBytes = 1024 * 1024;

/** Reads and checks a policy file. Throws a ReaperError that tells every problem at once (P11). */
export async function loadPolicy(file: string): Promise<LoadedPolicy> {
  const { bytes, exposure } = await readPolicy(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { policy: parsePolicy(bytes, file), file, sha256, exposure };
}

/** Takes the bytes of a policy file and its name for messages; throws a `PolicyError` with every problem. */
export function parsePolicy(bytes: Uint8Array, file: string): Policy {
  const start = (message: string) =>
    new PolicyError(file, [{ place: { file, line: 1, column: 1 }, path: '', message }]);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw start('this is not UTF-8 text');
  }

  const source = { file, ...parseYaml(text) };
  if (source.problems.length > 0) throw new PolicyError(file, problemsOfYaml(source.problems, source));
  if (source.value === null) throw start('the file is empty; policies/ has examples to start from');

  const parsed = policySchema.safeParse(source.value);
  const problems = [
    ...(parsed.success ? [] : problemsOfIssues(parsed.error.issues, source)),
    ...problemsOfFindings(crossCheck(source.value), source),
  ]
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .slice(0, mostProblems);
  if (!parsed.success || problems.length > 0) throw new PolicyError(file, problems);
  return parsed.data;
}

async function readPolicy(file: string): Promise<Pick<LoadedPolicy, 'exposure'> & { bytes: Uint8Array }> {
  try {
    const { bytes, stat } = await readBounded(file, mostBytes);
    if (bytes.length <= mostBytes) return { bytes, exposure: await exposureInPlace(file, stat) };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const [reason = fileTrouble(error, 'read'), remedy = 'name a policy with --policy FILE'] =
      reasons[code] ?? [];
    throw new ReaperError('policy-unreadable', `${file}: ${reason}`, { remedy, cause: error });
  }
  throw new ReaperError('policy-unreadable', `${file}: larger than ${mostBytes} bytes, so it is no policy`);
}

/** Why a file cannot be read, and the remedy. */
const reasons: Record<string, readonly [string, string]> = {
  ENOENT: [
    'there is no such file',
    'name a policy with --policy FILE or REAPER_POLICY; policies/ has examples',
  ],
  EISDIR: ['this is a folder', 'name the policy file in it'],
  ETIMEDOUT: ['it is a pipe, and nothing came', 'name a file'],
  EACCES: [
    'this user may not read it',
    'let the user that reaper runs as read the file and enter its folders',
  ],
};
