import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Long, type Document } from 'mongodb';
import { callReaper, type Called } from '../support/reaper.ts';
import { aRow, startDeployment, type Listed } from './scripted-deployment.ts';

/** Alice’s session has been idle for long: under this policy it ends, if the server is to be believed. */
const policy = `version: 1
name: p
rules: [{ name: r, when: { users: [alice@admin], idle_for: 15m } }]
`;
export const hour = 3_600_000;
export const alice = aRow('alice@admin', hour);
export const someone = 'mallory@admin';

interface Outcome extends Omit<Called, 'json'> {
  /** The commands that the server got and that end something. */
  readonly ending: readonly Document[];
  /** The audit log. */
  readonly log: string;
}

/** Runs reaper once on a scripted server that lists Alice’s session unless told otherwise. */
export async function runOn(listed: Listed, argv: readonly string[] = []): Promise<Outcome> {
  const server = await startDeployment({ sessions: [alice], ...listed });
  const dir = await mkdtemp(join(tmpdir(), 'reaper-hostile-'));
  const file = join(dir, 'policy.yaml');
  await writeFile(file, policy);
  const state = join(dir, 'state');
  try {
    const env = { REAPER_MONGODB_URI: server.uri };
    const { code, stdout, stderr } = await callReaper(
      ['run', '--policy', file, '--state-dir', state, ...argv],
      { env },
    );
    const log = await readFile(join(state, 'audit.jsonl'), 'utf8').catch(() => '');
    return { code, stdout, stderr, ending: server.ending(), log };
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

const stageOf = ({ pipeline }: Document, at = 0): Document =>
  (pipeline as Document[] | undefined)?.[at] ?? {};

type Which = (command: Document) => boolean;
export const isListing: Which = (command) => '$listSessions' in stageOf(command);
export const isCount: Which = (command) => isListing(command) && '$group' in stageOf(command, 1);
export const isLocal: Which = (command) => '$listLocalSessions' in stageOf(command);
export const isOwn: Which = (command) => stageOf(command)['$currentOp']?.allUsers === false;
export const isOperations: Which = (command) => stageOf(command)['$currentOp']?.allUsers === true;

/** Another answer to some aggregations. */
export function answering(which: Which, answer: Document): Listed {
  return { changes: { aggregate: (command) => (which(command) ? answer : undefined) } };
}

/** The first answer of a cursor, with these fields. */
export function cursor(fields: Document): Document {
  return { cursor: { id: Long.ZERO, ns: 'config.x', ...fields } };
}

/** Alice’s session, and another one in whose row something is different. */
export function row(changes: Document): Listed {
  return { sessions: [alice, aRow(someone, hour, changes)] };
}

/** A date that BSON can hold and no calendar has. */
export function noDate(millis: bigint): Date {
  const date = new Date(0);
  date.getTime = () => Number(millis);
  return date;
}
