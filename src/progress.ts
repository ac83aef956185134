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

/** Shows progress on a terminal, where work takes longer than a second; nowhere else. */
export function progressOn(stderr: World['stderr'], quiet: boolean): Progress {
  if (stderr.isTTY !== true || quiet) return { tell: () => undefined, [Symbol.dispose]: () => undefined };
  let text = '';
  let shown: Ora | undefined;
  const timer = setTimeout(() => {
    // What hides the cursor or takes the input would also want a say in how signals end the run.
    const quietly = { hideCursor: false, discardStdin: false } as const;
    shown = ora({ text, stream: stderr as NodeJS.WriteStream, ...quietly }).start();
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
