import { realpathSync } from 'node:fs';
import { complain } from './complain.ts';
import { ReaperError } from './errors.ts';
import { localZoneOf } from './local-zone.ts';
import type { World } from './world.ts';

declare const REAPER_VERSION: string;

// A reader that has seen enough, as `head`, closes the pipe. Anything else is told at the end: a run that has
// begun to end sessions must come to its end, whoever listens.
let unheard: Error | undefined;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unheard = error;
  });
}

// An answer can make the driver stumble where no call of ours catches it; Node would print the code around it. What
// a run has sent is on record, and the next one says what is in doubt.
process.on('uncaughtException', (error) => process.exit(complain(error, process)));

// Once: who asks a second time means it.
const asked = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.once(name, () => {
    asked.abort(
      new ReaperError('stopped', `stopped by ${name}`, {
        remedy: 'no kill was sent after it; the next run tries again',
      }),
    );
  });
}

/** The only place that touches the process. */
const world: World = {
  version: REAPER_VERSION,
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: () => new Date(),
  program: {
    node: process.execPath,
    script: realpathSync(process.argv[1] ?? ''),
    uid: process.getuid?.(),
  },
  signal: asked.signal,
  // A getter, since it takes longer than all else at a start and may fail, and few policies need it.
  get localZone() {
    return localZoneOf(process.env['TZ']);
  },
};

const argv = process.argv.slice(2);
// What scripts ask before anything else needs no table of commands.
if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${REAPER_VERSION}\n`);
else {
  void import('./cli.ts')
    .then(({ runCli }) => runCli(argv, world))
    .then((status) => {
      process.exitCode = unheard !== undefined && status === 0 ? 1 : status;
    });
}
