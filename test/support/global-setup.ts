import type { TestProject } from 'vitest/node';
import type { DeploymentDescription } from './deployment-access.ts';
import { startReplicaSet } from './deployment.ts';
import { findMongod } from './mongod/find-mongod.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    replicaSets: readonly DeploymentDescription[];
  }
}

/**
 * A replica set for each of vitest’s workers, three members and a hidden one; test files get theirs from shared.ts.
 * Files at work at the same time never meet: some hang members, let the primary step down or end everybody’s sessions.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Before all of them, which would fetch it several times at once where it is not there yet.
  await findMongod((line) => console.error(line));
  const started = await Promise.allSettled(
    Array.from({ length: project.config.maxWorkers }, () => startReplicaSet({ hidden: 1 })),
  );
  const sets = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(sets.map((set) => set.stop()));
  };
  const failed = started.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  project.provide(
    'replicaSets',
    sets.map(({ members, replicaSet, adminUser, adminPassword }) => ({
      members,
      adminUser,
      adminPassword,
      ...(replicaSet ? { replicaSet } : {}),
    })),
  );
  return stop;
}
