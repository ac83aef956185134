import type { ReaperError } from '../../errors.ts';
import { stigs, type Stig } from '../../audit/stig.ts';
import { refused, type ChecklistFile } from './checklist-file.ts';

const form = /^(?:xccdf_mil\.disa\.stig_(?:group|rule)_)?S?V-(\d+)(?:r\d+)?(?:_rule)?$/i;

function numberIn(id: unknown): string | undefined {
  return typeof id === 'string' ? form.exec(id.trim())?.[1] : undefined;
}

/** Whether one of these ids, a group’s or a rule’s, is the rule’s, in whatever revision. */
export function isSameRule(ids: readonly unknown[], { groupId }: Stig): boolean {
  return ids.some((id) => numberIn(id) === numberIn(groupId));
}

/** The error for a checklist that lacks the rule; `ids` are those that it has. */
export function withoutRule(checklist: ChecklistFile, ids: readonly unknown[], stig: Stig): ReaperError {
  const other = Object.values(stigs).find((each) => isSameRule(ids, each));
  return refused(checklist, {
    message:
      `${stig.groupId} of the ${stig.title} is not in it` +
      (other === undefined ? '' : `, but ${other.groupId} of the ${other.title} is`),
    remedy:
      other === undefined
        ? 'give a checklist that was made from this STIG'
        : 'audit for the STIG that the checklist was made from',
  });
}
