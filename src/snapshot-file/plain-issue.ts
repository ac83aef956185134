import type { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  string: 'some text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map',
};

/** What is wrong with a value of a snapshot file, for who knows no schemas; undefined where the schema says it itself. */
export function plainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  const { code } = issue;
  if (issue.input === undefined) return 'is missing';
  if (code === 'invalid_type') return `expected ${kinds[issue.expected] ?? issue.expected}`;
  if (code === 'invalid_value')
    return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (code === 'invalid_format' && issue.format === 'datetime')
    return 'expected a time as 2026-11-22T18:30:00Z';
  if (code === 'too_small')
    return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
  if (code === 'too_big') return `expected at most ${issue.maximum}`;
  return undefined;
}
