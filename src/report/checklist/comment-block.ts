import type { Evidence } from '../../audit/evidence.ts';
import { harmless } from './harmless.ts';
import { statusWords, timeOf } from './words.ts';

const begin = '--- reaper audit: begin ---';
const end = '--- reaper audit: end ---';
const block = new RegExp(`${begin}(?:(?!${begin})[^])*?${end}`);

/** Takes the evidence and returns what reaper itself says in the comments of a checklist, between two lines that mark it. */
export function commentBlock({ stig, status, at, version, chain, policy }: Evidence): string {
  return [
    begin,
    `reaper ${word(version)} assessed ${stig.ruleId} at ${timeOf(at)}: ${statusWords[status].shown}.`,
    ...(chain.head === undefined
      ? []
      : [`Audit log head: ${word(chain.head.hash)}, sequence ${chain.head.sequence}.`]),
    ...(policy === undefined ? [] : [`Policy: sha256 ${word(policy.sha256)}.`]),
    'The next merge replaces what stands between these two lines, and leaves the rest as it is.',
    end,
  ].join('\n');
}

/** Without a space it cannot be mistaken for the line that ends the block. */
function word(text: string): string {
  return harmless(text).replaceAll(' ', '');
}

/**
 * Takes the comments of a checklist as the file writes them, and our block written in the same way. Returns them
 * with our block in the place of our earlier one, else after what is there, which stays as it is to the byte.
 */
export function withBlock(
  comments: string,
  written: { readonly block: string; readonly lineEnd: string },
): string {
  if (block.test(comments)) return comments.replace(block, () => written.block);
  return /^\s*$/.test(comments)
    ? written.block
    : `${comments}${written.lineEnd}${written.lineEnd}${written.block}`;
}
