import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, libraryJson } from './canonical.ts';
import type { Entry } from './event.ts';
import type { JsonValue } from './json-value.ts';

/** Where a chain stands: the number and the hash of its last line. */
export interface Head {
  readonly sequence: number;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
}

/** Before the first line. */
export const genesis: Head = { sequence: 0, hash: `sha256:${'0'.repeat(64)}` };

/** What a crash left of a line, kept in the log and vouched for by the line after it. */
export interface Torn {
  readonly bytes: number;
  readonly sha256: string;
}

const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const lineSchema = z.lazy(() =>
  z.looseObject({
    '@timestamp': z.iso.datetime(),
    'event.action': z.string(),
    'event.outcome': z.string(),
    'event.sequence': z.int().min(1),
    reaper: z.record(z.string(), z.json()),
    chain: z.strictObject({
      prev: hash,
      hash,
      torn: z.strictObject({ bytes: z.int().min(1), sha256: hash }).optional(),
    }),
  }),
);

/** One line of the log, read back. */
export type Line = z.output<typeof lineSchema>;

/**
 * Takes an entry and the head before it, and returns its line (without the line end) and the new head.
 *
 * The line is RFC 8785 canonical JSON, and its hash is the SHA-256 of the line without `chain.hash`: so each
 * byte of it is bound, and whoever checks needs no program of ours.
 */
export function seal(entry: Entry, before: Head, torn?: Torn): { line: string; head: Head } {
  const chain = { prev: before.hash, ...(torn === undefined ? {} : { torn }) };
  const unsealed = canonicalJson({ ...entry, chain } as unknown as JsonValue);
  const sealed = hashOf(unsealed);
  // `hash` comes first among its neighbours in canonical order.
  const line = unsealed.replace(`"chain":{`, `"chain":{"hash":"${sealed}",`);
  return { line, head: { sequence: entry['event.sequence'], hash: sealed } };
}

/** Takes the bytes of a line and returns what it says, or what is wrong with it by itself. */
export function openLine(bytes: Uint8Array): { line: Line } | { problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { problem: 'is no JSON' };
  }
  const found = lineSchema.safeParse(parsed);
  if (!found.success) return { problem: 'is no line of an audit log' };
  const { hash: own, ...chain } = found.data.chain;
  try {
    if (!Buffer.from(libraryJson(parsed)).equals(bytes))
      return { problem: 'is not written as reaper writes it' };
    if (hashOf(libraryJson({ ...(parsed as object), chain })) !== own)
      return { problem: 'was changed: its hash is not that of its content' };
  } catch {
    return { problem: 'is no canonical JSON' };
  }
  return { line: found.data };
}

/** The head that a line is. */
export function headOf(line: Line): Head {
  return { sequence: line['event.sequence'], hash: line.chain.hash };
}

/** SHA-256, as the chain writes it. */
function hashOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
