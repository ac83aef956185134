import { visible } from '../visible.ts';

/** No name may be so long that it leaves no room for the rest. */
const mostCharacters = 1000;

/**
 * Takes text that somebody else chose and returns one line that is fit for every format: nothing that misleads a
 * reader, no character that XML cannot say, no connection string, which a note or a cron line may hold, and not
 * longer than a line should be.
 */
export function harmless(text: string): string {
  const withoutSecrets = text.replace(/(mongodb(?:\+srv)?:\/\/)\S*/gi, '$1…');
  const written = visible(withoutSecrets).replace(
    // STIG Manager decodes what it reads a second time: without this a name could begin a line of its own there.
    /[\ufffe\uffff]|&(?=#|[a-z\d]+;)/gi,
    (found) => `\\u{${found.charCodeAt(0).toString(16)}}`,
  );
  if (written.length <= mostCharacters) return written;
  return `${Array.from(written).slice(0, mostCharacters).join('')}… (cut)`;
}
