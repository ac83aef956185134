/** Whether a text is what a ready policy has in place of the site's own. */
export function isPlaceholder(text: string | undefined): boolean {
  return text?.startsWith('REPLACE') === true;
}
