import { ExitCode } from '../exit-code.ts';
import { closing, exposureWords } from '../exposure.ts';
import { grantCommand, type NeededAction } from '../mongo/needed-actions.ts';
import type { Deployment } from '../mongo/deployment.ts';
import type { Look } from '../mongo/look.ts';
import { formatDuration } from '../policy/duration.ts';
import type { Warning } from '../policy/lint.ts';
import type { LoadedPolicy } from '../policy/load.ts';
import { isOpen, nextChange, zoneOf, type NamedInterval } from '../policy/time-interval.ts';

/** One line of `reaper check`. */
export interface CheckItem {
  readonly level: 'ok' | 'warning' | 'error';
  readonly topic: string;
  readonly message: string;
  readonly remedy?: string;
  /** The exit status that this item asks for. */
  readonly exitCode?: number;
}

/** Clocks further apart than this are worth a word; reaper itself compares with the server's alone (L8). */
const notableSkew = 2_000;

/** What the policy says, and what the lint has to say of it. */
export function policyItems(
  { policy, sha256, exposure }: LoadedPolicy,
  warnings: readonly Warning[],
  { now, localZone }: { readonly now: number; readonly localZone: string },
): CheckItem[] {
  const counts = `${count(policy.rules.length, 'rule')}, ${count(policy.exemptions.length, 'exemption')}`;
  const items: CheckItem[] = [
    {
      level: 'ok',
      topic: 'policy',
      message: `${policy.name}: ${counts}, mode ${policy.mode}, sha256 ${sha256.slice(0, 12)}…`,
    },
  ];
  if (exposure !== undefined) {
    items.push({
      level: 'warning',
      topic: 'policy',
      message: exposureWords(exposure, 'decide whose sessions end'),
      remedy: closing(exposure),
    });
  }
  if (policy.authority?.notRequired !== undefined) {
    items.push({
      level: 'ok',
      topic: 'policy',
      message: `termination is documented as not required: ${policy.authority.notRequired}`,
    });
  }
  for (const [name, interval] of policy.timeIntervals) {
    const message = nextChanges(interval, now, localZone);
    if (message !== undefined) items.push({ level: 'ok', topic: `time interval ${name}`, message });
  }
  return [
    ...items,
    ...warnings.map(({ about, message }): CheckItem => ({
      level: 'warning',
      topic: about ?? 'policy',
      message,
    })),
  ];
}

/** The next opening and closing, whichever comes first; undefined if there is neither, which the lint says. */
function nextChanges(interval: NamedInterval, now: number, localZone: string): string | undefined {
  const next = nextChange(interval, now, localZone);
  if (next === undefined) return undefined;
  const zones = [...new Set(interval.map((each) => zoneOf(each, localZone)))];
  const open = isOpen(interval, now, localZone);
  const [first, second] = open ? ['closes', 'opens'] : ['opens', 'closes'];
  const after = nextChange(interval, next, localZone);
  const then = after === undefined ? 'no more in the five years after that' : wallClocks(after, zones);
  return `${open ? 'open' : 'closed'} now, ${first} ${wallClocks(next, zones)}, ${second} ${then}`;
}

/** What the deployment and the account are like. `seen` is undefined if the account may not look. */
export function deploymentItems(
  deployment: Deployment,
  needed: readonly NeededAction[],
  seen: Look | undefined,
  clientTime: number,
): CheckItem[] {
  const { account, membersComplete } = deployment;
  const versions = [...new Set(deployment.members.flatMap(({ version }) => version ?? []))].join(', ');
  const items: CheckItem[] = [
    {
      level: 'ok',
      topic: 'server',
      message: `MongoDB ${versions}, ${deployment.topology} ${deployment.name}, unused sessions forgotten after ${deployment.sessionTimeoutMinutes}m, refresh every ${deployment.refreshMillis < 1000 ? `${deployment.refreshMillis}ms` : formatDuration(deployment.refreshMillis)}${deployment.refreshMillisKnown ? '' : ' (the default; not asked for lack of getParameter)'}`,
    },
    ...memberItems(deployment, seen),
    ...privilegeItems(deployment, needed),
  ];
  if (!membersComplete) {
    items.push({
      level: 'warning',
      topic: 'members',
      message:
        deployment.topology === 'sharded'
          ? 'routers show what runs on them and on each shard’s primary only: idle_for keeps a margin of two refreshes, and killed sessions stay listed'
          : 'hidden members cannot be found without replSetGetConfig',
    });
  }
  if (seen === undefined) {
    return [
      ...items,
      { level: 'error', topic: 'sessions', message: 'not looked at, for lack of privileges' },
    ];
  }
  const skew = Math.abs(clientTime - seen.serverTime);
  if (skew > notableSkew) {
    items.push({
      level: 'warning',
      topic: 'clock',
      message: `this host and the primary differ by ${formatDuration(skew)}; idle time is reckoned by the server’s clock, so only the times in reports differ`,
    });
  }
  const listed = new Set(seen.collection.map(({ lsid }) => lsid.uid)).size;
  items.push({
    level: 'ok',
    topic: 'sessions',
    message: `${count(seen.collection.length, 'session')} of ${count(listed, 'user')} in config.system.sessions, seen as ${account.users.join(', ')}`,
  });
  return items;
}

function memberItems({ members }: Deployment, seen: Look | undefined): CheckItem[] {
  return members.map(({ address, role, version, error }): CheckItem => {
    const failure = error ?? seen?.errors.get(address);
    const topic = `member ${address}`;
    if (failure !== undefined) {
      return {
        level: 'error',
        topic,
        message: `does not answer: ${failure}`,
        remedy: 'while it is silent, idle_for cannot be decided and its cursors cannot be closed',
        exitCode: ExitCode.incomplete,
      };
    }
    const behind = seen?.members.find((member) => member.address === address)?.behind ?? 0;
    if (Math.abs(behind) <= notableSkew) return { level: 'ok', topic, message: `${role}, ${version}` };
    const direction = behind > 0 ? 'behind' : 'ahead of';
    return {
      level: 'warning',
      topic,
      message: `${role}, ${version}; its clock is ${formatDuration(Math.abs(behind))} ${direction} the primary’s`,
    };
  });
}

function privilegeItems({ account }: Deployment, needed: readonly NeededAction[]): CheckItem[] {
  return needed.map(({ action, required, reason }): CheckItem => {
    const topic = `privilege ${action}`;
    if (account.actions.has(action)) return { level: 'ok', topic, message: reason };
    const remedy = grantCommand([action]);
    if (!required) return { level: 'warning', topic, message: `missing: ${reason}`, remedy };
    return {
      level: 'error',
      topic,
      message: `missing, and required: ${reason}`,
      remedy,
      exitCode: ExitCode.noPermission,
    };
  });
}

/** The same moment in each zone. */
function wallClocks(at: number, zones: readonly string[]): string {
  const [here = '', ...elsewhere] = zones.map((zone) => wallClock(at, zone));
  return elsewhere.length === 0 ? here : `${here} (${elsewhere.join(', ')})`;
}

/** As a clock on the wall there shows it, with the zone. */
function wallClock(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return `${format.format(at)} ${timeZone}`;
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? '' : 's'}`;
}
