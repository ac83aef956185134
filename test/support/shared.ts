import { inject } from 'vitest';
import { deploymentFrom, type Deployment } from './deployment-access.ts';
import type {} from './global-setup.ts';

/**
 * The replica set that the global setup started for this worker: for the test files that run in it, one after
 * another. Its stop() does nothing, for it is not theirs.
 */
export function sharedReplicaSet(): Deployment {
  const worker = Number(process.env['VITEST_POOL_ID']);
  const description = inject('replicaSets')[worker - 1];
  if (description === undefined) throw new Error(`no replica set was started for worker ${worker}`);
  return deploymentFrom(description, () => Promise.resolve());
}
