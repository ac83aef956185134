import { namedUsers, withNamedOwners } from '../decide/named-users.ts';
import { ReaperError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { rememberingUidOf } from '../mongo/uid.ts';
import { countSteps, simulate as simulatePolicy, type Simulated, type Steps } from '../plan/simulate.ts';
import { formatDuration } from '../policy/duration.ts';
import { effectivePolicy } from '../policy/effective.ts';
import { loadPolicy } from '../policy/load.ts';
import type { Policy } from '../policy/policy.ts';
import { simulateToText } from '../report/simulate-text.ts';
import { simulateToJson } from '../report/simulate.ts';
import { styleFor } from '../report/style.ts';
import { jsonText } from '../report/visible.ts';
import { loadSnapshot } from '../snapshot-file/file.ts';
import type { World } from '../world.ts';
import { policyFileOf, type PolicyOptions } from './options.ts';

export interface SimulateOptions extends PolicyOptions {
  readonly snapshot: string;
  /** ms since the epoch, and ms. */
  readonly from: number;
  readonly to: number;
  readonly every?: number;
  /** Another policy file. */
  readonly against?: string;
  readonly zone?: string;
  readonly keepListed?: boolean;
  readonly json?: boolean;
}

const usualEvery = 5 * 60_000;

/** Nine weeks of steps of 5 minutes: who wants more can take wider ones. */
const mostSteps = 20_000;

/** `reaper simulate`: what would have ended when, on a saved snapshot. Needs no connection and ends nothing. */
export async function simulate(options: SimulateOptions, world: World): Promise<number> {
  const { env, stdout } = world;
  const { snapshot: file, zone, keepListed = false } = options;
  const steps = stepsOf(options);
  if (zone !== undefined) checkZone(zone);
  const loaded = await loadPolicy(policyFileOf(options, env));
  const other = options.against === undefined ? undefined : await loadPolicy(options.against);
  const saved = await loadSnapshot(file, rememberingUidOf());

  const { snapshot, facts } = saved;
  const sessionTimeout = keepListed ? undefined : saved.sessionTimeoutMinutes * 60_000;
  const resultOf = (of: Policy): Simulated => {
    const policy = effectivePolicy(of, [], undefined);
    // Each policy names owners of its own, as it would to a run.
    const sessions = withNamedOwners(snapshot.sessions, namedUsers(policy), facts.uidOf);
    return simulatePolicy({ snapshot: { ...snapshot, sessions }, facts, policy, steps, sessionTimeout });
  };
  const report = simulateToJson({
    file,
    saved,
    steps,
    keepListed,
    policy: loaded.policy,
    sha256: loaded.sha256,
    result: resultOf(loaded.policy),
    against: other && { policy: other.policy, sha256: other.sha256, result: resultOf(other.policy) },
  });
  const lines =
    options.json === true ? [jsonText(report)] : simulateToText(report, zone, styleFor(stdout, env));
  stdout.write(`${lines.join('\n')}\n`);
  return ExitCode.done;
}

/** The instants to look at; throws if there are none or too many. */
export function stepsOf({
  from,
  to,
  every = usualEvery,
}: Pick<SimulateOptions, 'from' | 'to' | 'every'>): Steps {
  if (from > to) {
    throw new ReaperError('usage', '--from is later than --to', { remedy: 'swap them' });
  }
  const steps = { from, to, every };
  const count = countSteps(steps);
  if (count > mostSteps) {
    const wider = Math.ceil((to - from) / (mostSteps - 1) / 60_000) * 60_000;
    throw new ReaperError(
      'usage',
      `${count} instants from --from to --to every ${formatDuration(every)}; at most ${mostSteps} can be simulated`,
      { remedy: `take a shorter span, or wider steps: --every ${Math.ceil(wider / 60_000)}m` },
    );
  }
  return steps;
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (error) {
    throw new ReaperError('usage', `${JSON.stringify(zone)}: no such time zone`, {
      remedy: 'name one of the tz database, as --zone Europe/Berlin',
      cause: error,
    });
  }
}
