import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program for node, with its arguments and environment. */
export interface Program {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Exit statuses that are as they should be; 0 unless given. */
  readonly expected?: readonly number[];
  /** Done before each run, and not measured. */
  readonly before?: () => Promise<void>;
}

/** What one run of a whole process took: seconds, and bytes at its peak. */
export interface Run {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

const reporter = fileURLToPath(new URL('report-usage.cjs', import.meta.url));

/** Runs a program to its end, its output thrown away. Throws if it fails: what fails is soon done. */
async function measure({ argv, env = {}, expected = [0], before }: Program): Promise<Run> {
  await before?.();
  const began = performance.now();
  const child = spawn(process.execPath, ['--require', reporter, ...argv], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr, usage] = [child.stdout, child.stderr, child.stdio[3]];
  // Through a pipe that is read, as a log is: a file would measure the disk.
  stdout?.resume();
  let words = '';
  stderr?.on('data', (data: Buffer) => (words += data.toString()));
  let answer = '';
  usage?.on('data', (data: Buffer) => (answer += data.toString()));
  let exited = began;
  child.on('exit', () => (exited = performance.now()));
  const [status] = await once(child, 'close');
  if (!expected.includes(status)) throw new Error(`${argv.join(' ')}: exit status ${status}\n${words}`);
  const { cpu, peak } = JSON.parse(answer) as { cpu: number; peak: number };
  return { wall: (exited - began) / 1000, cpu, peak };
}

/** What a program prints. */
export async function capture({ argv, env = {} }: Program): Promise<string> {
  const child = spawn(process.execPath, argv, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${argv.join(' ')}: exit status ${status}`);
  return text;
}

/** Runs both in turn, so that both meet the same noise, after one run of each that does not count. */
export async function measurePair(one: Program, other: Program, runs: number): Promise<[Run[], Run[]]> {
  const [ones, others]: [Run[], Run[]] = [[], []];
  for (let at = -1; at < runs; at++) {
    const [a, b] = [await measure(one), await measure(other)];
    if (at < 0) continue;
    ones.push(a);
    others.push(b);
  }
  return [ones, others];
}

/** The median of some numbers with the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    greatest: at(sorted.length - 1),
  };
}
