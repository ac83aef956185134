/** A glob: `*` any characters, `?` one, `\\` takes the next one literally. Case counts, as it does in MongoDB. */
export interface Pattern {
  readonly text: string;
  /** What it matches, if it has no `*` or `?` and so matches one text only. */
  readonly literal: string | undefined;
  readonly parts: readonly (string | typeof anyText | typeof anyCharacter)[];
}

export const anyText = Symbol('*');
const anyCharacter = Symbol('?');

/** Takes a glob and returns it ready to match; never throws. */
export function parsePattern(text: string): Pattern {
  const parts: Pattern['parts'][number][] = [];
  let escaped = false;
  for (const character of text) {
    if (escaped) {
      parts.push(character);
      escaped = false;
    } else if (character === '\\') escaped = true;
    else if (character === '*') parts.push(anyText);
    else if (character === '?') parts.push(anyCharacter);
    else parts.push(character);
  }
  if (escaped) parts.push('\\');
  const isLiteral = parts.every((part) => typeof part === 'string');
  return { text, literal: isLiteral ? parts.join('') : undefined, parts };
}

/** Whether the whole text matches. */
export function matchesText({ literal, parts }: Pattern, text: string): boolean {
  return literal === undefined ? matchesGlob(parts, [...text]) : literal === text;
}

/** Linear in practice and quadratic at worst: only the last `*` is ever tried again. */
function matchesGlob(parts: Pattern['parts'], name: readonly string[]): boolean {
  let part = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    if (parts[part] === anyText) {
      star = part++;
      starAt = at;
    } else if (part < parts.length && (parts[part] === anyCharacter || parts[part] === name[at])) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (parts[part] === anyText) part++;
  return part === parts.length;
}
