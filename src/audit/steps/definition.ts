import type { Known } from '../evaluate.ts';
import type { Step } from '../evidence.ts';
import { isPlaceholder, lackingIn } from '../../policy/placeholder.ts';
import { checkText } from '../stig.ts';

/** Step 0: the organization has defined what must end, and who decided it. */
export function definitionStep({ loaded: { policy, file, sha256 } }: Known): Step {
  const { document, approvedBy, approvedOn, notRequired } = policy.authority ?? {};
  const missing = lackingIn(policy.authority);
  const said = [
    isPlaceholder(document) ? undefined : document,
    isPlaceholder(approvedBy) ? undefined : approvedBy && `approved by ${approvedBy}`,
    approvedOn && `on ${approvedOn}`,
  ];
  const facts = [
    { label: 'policy', values: [`${policy.name} (${file})`] },
    { label: 'sha256', values: [sha256] },
    ...(policy.description === undefined ? [] : [{ label: 'description', values: [policy.description] }]),
    {
      label: 'decided in',
      values: [said.filter((part) => part !== undefined).join(', ') || 'nothing says so'],
    },
    ...(notRequired === undefined || isPlaceholder(notRequired)
      ? []
      : [{ label: 'not required', values: [notRequired] }]),
  ];
  const step = {
    name: 'definition',
    title: 'The organization’s definition',
    asked: `${checkText.definition} ${checkText.notRequired}`,
    facts,
  } as const;
  if (missing.length > 0) {
    return {
      ...step,
      state: 'unseen',
      because: [`The policy does not say who decided this where: authority lacks ${missing.join(', ')}.`],
    };
  }
  return { ...step, state: 'shown', because: [`${document}, approved by ${approvedBy} on ${approvedOn}.`] };
}
