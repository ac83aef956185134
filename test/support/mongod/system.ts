import type { MongodBinary } from './find-mongod.ts';
import { mongodVersion, onPath } from './run.ts';

/** The binary named by MONGOMS_SYSTEM_BINARY, else mongod on PATH. */
export async function systemMongod(): Promise<MongodBinary> {
  const path = process.env['MONGOMS_SYSTEM_BINARY'] || (await onPath('mongod'));
  if (!path) throw new Error('MONGOMS_SYSTEM_BINARY is not set and PATH has no mongod');
  return { path, version: await mongodVersion(path), source: 'system' };
}
