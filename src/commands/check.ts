import { needsOf } from '../decide/make-context.ts';
import { ExitCode } from '../exit-code.ts';
import { neededActions } from '../mongo/needed-actions.ts';
import { connect } from '../mongo/deployment.ts';
import { rememberingUidOf } from '../mongo/uid.ts';
import { hasUri, readUri } from '../mongo/uri.ts';
import { lint, type Warning } from '../policy/lint.ts';
import { lintListing } from '../policy/lint-listing.ts';
import { loadPolicy, PolicyError, type LoadedPolicy } from '../policy/load.ts';
import { endsNothing, type Policy } from '../policy/policy.ts';
import { localZoneFor } from '../policy/time-interval.ts';
import { deploymentItems, policyItems, type CheckItem } from '../report/check-items.ts';
import { checkToJson, checkToText } from '../report/check.ts';
import { styleFor } from '../report/style.ts';
import { jsonText } from '../report/visible.ts';
import { readFirstSeen, type FirstSeen } from '../state/first-seen.ts';
import { stateDirOf } from '../state/state-dir.ts';
import { survey } from '../survey.ts';
import type { World } from '../world.ts';
import { policyFileOf, type ConnectionOptions, type PolicyOptions } from './options.ts';

export interface CheckOptions extends ConnectionOptions, PolicyOptions {
  readonly json?: boolean;
  readonly stateDir?: string;
}

/** What MongoDB does unless told otherwise (L2, L6): the best guess without a server. */
const serverDefaults = { sessionTimeoutMinutes: 30, refreshMillis: 300_000, membersComplete: true };

/** `reaper check`: the policy, and with a connection string the deployment. Throws if either cannot be had. */
export async function check(options: CheckOptions, world: World): Promise<number> {
  const { env, clock } = world;
  const file = policyFileOf(options, env);
  let loaded: LoadedPolicy;
  try {
    loaded = await loadPolicy(file);
  } catch (error) {
    if (options.json !== true || !(error instanceof PolicyError)) throw error;
    world.stdout.write(`${jsonText(checkToJson(file, error.problems, []))}\n`);
    return error.exitCode;
  }

  const uri = { uriFile: options.uriFile, env };
  const now = clock().getTime();
  const localZone = zoneFor(loaded.policy, world);
  const stateDir = stateDirOf(options.stateDir, env);
  const items = hasUri(uri)
    ? await checkOnline(loaded, await readUri(uri), stateDir, world)
    : policyItems(
        loaded,
        [
          ...lint(loaded.policy, { now, localZone, ...serverDefaults }),
          ...lintMemory(loaded.policy, stateDir, await readFirstSeen(stateDir)),
        ],
        { now, localZone },
      );
  const text =
    options.json === true
      ? jsonText(checkToJson(file, [], items))
      : checkToText(items, hasUri(uri), styleFor(world.stdout, env)).join('\n');
  world.stdout.write(`${text}\n`);
  return Math.max(ExitCode.done, ...items.map(({ exitCode }) => exitCode ?? ExitCode.done));
}

async function checkOnline(
  loaded: LoadedPolicy,
  uri: string,
  stateDir: string,
  world: World,
): Promise<CheckItem[]> {
  await using deployment = await connect({ uri, onClient: world.onClient });
  const { policy } = loaded;
  const { clock } = world;
  const localZone = zoneFor(policy, world);
  const needed = neededActions({
    kills: !endsNothing(policy),
    ends: policy.endSessions,
    topology: deployment.topology,
  });
  const mayList = needed.every(({ action, required }) => !required || deployment.account.actions.has(action));
  const firstSeen = await readFirstSeen(stateDir);
  const seen = mayList
    ? await survey(deployment, policy, { uidOf: rememberingUidOf(), localZone, firstSeen })
    : undefined;
  const clientTime = clock().getTime();
  const { sessionTimeoutMinutes, refreshMillis, membersComplete } = deployment;
  const now = seen?.snapshot.serverTime ?? clientTime;
  const warnings = lint(policy, { now, localZone, sessionTimeoutMinutes, refreshMillis, membersComplete });
  if (seen !== undefined) {
    warnings.push(...lintListing(policy, seen.snapshot.sessions, seen.contextOf(seen.snapshot)));
  }
  warnings.push(...lintMemory(policy, stateDir, firstSeen));
  return [
    ...policyItems(loaded, warnings, { now, localZone }),
    ...deploymentItems(deployment, needed, seen?.seen, clientTime),
  ];
}

/** The local zone is asked for only where the policy does: TZ may name none. */
function zoneFor({ timeIntervals }: Policy, world: World): string {
  return localZoneFor([...timeIntervals.values()].flat(), world);
}

/** `older_than` is only as old as the memory of the state directory. */
function lintMemory(policy: Policy, stateDir: string, firstSeen: FirstSeen | undefined): Warning[] {
  if (!needsOf(policy).has('first-seen') || (firstSeen !== undefined && firstSeen.size > 0)) return [];
  const words =
    firstSeen === undefined
      ? `cannot be decided: what ${stateDir} remembers cannot be read by this user`
      : `counts from the first run on: ${stateDir} remembers no session yet; --state-dir names that of the runs`;
  return [{ about: 'older_than', message: words }];
}
