import wrapAnsi from 'wrap-ansi';

/** Takes a line and returns it as lines of at most `width` columns; words that are longer are cut. */
export function wrap(line: string, width: number): string[] {
  if (width === Infinity) return line.split('\n');
  return wrapAnsi(line, width, { hard: true }).split('\n');
}

/** The same as comments of a script that is pasted somewhere, behind `indent`. */
export function comment(text: string, width: number, indent = ''): string[] {
  return wrap(text, width - indent.length - 3).map((line) => `${indent}// ${line}`);
}

/** The same for text with paths and commands to be copied: lines end between words, however long one is. */
export function wrapWords(text: string, width: number): string[] {
  if (width === Infinity) return text.split('\n');
  return wrapAnsi(text, width).split('\n');
}
