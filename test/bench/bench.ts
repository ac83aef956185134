// `npm run bench`: what a run costs beside the least that anyone could do, as whole processes on real servers.
// --sessions N (a million unless given), --runs N, --case NAME (may be repeated), --json FILE.
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { allCases, type Case } from './cases.ts';
import { capture, measurePair, spreadOf, type Run, type Spread } from './measure.ts';

const { values: options } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '5' },
    case: { type: 'string', multiple: true, default: [] },
    json: { type: 'string', default: 'bench.json' },
  },
});

interface Result {
  readonly name: string;
  readonly what: string;
  readonly figure: Case['figure'] | 'rate' | 'documents';
  readonly goal: string;
  readonly ratio: Spread;
  readonly reaper?: Figures;
  readonly other?: Figures;
  readonly met: boolean;
}

type Figures = Record<keyof Run, Spread>;

const figuresOf = (runs: readonly Run[]): Figures => ({
  wall: spreadOf(runs.map(({ wall }) => wall)),
  cpu: spreadOf(runs.map(({ cpu }) => cpu)),
  peak: spreadOf(runs.map(({ peak }) => peak)),
});

const runs = Number(options.runs);
const { cases, decide, load, stop } = await allCases(Number(options.sessions));
const isWanted = (name: string): boolean => options.case.length === 0 || options.case.includes(name);
const results: Result[] = [];
try {
  for (const each of cases.filter(({ name }) => isWanted(name))) {
    console.log(`\n${each.name}: ${each.what}`);
    const [ours, theirs] = await measurePair(...(await each.pair()), runs);
    const ratio = spreadOf(
      ours.map((run, at) => run[each.figure] / (theirs[at]?.[each.figure] ?? Number.NaN)),
    );
    const [reaper, other] = [figuresOf(ours), figuresOf(theirs)];
    const most = each.goal;
    const met = ratio.median <= most && reaper.peak.median <= (each.bytes ?? Infinity);
    const goal = `≤ ${round(most)}${each.bytes === undefined ? '' : `, ≤ ${megabytes(each.bytes)}`}`;
    const result = { name: each.name, what: each.what, figure: each.figure, goal, ratio, reaper, other, met };
    results.push(result);
    tell(result);
  }
  if (isWanted('load')) results.push(await searchLoad());
  if (isWanted('decide')) results.push(await decideRate());
} finally {
  await stop();
}

console.log(`\n${'CASE'.padEnd(18)}${'RATIO'.padStart(8)}  ${'(LEAST–GREATEST)'.padEnd(20)}GOAL`);
for (const { name, ratio, goal, met } of results) {
  const spread = `(${round(ratio.least)}–${round(ratio.greatest)})`;
  console.log(
    `${name.padEnd(18)}${round(ratio.median).padStart(8)}  ${spread.padEnd(20)}${goal}${met ? '' : '  MISSED'}`,
  );
}
const [processor] = cpus();
const machine = {
  node: process.version,
  processor: processor?.model,
  processors: availableParallelism(),
  memory: totalmem(),
};
await writeFile(
  options.json,
  `${JSON.stringify({ machine, sessions: Number(options.sessions), runs, results }, null, 2)}\n`,
);
console.log(
  `\nWritten to ${options.json}. Seconds are of this machine and of whatever else ran on it; ratios last longer.`,
);

function tell({ reaper, other }: Result): void {
  for (const [who, figures] of Object.entries({ reaper, other })) {
    if (figures === undefined) continue;
    const { wall, cpu, peak } = figures;
    console.log(
      `  ${who.padEnd(8)}${round(wall.median)} s (${round(wall.least)}–${round(wall.greatest)}), processor ${round(cpu.median)} s, at most ${megabytes(peak.median)}`,
    );
  }
}

/** Sessions a second, in millions; the goal is one. */
async function decideRate(): Promise<Result> {
  const rates: number[] = [];
  for (let at = 0; at < runs; at++) rates.push(JSON.parse(await capture(decide)).perSecond / 1e6);
  const ratio = spreadOf(rates);
  const what = 'million sessions decided in a second by five rules, on one core';
  return { name: 'decide', what, figure: 'rate', goal: '≥ 1', ratio, met: ratio.median >= 1 };
}

/** Documents that the server read to find what may have to end, against those that it found. */
async function searchLoad(): Promise<Result> {
  const { examined, found, plan, counted } = await load();
  const what = 'documents read by the server for each that matches, in a search of 0.1 % of a million';
  console.log(`\nload: ${what}`);
  console.log(
    `  ${examined} read for ${found} found, by ${plan}; ${counted} more to count all sessions by owner`,
  );
  const ratio = spreadOf([examined / found]);
  return { name: 'load', what, figure: 'documents', goal: '≤ 1.1', ratio, met: ratio.median <= 1.1 };
}

function round(value: number): string {
  return value.toPrecision(3);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
