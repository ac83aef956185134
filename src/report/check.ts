import type { Problem } from '../policy/problems.ts';
import type { CheckItem } from './check-items.ts';
import type { Style } from './style.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

/** Takes what `reaper check` found and returns its lines for a person. */
export function checkToText(items: readonly CheckItem[], online: boolean, { paint, width }: Style): string[] {
  const marks = { ok: paint.green('ok     '), warning: paint.yellow('warning'), error: paint.red('error  ') };
  const indent = ' '.repeat(9);
  const lines = items.flatMap(({ level, topic, message, remedy }) => {
    const text = `${paint.bold(visible(topic))}: ${visible(message)}${remedy === undefined ? '' : `\n→ ${visible(remedy)}`}`;
    const [first = '', ...rest] = wrap(text, width - indent.length);
    return [`${marks[level]}  ${first}`, ...rest.map((line) => indent + line)];
  });
  const counts = (['error', 'warning'] as const)
    .map((level) => ({ level, many: items.filter((item) => item.level === level).length }))
    .map(({ level, many }) => `${many} ${level}${many === 1 ? '' : 's'}`);
  const scope = online
    ? 'policy and deployment checked'
    : 'policy checked; no connection string, so no deployment';
  return [...lines, '', paint.bold(`${counts.join(' · ')} · ${scope}`)];
}

/** Takes what `reaper check` found and returns it as JSON; `problems` make a policy invalid. */
export function checkToJson(file: string, problems: readonly Problem[], items: readonly CheckItem[]): object {
  return {
    policy_file: file,
    ok: problems.length === 0 && items.every(({ level }) => level !== 'error'),
    problems: problems.map(({ place, path, message }) => ({
      line: place.line,
      column: place.column,
      path,
      message,
    })),
    items: items.map(({ level, topic, message, remedy }) => ({
      level,
      topic,
      message,
      ...(remedy !== undefined && { remedy }),
    })),
  };
}
