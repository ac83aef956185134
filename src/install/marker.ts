import { createHash } from 'node:crypto';

const form = /^# Written by reaper install; sha256 of the lines below: ([\da-f]{64})\n/;

/** Takes the text of a file and returns it with a first line by which it is known again. */
export function marked(text: string): string {
  return `# Written by reaper install; sha256 of the lines below: ${hashOf(text)}\n${text}`;
}

/** Whose a file is: as `reaper install` wrote it, changed by somebody since, or never written by it. */
export function ownerOf(content: string): 'ours' | 'changed' | 'foreign' {
  const [line = '', hash] = form.exec(content) ?? [];
  if (hash === undefined) return 'foreign';
  return hash === hashOf(content.slice(line.length)) ? 'ours' : 'changed';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
