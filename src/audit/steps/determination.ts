import type { Known } from '../evaluate.ts';
import type { Step } from '../evidence.ts';
import type { BookedRun } from '../run-book.ts';
import { checkText } from '../stig.ts';
import { noRun } from './no-run.ts';

/** Step 2: it determines by the policy’s rules which sessions must end. */
export function determinationStep({ loaded: { policy, sha256 }, lastRun, book, runs }: Known): Step {
  const counts = (name: string): number => book.matched.get(name) ?? 0;
  const others = [...book.matched].filter(([name]) => policy.rules.every((rule) => rule.name !== name));
  const facts = [
    { label: 'rules', values: policy.rules.map(({ name }) => `${name}: matched ${times(counts(name))}`) },
    ...(others.length === 0
      ? []
      : [{ label: 'besides', values: others.map(([name, count]) => `${name}: matched ${times(count)}`) }]),
    {
      label: 'exemptions',
      values: policy.exemptions.map(({ name, because }) =>
        because === undefined ? name : `${name}: ${because}`,
      ),
    },
    { label: 'other policies', values: otherPolicies(runs, sha256) },
  ].filter(({ values }) => values.length > 0);
  const step = {
    name: 'determination',
    title: 'It determines which must end',
    asked: checkText.determination,
    facts,
  } as const;
  if (lastRun === undefined) return { ...step, state: 'unseen', because: [noRun] };
  const unseen = whyUnseen(lastRun, sha256);
  if (unseen !== undefined) return { ...step, state: 'unseen', because: [unseen] };
  const matched = [...book.matched.values()].reduce((sum, count) => sum + count, 0);
  const undecided = lastRun.counts?.['indeterminate'] ?? 0;
  return {
    ...step,
    state: 'shown',
    because: [
      `Rules matched ${times(matched)} in ${many(runs.length)} since the window began: ${followed(runs, sha256)}.`,
      ...(undecided === 0 ? [] : [`The last run could not decide ${times(undecided)}, which it let live.`]),
    ],
  };
}

function whyUnseen({ policySha256, counts }: BookedRun, present: string): string | undefined {
  if (policySha256 === undefined || counts === undefined)
    return 'The last run broke off before it held the sessions against the policy.';
  if (policySha256 !== present)
    return `The last run followed another policy (sha256 ${policySha256.slice(0, 12)}…): this one has not been seen at work.`;
  const { terminate = 0, retain = 0, indeterminate = 0 } = counts;
  if (terminate + retain === 0 && indeterminate > 0)
    return `The last run could decide none of ${times(indeterminate)}.`;
  return undefined;
}

/** How many followed the present policy, how many another, and how many came not so far as to follow any. */
function followed(runs: readonly BookedRun[], present: string): string {
  const own = runs.filter(({ policySha256 }) => policySha256 === present).length;
  const none = runs.filter(({ policySha256 }) => policySha256 === undefined).length;
  const others = runs.length - own - none;
  return [
    `${own} followed the present policy`,
    ...(others === 0 ? [] : [`${others} another`]),
    ...(none === 0 ? [] : [`${none} none`]),
  ].join(', ');
}

function otherPolicies(runs: readonly BookedRun[], present: string): string[] {
  const counts = new Map<string, number>();
  for (const { policySha256 } of runs) {
    if (policySha256 === undefined || policySha256 === present) continue;
    counts.set(policySha256, (counts.get(policySha256) ?? 0) + 1);
  }
  return [...counts].map(([sha256, count]) => `${sha256.slice(0, 12)}…: ${many(count)}`);
}

function many(runs: number): string {
  return runs === 1 ? '1 run' : `${runs} runs`;
}

function times(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`;
}
