import { MongoClient, type Document } from 'mongodb';
import type { Deployment } from '../support/deployment-access.ts';
import { capture, type Program } from './measure.ts';

/** What the server read of `config.system.sessions` for one run, by its own profiler. */
export interface Load {
  /** The search for what may have to end: documents read, and found. */
  readonly examined: number;
  readonly found: number;
  /** How the server went about it, as `IXSCAN { lastUse: 1 }`. */
  readonly plan: string;
  /** Documents read to count sessions by owner, which needs them all. */
  readonly counted: number;
}

/** Runs the program once with the profiler on. */
export async function measureLoad({ uri, adminPassword }: Deployment, reaper: Program): Promise<Load> {
  const client = await MongoClient.connect(uri('ager', adminPassword));
  try {
    const config = client.db('config');
    await config.command({ profile: 0 });
    await config.dropCollection('system.profile').catch(() => undefined);
    await config.command({ profile: 2 });
    await capture(reaper);
    await config.command({ profile: 0 });
    const own = { appName: 'reaper', ns: 'config.system.sessions' };
    const entries = await config.collection('system.profile').find(own).toArray();
    const isCount = (entry: Document): boolean => pipelineOf(entry).some((stage) => '$group' in stage);
    const searches = entries.filter((entry) => !isCount(entry));
    const total = (of: Document[], field: string): number =>
      of.reduce((sum, entry) => sum + Number(entry[field] ?? 0), 0);
    return {
      examined: total(searches, 'docsExamined'),
      found: total(searches, 'nreturned'),
      plan: [...new Set(searches.map(({ planSummary }) => String(planSummary)))].join(', '),
      counted: total(entries.filter(isCount), 'docsExamined'),
    };
  } finally {
    await client.close();
  }
}

function pipelineOf({ command, originatingCommand }: Document): Document[] {
  return (originatingCommand ?? command)?.pipeline ?? [];
}
