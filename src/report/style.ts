import picocolors from 'picocolors';

/** Where a report goes to: how wide it may be, and whether it may be coloured. */
export interface Style {
  readonly width: number;
  readonly paint: ReturnType<typeof picocolors.createColors>;
}

/** Tables are made for 80 columns, and a wider terminal is used only so far as lines stay readable. */
const usualWidth = 80;
const mostWidth = 120;

/** For text that programs may read line by line: no width where no person looks. */
export function terminalWidth(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): number {
  return stream.isTTY === true ? styleFor(stream, env).width : Infinity;
}

/** Colours only on a terminal, and off with NO_COLOR. */
export function styleFor(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const colours = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const width = stream.isTTY === true ? stream.columns || usualWidth : usualWidth;
  return { width: Math.max(40, Math.min(width, mostWidth)), paint: picocolors.createColors(colours) };
}
