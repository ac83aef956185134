import type { Evidence, FoundSchedule, Step } from '../../audit/evidence.ts';
import { formatDuration } from '../../policy/duration.ts';
import { harmless } from './harmless.ts';
import { statusWords, timeOf } from './words.ts';

/** STIG Manager cuts what is longer, and a spreadsheet’s cell holds no more. */
export const mostCharacters = 32_767;

/** Takes the evidence and returns what a checklist says in its finding details: at most `mostCharacters`, and if it had to be cut, it says so. */
export function findingDetails(evidence: Evidence): string {
  // What proves the evidence itself comes first, so that it is never cut.
  return cut([
    `${evidence.stig.groupId} (${evidence.stig.ruleId}): ${statusWords[evidence.status].shown}`,
    ...identityLines(evidence),
    '',
    'Why:',
    ...evidence.reasons.map((reason) => `- ${harmless(reason)}`),
    '',
    'The check text, step by step:',
    ...evidence.steps.flatMap(stepLines),
    '',
    ...scheduleLines(evidence),
    '',
    ...workLines(evidence),
  ]);
}

/** Takes the evidence and returns what tells it from any other, and proves it: a line each. */
export function identityLines(evidence: Evidence): string[] {
  const { at, version, host, deployment, policy, attestation, auditLog, chain } = evidence;
  const { head, intact, lines, faults } = chain;
  const state = intact ? 'intact' : `BROKEN in ${count(faults.length, 'place')}`;
  return [
    `Assessed ${timeOf(at)} by reaper ${harmless(version)} on ${harmless(host)}`,
    `Deployment: ${deployment === undefined ? 'not known' : harmless(deployment)}`,
    policy === undefined
      ? 'Policy: none was read'
      : `Policy: ${harmless(policy.name)} (${harmless(policy.file)}), sha256 ${harmless(policy.sha256)}`,
    `Audit log: ${harmless(auditLog)}, ${count(lines, 'line')}, its chain of hashes is ${state}`,
    head === undefined
      ? 'Head of the audit log: none, it is empty'
      : `Head of the audit log: ${harmless(head.hash)}, sequence ${head.sequence}`,
    ...(attestation === undefined ? [] : [`Attested: ${harmless(attestation)}`]),
  ];
}

const stateWords = { shown: 'shown', contradicted: 'CONTRADICTED', unseen: 'not seen' } as const;

function stepLines({ title, state, because }: Step, at: number): string[] {
  return [
    `${at + 1}. ${harmless(title)}: ${stateWords[state]}`,
    ...because.map((sentence) => `   ${harmless(sentence)}`),
  ];
}

function scheduleLines({ schedules, longestGap, since, at, gaps, runs }: Evidence): string[] {
  const succeeded = runs.filter(({ state }) => state === 'succeeded').length;
  const longest = longestGap === undefined ? 'not known' : formatDuration(longestGap);
  return [
    schedules.length === 0 ? 'Schedule: none was found' : 'Schedule:',
    ...schedules.map(scheduleLine),
    `Longest time without a successful run, from ${timeOf(since)} to ${timeOf(at)}: ${longest} (${count(runs.length, 'run')}, ${succeeded} succeeded)`,
    ...gaps.map(
      ({ from, to }) => `- none from ${timeOf(from)} to ${timeOf(to)} (${formatDuration(to - from)})`,
    ),
  ];
}

function scheduleLine({
  kind,
  where,
  says,
  longestGap,
  active,
  lastRun,
  nextRun,
  problems,
}: FoundSchedule): string {
  const parts = [
    `${kind} ${harmless(where)}: ${harmless(says)}`,
    longestGap === undefined ? 'how often is not known' : `at least every ${formatDuration(longestGap)}`,
    active === undefined ? 'not known whether active' : active ? 'active' : 'NOT ACTIVE',
    ...(lastRun === undefined ? [] : [`last ${timeOf(lastRun)}`]),
    ...(nextRun === undefined ? [] : [`next ${timeOf(nextRun)}`]),
    ...problems.map(harmless),
  ];
  return `- ${parts.join('; ')}`;
}

function workLines({ ended, openEnds, confirmation, chain }: Evidence): string[] {
  const sum = (key: 'ended' | 'killed' | 'failed' | 'inDoubt'): number =>
    ended.reduce((total, each) => total + each[key], 0);
  return [
    `Sessions: ${sum('ended')} ended, ${sum('killed')} killed, ${sum('failed')} failed, ${sum('inDoubt')} in doubt`,
    ...(confirmation === undefined
      ? []
      : [
          `The server’s log ${harmless(confirmation.file)}: ${count(confirmation.confirmed, 'command')} confirmed, ${confirmation.missing.length} missing, ${count(confirmation.foreign.length + confirmation.moreForeign, 'kill')} by others`,
        ]),
    ...chain.faults.map(
      ({ file, line, problem }) => `Fault of the audit log: ${harmless(file)}:${line}: ${harmless(problem)}`,
    ),
    openEnds.length === 0 ? 'Open ends: none' : `Open ends: ${openEnds.length}`,
    ...openEnds.map(
      ({ state, user, sessionId, runId }) =>
        `- ${state === 'in_doubt' ? 'in doubt' : 'not attempted'}: ${harmless(user ?? 'unknown user')}, session ${harmless(sessionId ?? 'unknown')}, run ${harmless(runId)}`,
    ),
    ...ended.map(
      (each) =>
        `- ${harmless(each.rule)}, ${harmless(each.user)}: ${each.ended} ended, ${each.killed} killed, ${each.failed} failed, ${each.inDoubt} in doubt`,
    ),
  ];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Leaves out whole lines at the end, so that none that is there can be read as something else. */
function cut(lines: readonly string[]): string {
  const text = lines.join('\n');
  if (text.length <= mostCharacters) return text;
  const notice = (left: number): string =>
    `… cut here, ${count(left, 'more line')}: reaper audit --json says all`;
  const room = mostCharacters - notice(lines.length).length;
  let used = 0;
  const kept: string[] = [];
  for (const line of lines) {
    used += line.length + 1;
    if (used > room) break;
    kept.push(line);
  }
  return [...kept, notice(lines.length - kept.length)].join('\n');
}
