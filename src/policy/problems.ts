import type { z } from 'zod';
import type { Place } from '../errors.ts';
import { nearestName } from '../nearest.ts';
import { visible } from '../report/visible.ts';
import type { Finding } from './cross-check.ts';
import type { YamlProblem } from './parse-yaml.ts';
import { placeAt, placeOf, type Source } from './places.ts';

/** One thing that is wrong with a policy: where, and what to write instead. */
export interface Problem {
  readonly place: Place;
  /** `rules[1].when`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

/** What a file is to mend at once. More of them are of one kind, and too many to read. */
export const mostProblems = 200;

/** Turns what the parser complains of into problems, the first of them in the order of the file. */
export function problemsOfYaml(problems: readonly YamlProblem[], source: Source): Problem[] {
  return [...problems]
    .sort((a, b) => a.offset - b.offset)
    .slice(0, mostProblems)
    .map(({ offset, message }) => ({
      place: placeAt(offset, source),
      path: '',
      message: oneLine(`YAML: ${message}`),
    }));
}

/** Turns the schema's issues into problems; one unknown key is one problem. */
export function problemsOfIssues(issues: readonly z.core.$ZodIssue[], source: Source): Problem[] {
  return issues
    .slice(0, mostProblems)
    .flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [problem(issue.path, messageOf(issue, source), source)];
      const allowed = issue.message.split(', ');
      return issue.keys.slice(0, mostProblems).map((key) => ({
        place: placeOf([...issue.path, key], source, 'key'),
        path: wordPath(issue.path),
        message: oneLine(`unknown key ${show(key)}${nearest(key, allowed)}; allowed: ${issue.message}`),
      }));
    })
    .slice(0, mostProblems);
}

/** Turns what `crossCheck` found into problems. */
export function problemsOfFindings(findings: readonly Finding[], source: Source): Problem[] {
  return findings.slice(0, mostProblems).map(({ path, message, found, allowed }) => {
    if (found === undefined || allowed === undefined) return problem(path, message, source);
    const choice = allowed.length === 0 ? 'this policy defines none' : `defined: ${namesOf(allowed)}`;
    return problem(path, `${show(found)}: ${message}${nearest(found, allowed)}; ${choice}`, source);
  });
}

/** More than this nobody reads in a line. */
const mostNames = 50;

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ');
  return names.length <= mostNames ? shown : `${shown} and ${names.length - mostNames} more`;
}

function problem(path: readonly PropertyKey[], message: string, source: Source): Problem {
  return { place: placeOf(path, source, 'value'), path: wordPath(path), message: oneLine(message) };
}

/** A message quotes what somebody wrote, which may be the whole file; its own words are around that. */
const longest = 1000;
const longestEnd = 400;

/** Short enough to read, and one line: keys and values may have line ends of their own. */
function oneLine(text: string): string {
  if (text.length <= longest) return visible(text);
  return visible(`${text.slice(0, longest - longestEnd)}…${text.slice(-longestEnd)}`);
}

function messageOf(issue: z.core.$ZodIssue, source: Source): string {
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    source.value,
  );
  if (value === undefined) return `missing; ${issue.message}`;
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const start = `found ${show(value)}`;
    if (allowed.length === 1) return `${start}; ${issue.message}`;
    return `${start}${typeof value === 'string' ? nearest(value, allowed) : ''}; allowed: ${allowed.join(', ')}`;
  }
  // A message of our own that quotes the value needs no second quotation.
  if (issue.code === 'custom') return issue.message;
  return `found ${show(value)}; ${issue.message}`;
}

/** The nearest of the allowed names, in words, if one is near enough to be meant. */
export function nearest(found: string, allowed: readonly string[]): string {
  const name = nearestName(found, allowed);
  return name === undefined ? '' : ` (did you mean ${JSON.stringify(name)}?)`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (value === null) return 'nothing';
  // JSON has no NaN and no Infinity.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function wordPath(path: readonly PropertyKey[]): string {
  const words = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return oneLine(words.join('').replace(/^\./, ''));
}
