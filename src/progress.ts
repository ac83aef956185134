import ora, { type Ora } from 'ora';
import type { World } from './world.ts';

/** How far long work is. */
export interface Progress extends Disposable {
  /** `done` of `total` sessions; without numbers, just what goes on. */
  readonly tell: (what: string, done?: number, total?: number) => void;
}

/** In ms: of what is sooner done nobody needs to be told. */
const patience = 1_000;
const barWidth = 24;

/** Shows progress on a terminal that can take a line back, where work takes longer than a second; nowhere else. */
export function progressOn({ stderr, env }: Pick<World, 'stderr' | 'env'>, quiet: boolean): Progress {
  if (stderr.isTTY !== true || env['TERM'] === 'dumb' || quiet)
    return { tell: () => undefined, [Symbol.dispose]: () => undefined };
  let text = '';
  let shown: Ora | undefined;
  const timer = setTimeout(() => {
    shown = ora({
      text,
      stream: stderr as NodeJS.WriteStream,
      // Left to itself, ora shows nothing to a person whose shell happens to have CI set.
      isEnabled: true,
      // What hides the cursor or takes the input would also want a say in how signals end the run.
      hideCursor: false,
      discardStdin: false,
    }).start();
  }, patience);
  timer.unref();
  return {
    tell(what, done, total) {
      text = wordsFor(what, done, total);
      if (shown !== undefined) shown.text = text;
    },
    /** Takes it off the screen. */
    [Symbol.dispose]() {
      clearTimeout(timer);
      shown?.stop();
      shown = undefined;
    },
  };
}

/** At most 79 columns. */
function wordsFor(what: string, done?: number, total?: number): string {
  if (done === undefined) return what;
  if (total === undefined || total === 0) return `${what} · ${inWords(done)}`;
  const part = Math.min(1, done / total);
  const filled = Math.round(part * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  return `${what} ${bar} ${Math.floor(part * 100)} % of ${inWords(total)}`;
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}
