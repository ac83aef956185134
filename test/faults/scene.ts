import { readFile } from 'node:fs/promises';
import type { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect } from 'vitest';
import type { z } from 'zod';
import { auditJson } from '../../src/report/audit-json.ts';
import type { OutcomeName } from '../../src/terminate/outcome.ts';
import type { Deployment } from '../support/deployment-access.ts';
import {
  documents,
  everyAction,
  openCursor,
  people,
  type OpenCursor,
  type Person,
} from '../support/people.ts';
import { testBench, type Called } from '../support/reaper.ts';

/** Until what was used is in the collection, and not in the local lists any more. */
export const afterRefresh = 2000;

/** One user with two idle sessions on one member, and a policy that ends them. */
export interface Scene {
  readonly owner: Person;
  readonly client: MongoClient;
  readonly cursors: readonly OpenCursor[];
  readonly bench: Awaited<ReturnType<typeof testBench>>;
  /** What a run said of these two: outcome, or verdict where there is none; each once. */
  of(called: Called): readonly string[];
  /** Reads the cursors to their end: fails unless all live, or all were killed. */
  expectLive(): Promise<void>;
  expectDead(): Promise<void>;
}

/** Says in a sentence’s end what a run came to. */
export function said(
  scene: Scene,
  called: Called,
  outcome: OutcomeName | 'indeterminate' | 'retain',
): string {
  expect(called.stdout, called.stderr).not.toBe('');
  expect(scene.of(called), called.stderr).toEqual([outcome]);
  return `\`${outcome}\`, exit status ${called.code}`;
}

/**
 * The scenes of one test file, all made before its first test, since what was used must be flushed first; `take`
 * gives the next one. The sessions are on the second member.
 */
export function scenes(deployment: () => Deployment, count: number) {
  let everyone: ReturnType<typeof people> | undefined;
  let uri = '';
  const ready: Scene[] = [];
  beforeAll(async () => {
    everyone = people(deployment());
    await everyone.collection();
    uri = await everyone.reaperUri(everyAction);
    const makers = Array.from({ length: count }, () => sceneOf(everyone!, deployment(), uri));
    ready.push(...(await Promise.all(makers)));
    await everyone.untilIdle(0, ...ready.flatMap(({ cursors }) => cursors.map(({ id }) => id)));
  });
  afterAll(() => everyone?.close());
  return {
    uri: () => uri,
    people: () => everyone!,
    take(): Scene {
      const scene = ready.pop();
      if (scene === undefined) throw new Error('more scenes are taken than were made');
      return scene;
    },
  };
}

async function sceneOf({ person }: ReturnType<typeof people>, set: Deployment, uri: string): Promise<Scene> {
  const owner = await person('alice');
  const client = await owner.client(set.members[1]!.address);
  const cursors = [await openCursor(client), await openCursor(client)];
  const drained = () => Promise.all(cursors.map((cursor) => cursor.drain()));
  return {
    owner,
    client,
    cursors,
    bench: await testBench(uri, `rules: [{ name: named, when: { users: ['${owner.listed}'] } }]`),
    of({ json }) {
      const mine = json.sessions.filter(({ user }) => user === owner.listed);
      return [...new Set(mine.map(({ outcome, verdict }) => outcome ?? verdict))];
    },
    expectLive: async () => expect(await drained()).toEqual([documents, documents]),
    expectDead: async () => expect(await drained()).toEqual(['CursorNotFound', 'CursorNotFound']),
  };
}

/** What an assessor is told. */
export async function auditOf({ bench }: Scene): Promise<z.output<typeof auditJson>> {
  const files = ['--policy', bench.policyFile, '--state-dir', bench.stateDir];
  const { stdout, stderr } = await bench.call(['audit', '--json', ...files]);
  expect(stderr).toBe('');
  return auditJson.parse(JSON.parse(stdout));
}

/** What the audit log says was done, in order. */
export async function actionsIn(auditLog: string): Promise<string[]> {
  const lines = (await readFile(auditLog, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { 'event.action': string })['event.action']);
}
