import type { Host } from './audit/schedule/host.ts';
import type { Program } from './install/program.ts';
import type { ClientOptions } from './mongo/connect.ts';
import type { Stage } from './reap.ts';

/** A stream that reports or logs go to. */
interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything outside that a command touches. It is handed in, so that a test can hand in its own. */
export interface World {
  /** The program's own version. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: () => Date;
  /** The IANA zone that `location: Local` means. Asking throws a ReaperError where nothing tells it. */
  readonly localZone: string;
  /** This program, as a schedule is to call it. */
  readonly program: Program;
  /** What the search for schedules asks; the host itself unless a test hands in another. */
  readonly host?: Host;
  /** Watches every client that talks to a server. */
  readonly onClient?: ClientOptions['onClient'];
  /** Aborted when the process is asked to end. */
  readonly signal?: AbortSignal;
  /** Called at each stage of a run, which waits for it. */
  readonly onStage?: (stage: Stage) => void | Promise<void>;
}
