import type { Answer, Host } from '../audit/schedule/host.ts';
import { lineOf, type Step } from './plan.ts';

/** Runs programs one after another and says each; stops at the first that fails. Returns whether all succeeded. */
export async function runSteps(
  steps: readonly Step[],
  execute: Host['execute'],
  say: (line: string) => void,
): Promise<boolean> {
  for (const [index, step] of steps.entries()) {
    if (step.unless !== undefined && (await execute(step.unless.program, step.unless.args)).code === 0) {
      continue;
    }
    const answer = await execute(step.program, step.args);
    if (answer.code === 0) {
      say(`done       ${lineOf(step)}`);
      continue;
    }
    say(`FAILED     ${lineOf(step)}: ${wordsOf(answer)}`);
    for (const rest of steps.slice(index + 1)) say(`not done   ${lineOf(rest)}`);
    return false;
  }
  return true;
}

function wordsOf(answer: Answer): string {
  if (answer.code === undefined) return answer.why;
  return answer.stderr.trim() || `status ${answer.code}`;
}
