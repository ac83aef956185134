import type { Authority } from './policy.ts';

/** Whether a text is what a ready policy has in place of the site's own. */
export function isPlaceholder(text: string | undefined): boolean {
  return text?.startsWith('REPLACE') === true;
}

/** What a policy does not yet say of who decided it where, in the file’s own words. */
export function lackingIn(authority: Authority | undefined): string[] {
  const { document, approvedBy, approvedOn, notRequired } = authority ?? {};
  const lacks = (text: string | undefined): boolean => text === undefined || isPlaceholder(text);
  return [
    ...(lacks(document) ? ['document'] : []),
    ...(lacks(approvedBy) ? ['approved_by'] : []),
    ...(approvedOn === undefined ? ['approved_on'] : []),
    ...(isPlaceholder(notRequired) ? ['not_required'] : []),
  ];
}
