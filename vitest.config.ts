import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// All that the tests and their servers put down goes with them. Open to everybody, as what it stands for: some tests
// are another user.
const temporary = mkdtempSync(join(tmpdir(), 'reaper-tests-'));
chmodSync(temporary, 0o1777);
process.env['TMPDIR'] = temporary;
process.on('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));

// Vitest leaves one core alone, which would be half of two; and the tools wait for the network and for cron’s minute.
const maxWorkers = Math.max(2, availableParallelism());

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/integration/**',
            'test/faults/**',
            'test/assessors/**',
            'test/pages/**',
            'test/host/**',
            'test/bench/**',
          ],
          maxWorkers,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          // After the others: a server that does not get its turn for seconds changes its primary.
          sequence: { groupOrder: 1 },
          include: ['test/{integration,faults}/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // Each worker has a replica set of its own, which two cores have enough to do with.
          maxWorkers: Math.max(1, Math.floor(availableParallelism() / 2)),
          maxConcurrency: 3,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'tools',
          // Judged by programs that are not ours, some of which are installed first.
          include: ['test/{assessors,pages,host}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          maxWorkers,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
