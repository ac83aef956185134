/** Hashes a text, hex digits as result: no hash is built into the language, and this folder does no I/O. */
export type Sha256 = (text: string) => string;

/**
 * Takes a name and returns its UUID: the same name gives the same UUID, so that the same evidence gives the same
 * file. It is marked as version 5, since readers of checklists know no newer one.
 */
export function uuidOf(name: string, sha256: Sha256): string {
  const hex = sha256(`reaper:${name}`);
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(18, 20),
    hex.slice(20, 32),
  ].join('-');
}
