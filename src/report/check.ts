import { z } from 'zod';
import type { Problem } from '../policy/problems.ts';
import type { CheckItem } from './check-items.ts';
import type { Style } from './style.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

/** The shape of `reaper check --json`. */
export const checkJson = z.strictObject({
  policy_file: z.string(),
  ok: z.boolean().describe('No problem, and no item of level error.'),
  problems: z
    .array(
      z.strictObject({
        line: z.int().min(1),
        column: z.int().min(1),
        path: z.string().describe('As rules[1].when; empty for the document itself.'),
        message: z.string(),
      }),
    )
    .describe('What makes the policy invalid; with any of them nothing else was checked.'),
  items: z.array(
    z.strictObject({
      level: z.enum(['ok', 'warning', 'error']),
      topic: z.string(),
      message: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

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
export function checkToJson(
  file: string,
  problems: readonly Problem[],
  items: readonly CheckItem[],
): z.output<typeof checkJson> {
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
