import { countsOf, sessionsOf, type RunResult } from '../run-result.ts';
import type { OutcomeName } from '../terminate/outcome.ts';
import { shownVerdicts } from './run-json.ts';
import { outcomeWords, sessionsTable } from './run-table.ts';
import type { Style } from './style.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

const banners = {
  enforce: 'ENFORCE',
  'dry-run': 'DRY RUN: nothing is ended',
  report: 'REPORT: nothing is ended',
} as const;

/** Takes a run's result and returns its lines for a person; `all` adds the sessions that live. */
export function runToText(result: RunResult, all: boolean, style: Style): string[] {
  const { paint, width } = style;
  const shown = shownVerdicts(result, all).filter((each) => each.verdict === 'terminate' || !each.builtIn);
  const banner = `${banners[result.mode]} · policy ${result.policy.name} · ${deploymentWords(result)}`;
  const footer = footerOf(result);
  if (shown.length === 0 && result.memberErrors.size === 0 && result.notRequired === undefined) {
    return [`reaper: nothing to end · ${result.mode} · ${footer}`];
  }
  return [
    ...wrap(paint.bold(`reaper: ${banner}`), width),
    ...notes(result, style),
    ...(shown.length === 0 ? [] : ['', ...sessionsTable(shown, result, style), '']),
    ...wrap(paint.bold(footer), width),
  ];
}

function deploymentWords({ deployment, memberErrors }: RunResult): string {
  const { name, members } = deployment;
  const answered = members.length - memberErrors.size;
  const count = memberErrors.size === 0 ? `${members.length}` : `${answered} of ${members.length}`;
  return `${visible(name)} (${count} ${members.length === 1 ? 'member' : 'members'})`;
}

function notes(result: RunResult, { paint, width }: Style): string[] {
  const lines: string[] = [];
  if (result.notRequired !== undefined) {
    lines.push(`Termination is documented as not required: ${visible(result.notRequired)}`);
  }
  for (const [address, error] of result.memberErrors) {
    lines.push(paint.yellow(`Member ${visible(address)} did not answer: ${visible(error)}`));
  }
  for (const { because } of result.exceeded) {
    lines.push(paint.red(`Beyond the limit, so nothing was ended: ${because}`));
  }
  if (result.exceeded.length > 0) {
    lines.push('To go through with it once: reaper run --limit-… NUMBER --force "REASON"');
  }
  return lines.flatMap((line) => wrap(line, width));
}

/** The last line, with the counts. */
function footerOf(result: RunResult): string {
  const counts = countsOf(result);
  const parts = [`${counts.listed} listed`];
  if (result.outcomes.size === 0) {
    if (counts.terminate > 0) parts.push(`${counts.terminate} to end`);
  } else {
    for (const name of Object.keys(outcomeWords) as OutcomeName[]) {
      if (counts[name] > 0 || name === 'ended') parts.push(`${counts[name]} ${outcomeWords[name]}`);
    }
  }
  const builtIn = result.verdicts
    .filter((each) => each.verdict === 'exempt' && each.builtIn)
    .reduce((sum, each) => sum + sessionsOf(each, result.standsFor), result.unread?.builtIn ?? 0);
  parts.push(
    `${counts.exempt} exempt${builtIn > 0 ? ` (${builtIn} built in)` : ''}`,
    `${counts.indeterminate} indeterminate`,
  );
  return parts.join(' · ');
}
