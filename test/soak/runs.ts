import { readFile, writeFile } from 'node:fs/promises';
import type { RunJson } from '../../src/report/run-schema.ts';
import type { World } from '../../src/world.ts';
import type { testBench } from '../support/reaper.ts';
import type { WatchedRun } from './history.ts';
import { policyText, type SoakPolicy } from './policy.ts';

type Bench = Awaited<ReturnType<typeof testBench>>;

/** A run, and what reaper printed. */
export interface Ran {
  readonly run: WatchedRun;
  readonly json: RunJson | undefined;
  readonly stderr: string;
  /** The commands that servers refused. */
  readonly refused: readonly string[];
}

/** Runs reaper once under this policy and notes when it came to each stage, what it says and what it recorded. */
export async function runOnce(bench: Bench, policy: SoakPolicy, number: number): Promise<Ran> {
  await writeFile(bench.policyFile, policyText(policy, Date.now()));
  const before = (await linesOf(bench.auditLog)).length;
  const stages: Record<string, number> = {};
  const refused: string[] = [];
  const from = Date.now();
  const { code, stdout, stderr, ...called } = await callOf(bench, policy, {
    onStage(stage) {
      // Ten users are one chunk, so each stage comes once.
      stages[stage] = Date.now();
    },
    onClient(client) {
      client.on('commandFailed', ({ commandName, address, failure }) =>
        refused.push(`${commandName} by ${address}: ${failure.message}`),
      );
    },
  });
  const to = Date.now();
  const json = stdout === '' ? undefined : called.json();
  const attempted = (await linesOf(bench.auditLog)).slice(before).flatMap((line) => {
    const { 'event.action': action, reaper } = JSON.parse(line) as {
      'event.action': string;
      reaper: { session_ids?: string[] };
    };
    return action === 'attempt' ? (reaper.session_ids ?? []) : [];
  });
  const outcomes = (json?.sessions ?? []).flatMap(({ lsid, outcome }): [string, string][] =>
    outcome === undefined ? [] : [[lsid.id, outcome]],
  );
  return {
    run: {
      number,
      policy,
      called: { from, to },
      stages,
      exitCode: code,
      allAnswered: json?.deployment.members.every(({ ok }) => ok) === true,
      outcomes: new Map(outcomes),
      attempted: new Set(attempted),
    },
    json,
    stderr,
    refused,
  };
}

async function callOf(bench: Bench, { dryRun }: SoakPolicy, world: Partial<World>) {
  const called = await bench.run(dryRun ? ['--dry-run'] : [], world);
  const { code, stdout, stderr } = called;
  return { code, stdout, stderr, json: () => called.json };
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
