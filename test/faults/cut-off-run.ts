import { runCli } from '../../src/cli.ts';
import { ReaperError } from '../../src/errors.ts';

// A process of its own, which ends itself at one stage of a run: `kill -9` leaves it no last word.
const [stage = '', signal = 'SIGKILL', ...argv] = process.argv.slice(2);
const asked = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.once(name, () => asked.abort(new ReaperError('stopped', `stopped by ${name}`)));

process.exitCode = await runCli(argv, {
  version: '0.0.0-test',
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: () => new Date(),
  localZone: 'UTC',
  program: { node: process.execPath, script: import.meta.filename, uid: process.getuid?.() },
  signal: asked.signal,
  onStage: async (reached) => {
    if (reached !== stage) return;
    process.kill(process.pid, signal);
    // A signal arrives when it likes.
    await new Promise((resolve) => setTimeout(resolve, 50));
  },
});
