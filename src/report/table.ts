import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** A column: its heading, and the width of which no cell takes more; the last column takes what is left. */
export interface Column {
  readonly heading: string;
  readonly most: number;
}

const gap = '  ';

/** What a column keeps where the table is too narrow for all: room for the widest character; for words in the last. */
const fewest = 2;
const fewestForLast = 10;

/** Takes rows of cells and returns the lines of a table no wider than `width`; long cells go on below. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const all = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map(({ most }, at) =>
    Math.min(most, Math.max(...all.map((row) => stringWidth(row[at] ?? '')))),
  );
  const last = widths.length - 1;
  const others = (): number => widths.slice(0, last).reduce((sum, each) => sum + each + gap.length, 0);
  while (others() > width - fewestForLast && Math.max(...widths.slice(0, last)) > fewest) {
    const widest = widths.indexOf(Math.max(...widths.slice(0, last)));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  widths[last] = Math.max(fewest, Math.min(widths[last] ?? 0, width - others()));
  return all.flatMap((row) => lines(row, widths));
}

function lines(row: readonly string[], widths: readonly number[]): string[] {
  const cells = widths.map((width, at) => wrap(row[at] ?? '', width));
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, at) => {
        const text = cell[line] ?? '';
        return text + ' '.repeat(Math.max(0, (widths[at] ?? 0) - stringWidth(text)));
      })
      .join(gap)
      .trimEnd(),
  );
}

/** Wrapping measures code points, and some characters of several are wider than their parts: then it is tried narrower. */
function wrap(text: string, width: number): string[] {
  for (let narrower = width; ; narrower--) {
    const wrapped = wrapAnsi(text, narrower, { hard: true, trim: true }).split('\n');
    if (narrower <= 1 || wrapped.every((line) => stringWidth(line) <= width)) return wrapped;
  }
}
