import { hostname } from 'node:os';
import type { Line } from '../audit/chain.ts';
import { ocsfEventsOf } from '../audit/ocsf.ts';
import type { World } from '../world.ts';
import type { RunOptions } from './run-options.ts';

/** Writes each event that is on disk also to the log of the host, for who collects that and not our files. */
export function lineWriter(
  format: RunOptions['logFormat'],
  { stderr, version }: Pick<World, 'stderr' | 'version'>,
): ((line: string) => void) | undefined {
  if (format === undefined) return undefined;
  if (format === 'ecs') return (line) => void stderr.write(`${line}\n`);
  const source = { version, host: hostname() };
  return (line) => {
    const events = ocsfEventsOf(JSON.parse(line) as Line, source);
    stderr.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  };
}
