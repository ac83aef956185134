import { defineConfig } from 'vitest/config';

/*
 * What Stryker runs against each mutant: tests that are fast, and fail in the same way every time. The properties
 * over random policies are left out: whatever could end a wrong session must fall to an example that says why.
 */
export default defineConfig({
  test: {
    include: ['test/{decide,plan,terminate}/**/*.test.ts', 'test/mongo/terminate-sessions*.test.ts'],
    exclude: ['test/**/*.property.test.ts'],
    setupFiles: ['test/mutants/fixed-seed.ts'],
    testTimeout: 30_000,
  },
});
