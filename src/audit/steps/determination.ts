import type { Known } from '../evaluate.ts';
import type { Step } from '../evidence.ts';
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
  ].filter(({ values }) => values.length > 0);
  const step = {
    name: 'determination',
    title: 'It determines which must end',
    asked: checkText.determination,
    facts,
  } as const;
  if (lastRun === undefined) return { ...step, state: 'unseen', because: [noRun] };
  if (lastRun.policySha256 === undefined) {
    return {
      ...step,
      state: 'unseen',
      because: ['The last run broke off before it held the sessions against the policy.'],
    };
  }
  if (lastRun.policySha256 !== sha256) {
    return {
      ...step,
      state: 'unseen',
      because: [
        `The last run followed another policy (sha256 ${lastRun.policySha256.slice(0, 12)}…): this one has not been seen at work.`,
      ],
    };
  }
  const matched = [...book.matched.values()].reduce((sum, count) => sum + count, 0);
  return {
    ...step,
    state: 'shown',
    because: [
      `Its rules matched ${times(matched)} in ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} since the window began.`,
    ],
  };
}

function times(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`;
}
