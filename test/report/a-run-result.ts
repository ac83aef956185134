import { randomUUID } from 'node:crypto';
import type { Verdict } from '../../src/decide/verdict.ts';
import type { Deployment } from '../../src/mongo/deployment.ts';
import { exceededLimits } from '../../src/plan/limits.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { Limits } from '../../src/policy/policy.ts';
import type { RunResult } from '../../src/run-result.ts';
import { LsidMap } from '../../src/lsid-map.ts';
import type { Session } from '../../src/session.ts';
import type { Outcome, OutcomeName } from '../../src/terminate/outcome.ts';
import { aSession, minute, now, toSpare, toTerminate } from '../support/builders.ts';

interface Options {
  readonly verdicts?: readonly Verdict[];
  readonly outcomes?: readonly (readonly [Session, Outcome])[];
  readonly limits?: Limits;
  readonly silent?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly mode?: RunResult['mode'];
  readonly notRequired?: string;
}

export function anOutcome(outcome: OutcomeName, rest: Partial<Outcome> = {}): Outcome {
  return { outcome, because: `because of ${outcome}`, members: [{ address: 'm1:27017', ok: true }], ...rest };
}

const memberNames = ['m1:27017', 'm2:27017'];

export function aRunResult(options: Options = {}): RunResult {
  const { verdicts = [], outcomes = [], limits = {}, silent = {}, name = 'rs0' } = options;
  const plan = makePlan(verdicts, () => false);
  const members = memberNames.map((address) => ({
    address,
    role: 'secondary',
    version: '8.0.4',
    error: undefined,
  }));
  return {
    runId: randomUUID(),
    mode: options.mode ?? (outcomes.length > 0 ? 'enforce' : 'dry-run'),
    notRequired: options.notRequired,
    startedAt: new Date(now),
    finishedAt: new Date(now + 1500),
    policy: { name: 'stig-v-281700', sha256: 'ab'.repeat(32) },
    deployment: { topology: 'replica-set', name, members, membersComplete: true } as unknown as Deployment,
    memberErrors: new Map(Object.entries(silent)),
    serverTime: now,
    verdicts,
    outcomes: new LsidMap(outcomes.map(([session, outcome]) => [session.lsid, outcome])),
    exceeded: exceededLimits(plan, verdicts, limits),
  };
}

/** Names that are legal on a server and hard on a report. */
export const oddNames = [
  'CN=Jürgen Groß,OU=Datenbanken,O=Example GmbH & Co. KG,C=DE@$external',
  `${'漢字'.repeat(20)}@db`,
  `${'😀👍🏽🇩🇪'.repeat(10)}@db`,
  `\u001b[2J\u202enimda\u0000\n@admin`,
  `${'x'.repeat(200)}@${'y'.repeat(60)}`,
  'a@b c@d e',
];

const kinds = ['retain', 'exempt', 'indeterminate'] as const;

/** One session of each verdict for each of these owners. */
export function verdictsFor(owners: readonly string[]): Verdict[] {
  return owners.flatMap((owner, at) => [
    toTerminate(aSession({ id: at * 4, owner, flushedAgo: (20 + at) * minute }), {
      rule: 'idle-15m',
      because: `user matches ${owner}; idle for ${20 + at}m, limit 15m`,
    }),
    ...kinds.map((kind, more) =>
      toSpare(kind, aSession({ id: at * 4 + more + 1, owner }), {
        rule: kind === 'retain' ? undefined : 'some-rule',
        because: `${kind} because of ${owner}`,
      }),
    ),
  ]);
}
