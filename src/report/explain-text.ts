import wrapAnsi from 'wrap-ansi';
import type { Truth } from '../decide/truth.ts';
import type { ExplainedCondition } from './explain-condition.ts';
import { factsOf } from './explain-facts.ts';
import type { ExplainJson } from './explain.ts';
import type { Style } from './style.ts';
import { visible } from './visible.ts';

type Explained = ExplainJson['sessions'][number];

/** Takes an explanation and returns its lines for a person. */
export function explainToText(json: ExplainJson, style: Style): string[] {
  const { paint } = style;
  const { policy, sessions } = json;
  const at = json.decided_for === json.server_time ? 'now' : `at ${json.decided_for}`;
  const head = `reaper explain: ${visible(json.asked)} ${at} · policy ${visible(policy.name)}`;
  const notes = [
    ...(json.not_required === undefined
      ? []
      : [`Termination is documented as not required, so no rule counts: ${visible(json.not_required)}`]),
    ...(policy.mode === 'report' ? ['The policy is in mode report: a run under it ends nothing.'] : []),
    ...json.silent_members.map((member) => `Member ${visible(member)} did not answer.`),
  ];
  if (sessions.length === 0) {
    notes.push(
      json.asked.includes('@')
        ? 'This user has no listed session: nothing to decide. Names count exactly as listed; `reaper list` shows them.'
        : 'No such session is listed: nothing to decide. `reaper list --json` shows all ids.',
    );
  }
  return [
    ...hang(0, '', paint.bold(head), style),
    ...notes.flatMap((note) => hang(0, '', note, style)),
    ...sessions.flatMap((session) => ['', ...sessionLines(session, style)]),
  ];
}

const label = (word: string): string => word.padEnd(12);

function sessionLines(session: Explained, style: Style): string[] {
  const { paint } = style;
  const uid = `uid ${session.lsid.uid}`;
  const facts = factsOf(session).flatMap(([word, text]) => hang(2, label(word), text, style));
  const exemptions = session.exemptions.flatMap((each) =>
    groupLines('exemption', each, each.because === undefined ? '' : `, because: ${each.because}`, style),
  );
  const rules = session.rules.flatMap((each) =>
    groupLines(
      'rule',
      each,
      `${each.terminate === 'user' ? ', ends the whole user' : ''}${each.overrides_exemptions ? ', beats exemptions' : ''}`,
      style,
    ),
  );
  return [
    ...hang(
      0,
      '',
      paint.bold(`${visible(session.user ?? `owner unknown, ${uid}`)} · ${session.lsid.id}`),
      style,
    ),
    ...hang(2, label('verdict'), verdictWords(session, style), style),
    ...facts,
    ...(session.built_in_exemption === null
      ? []
      : hang(2, mark(true, style), `exemption ${visible(session.built_in_exemption)}`, style)),
    ...exemptions,
    ...rules,
  ];
}

function verdictWords({ verdict, rule, because, already_ended: ended }: Explained, { paint }: Style): string {
  const paints = {
    terminate: paint.magenta,
    indeterminate: paint.yellow,
    exempt: paint.green,
    retain: paint.green,
  };
  // The reason of what cannot be decided names the rule or the exemption itself.
  const named = rule === null || verdict === 'indeterminate' ? '' : `${visible(rule)}: `;
  const again = ended ? ' (an earlier run ended it, and no later use was seen: nothing is sent again)' : '';
  return `${paints[verdict](verdict)} · ${named}${visible(because)}${again}`;
}

interface Group {
  readonly name: string;
  readonly result: Truth;
  readonly conditions: readonly ExplainedCondition[];
}

function groupLines(kind: string, { name, result, conditions }: Group, more: string, style: Style): string[] {
  return [
    ...hang(2, mark(result, style), `${kind} ${style.paint.bold(visible(name))}${visible(more)}`, style),
    ...conditions.flatMap((each) => conditionLines(each, 4, style)),
  ];
}

function conditionLines(each: ExplainedCondition, indent: number, style: Style): string[] {
  const { condition, result, because, source, branches = [] } = each;
  const start = mark(result, style);
  // What a combination compared is said by its parts.
  if (branches.length === 0)
    return hang(indent, start, `${condition}: ${visible(because)} [${visible(source)}]`, style);
  return [
    ...hang(indent, start, `${condition}:`, style),
    ...branches.flatMap((branch, at) => [
      ...(at === 0 ? [] : [`${' '.repeat(indent + 2)}or`]),
      ...branch.flatMap((inner) => conditionLines(inner, indent + 2, style)),
    ]),
  ];
}

const markWidth = 9;

function mark(result: Truth, { paint }: Style): string {
  const word = String(result).padEnd(markWidth);
  if (result === 'unknown') return paint.yellow(word);
  return result ? paint.bold(word) : paint.dim(word);
}

/** A line that begins with `start`, and goes on below the text behind it. */
function hang(indent: number, start: string, text: string, { width }: Style): string[] {
  // Marks and labels have no wide characters, but colours.
  // oxlint-disable-next-line no-control-regex -- colours are control characters
  const startWidth = start.replace(/\u001b\[\d+m/g, '').length;
  const deep = Math.min(indent, Math.floor(width / 3));
  const lines = wrapAnsi(text, width - deep - startWidth, { hard: true }).split('\n');
  return lines.map((line, at) => ' '.repeat(deep) + (at === 0 ? start : ' '.repeat(startWidth)) + line);
}
