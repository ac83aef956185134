import { leavesOf } from '../decide/combine.ts';
import { formatDuration } from '../policy/duration.ts';
import type { Policy } from '../policy/policy.ts';
import type { SimulateReport } from './simulate.ts';

/** What a simulation takes for granted. */
export function assumptionsOf({ saved, keepListed }: SimulateReport): string[] {
  const timeout = formatDuration(saved.sessionTimeoutMinutes * 60_000);
  return [
    'Nobody uses a session after the snapshot: idle times grow, what runs goes on, what is open stays open. No session begins.',
    keepListed
      ? 'Sessions stay listed however long they are unused.'
      : `A session without a running operation leaves the listing ${timeout} after its last use, which is this server’s session timeout (--keep-listed keeps it).`,
    'Reaper runs at each instant, ends what it plans, and holds the plan against the policy’s limits. Locks do not count.',
  ];
}

/** Why its result may not be what it seems. */
export function warningsOf({ saved, policy, against, steps }: SimulateReport): string[] {
  const warnings: string[] = [];
  const policies = [policy, ...(against === undefined ? [] : [against.policy])];
  const names = new Set(policies.flatMap(conditionNames));
  if (steps.from < saved.snapshot.serverTime) {
    warnings.push(
      'It begins before the snapshot was taken: sessions of that time that are gone, and uses before the last, are not known.',
    );
  }
  const lost = ['users', 'not_users', 'clients', 'apps'].filter((each) => names.has(each));
  if (saved.anonymised && lost.length > 0) {
    warnings.push(
      `The snapshot is anonymised, and the policy asks for ${lost.join(', ')}: names match nobody, clients and applications are unknown. The real sessions may fare otherwise.`,
    );
  }
  if (names.has('older_than') && saved.facts.firstSeen === undefined)
    warnings.push('The snapshot does not say when sessions were first seen: older_than cannot be decided.');
  if (saved.snapshot.silentMembers.length > 0)
    warnings.push(
      `Not in the snapshot, since they did not answer: ${saved.snapshot.silentMembers.join(', ')}.`,
    );
  for (const each of policies) {
    if (each.mode === 'report')
      warnings.push(`${each.name} is in mode report: a real run would end nothing.`);
    if (each.authority?.notRequired !== undefined)
      warnings.push(`${each.name} documents termination as not required: nothing ends.`);
  }
  return warnings;
}

function conditionNames({ rules, exemptions }: Pick<Policy, 'rules' | 'exemptions'>): string[] {
  return leavesOf([...rules, ...exemptions].flatMap(({ criteria }) => criteria)).map(
    ({ condition }) => condition,
  );
}
