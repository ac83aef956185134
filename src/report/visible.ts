/**
 * Takes text that somebody else chose, as a user's name, and returns it with everything that a terminal or a
 * reader could be misled by written out: control characters, escapes, bidi overrides, invisible characters.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** Takes a value and returns its JSON, in which characters that would mislead a terminal are escaped too. */
export function jsonText(value: unknown): string {
  return harmlessJson(JSON.stringify(value, null, 2));
}

/** Takes JSON and returns JSON that means the same and holds nothing that a terminal obeys or hides. */
export function harmlessJson(json: string): string {
  return json.replace(/[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u007f-\u009f\u2028\u2029]/gu, (found) =>
    found
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** The same for text of several lines, whose line ends are meant. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
