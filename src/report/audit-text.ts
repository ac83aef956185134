import type { ChainState, Evidence, FindingStatus, Step } from '../audit/evidence.ts';
import { formatDuration } from '../policy/duration.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

const statusWords: Record<FindingStatus, string> = {
  not_a_finding: 'NOT A FINDING',
  open: 'OPEN',
  not_reviewed: 'NOT REVIEWED',
};

const stateWords: Record<Step['state'], string> = {
  shown: 'shown',
  contradicted: 'CONTRADICTED',
  unseen: 'not seen',
};

/** More of these than a person reads; `--json` has them all. */
const mostRows = 20;

/** Takes the evidence and returns its lines for a person, the status first. */
export function auditToText(evidence: Evidence, style: Style): string[] {
  const { paint, width } = style;
  const { stig, status } = evidence;
  const colour = { not_a_finding: paint.green, open: paint.red, not_reviewed: paint.yellow }[status];
  const where = evidence.deployment === undefined ? '' : ` · ${visible(evidence.deployment)}`;
  return [
    ...wrap(`${stig.groupId} ${stig.ruleTitle}`, width),
    '',
    paint.bold(colour(statusWords[status])) + where,
    ...evidence.reasons.flatMap((reason) => bullet(visible(reason), width)),
    ...(evidence.attestation === undefined
      ? []
      : bullet(`Attested: ${visible(evidence.attestation)}`, width)),
    ...evidence.steps.flatMap((step, number) => ['', ...stepLines(step, number, style)]),
    ...runLines(evidence, style),
    ...endedLines(evidence, style),
    ...openEndLines(evidence, style),
    ...serverLines(evidence, style),
    '',
    paint.bold('Audit log'),
    ...logLines(evidence, style),
    '',
    ...wrap(
      `${time(evidence.at)} · ${visible(evidence.host)} · reaper ${evidence.version} · window since ${time(evidence.since)}`,
      width,
    ),
  ];
}

function logLines({ chain, auditLog }: Evidence, style: Style): string[] {
  if (chain.files.length > 0 || !chain.intact) return chainToText(chain, style);
  return indent(`there is none: ${visible(auditLog)}`, style.width);
}

/** Takes the state of the log and returns its lines: whether it is intact, else the first places where it is not. */
export function chainToText(chain: ChainState, style: Style): string[] {
  const { intact, faults, torn, lines, files, head } = chain;
  const { paint, width } = style;
  const count = `${lines} ${lines === 1 ? 'line' : 'lines'} in ${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  const tornWords = torn === 0 ? '' : `, ${torn} torn by a crash and accounted for`;
  const ends = [
    ...beginningOf(chain).flatMap((sentence) => indent(sentence, width)),
    ...(head === undefined ? [] : indent(`last line ${head.sequence}, ${head.hash}`, width)),
  ];
  if (intact) return [...indent(`${paint.green('intact')}: ${count}${tornWords}`, width), ...ends];
  return [
    ...indent(`${paint.red('CHANGED')}: ${count}${tornWords}`, width),
    ...faults.flatMap(({ file, line, problem }) =>
      indent(`${visible(file)}:${line}: ${visible(problem)}`, width),
    ),
    ...ends,
  ];
}

/** A log that does not begin at its beginning proves nothing of what came before. */
function beginningOf({ first, after }: ChainState): string[] {
  if (first === undefined || first.sequence === 1) return [];
  const follows = after === undefined ? '' : ` and is said to follow ${visible(after)}`;
  return [
    `begins with line ${first.sequence}; what came before was not seen`,
    `line ${first.sequence} is of ${time(first.at)}${follows}`,
  ];
}

function stepLines({ title, asked, state, because, facts }: Step, number: number, style: Style): string[] {
  const { paint, width } = style;
  const colour = { shown: paint.green, contradicted: paint.red, unseen: paint.yellow }[state];
  return [
    `${paint.bold(`(${number}) ${title}`)} · ${colour(stateWords[state])}`,
    ...indent(paint.dim(`“${asked}”`), width),
    ...because.flatMap((sentence) => indent(visible(sentence), width)),
    ...facts.flatMap(({ label, values }) =>
      values.length === 1
        ? indent(`${label}: ${visible(values[0] ?? '')}`, width)
        : [...indent(`${label}:`, width), ...values.flatMap((value) => indent(visible(value), width, 4))],
    ),
  ];
}

function runLines({ runs, gaps, longestGap }: Evidence, { paint, width }: Style): string[] {
  const count = (state: string): number => runs.filter((run) => run.state === state).length;
  const parts = [
    `${runs.length} in the window`,
    `${count('succeeded')} succeeded`,
    ...(['failed', 'unfinished', 'ended-nothing'] as const)
      .filter((state) => count(state) > 0)
      .map((state) => `${count(state)} ${state.replace('-', ' ')}`),
    ...(longestGap === undefined ? [] : [`longest gap ${formatDuration(longestGap)}`]),
  ];
  return [
    '',
    paint.bold('Runs'),
    ...indent(parts.join(' · '), width),
    ...gaps.flatMap(({ from, to }) =>
      indent(paint.red(`gap of ${formatDuration(to - from)}: ${time(from)} to ${time(to)}`), width),
    ),
  ];
}

function endedLines({ ended }: Evidence, { paint, width }: Style): string[] {
  if (ended.length === 0) return [];
  const rows = ended
    .toSorted((a, b) => b.ended + b.killed - (a.ended + a.killed))
    .map((each) => [
      visible(each.user),
      visible(each.rule),
      ...[each.ended, each.killed, each.failed, each.inDoubt].map(String),
    ]);
  return [
    '',
    paint.bold('Ended, by user and rule'),
    ...table(
      [
        { heading: 'USER', most: 30 },
        { heading: 'RULE', most: 24 },
        { heading: 'ENDED', most: 7 },
        { heading: 'KILLED', most: 7 },
        { heading: 'FAILED', most: 7 },
        { heading: 'IN DOUBT', most: 10 },
      ],
      rows.slice(0, mostRows),
      width - 2,
    ).map((line) => `  ${line}`),
    ...more(rows.length),
  ];
}

function openEndLines({ openEnds }: Evidence, { paint, width }: Style): string[] {
  if (openEnds.length === 0) return [];
  return [
    '',
    paint.bold(paint.red('Left open')),
    ...openEnds.slice(0, mostRows).flatMap(({ state, user, sessionId, runId }) => {
      const who = `${visible(user ?? 'unknown owner')}${sessionId === undefined ? '' : `, session ${visible(sessionId)}`}`;
      const what = state === 'in_doubt' ? 'in doubt whether it ended' : 'planned, and never attempted';
      return indent(`${who}: ${what} (run ${visible(runId)})`, width);
    }),
    ...more(openEnds.length),
  ];
}

function serverLines({ confirmation }: Evidence, { paint, width }: Style): string[] {
  if (confirmation === undefined) return [];
  const { file, confirmed, missing, foreign, moreForeign, cursorsClosed } = confirmation;
  return [
    '',
    paint.bold(`The server’s log (${visible(file)})`),
    ...indent(`${confirmed} of reaper’s kills confirmed, ${cursorsClosed} cursors closed by kills`, width),
    ...missing
      .slice(0, mostRows)
      .flatMap(({ runId, at, user }) =>
        indent(
          paint.red(`missing: ${time(at)} ${visible(user ?? 'unknown owner')} (run ${visible(runId)})`),
          width,
        ),
      ),
    ...more(missing.length),
    ...foreign
      .slice(0, mostRows)
      .flatMap(({ at, by, command, because }) =>
        indent(
          paint.yellow(
            `not sent by reaper: ${time(at)} ${visible(by)}: ${visible(command)} (${visible(because)})`,
          ),
          width,
        ),
      ),
    ...more(foreign.length + moreForeign),
  ];
}

function more(count: number): string[] {
  return count > mostRows ? [`  and ${count - mostRows} more: --json shows them all`] : [];
}

function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

function indent(text: string, width: number, by = 2): string[] {
  return wrap(text, width - by).map((line) => `${' '.repeat(by)}${line}`);
}

function bullet(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`);
}
