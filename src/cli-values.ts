import { InvalidArgumentError } from 'commander';
import { parseDuration } from './policy/duration.ts';

// What an option's text means; a wrong one is told with what is expected.

/** From 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.');
  return Number(text);
}

/** Returns ms. */
export function lengthOfTime(text: string): number {
  const millis = parseDuration(text);
  if (millis === undefined) throw new InvalidArgumentError('Expected a length of time as 90m, 10h or 2d.');
  return millis;
}

/** Returns ms since the epoch. */
export function instant(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Expected a time as 2026-11-22T18:30:00Z.');
  return at;
}

/** From 0 to 100. */
export function percentage(text: string): number {
  if (!/^\d{1,3}(\.\d+)?$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError('Expected a number from 0 to 100.');
  return Number(text);
}
