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
  if (millis === undefined)
    throw new InvalidArgumentError(
      'Expected a length of time, longer than zero, at most 3650d, as 90m, 10h or 2d.',
    );
  return millis;
}

/** As a run or `audit verify` prints it, with the number of its line before it or without. */
export function hash(text: string): string {
  const [, found] = /^(?:\d{1,15},? )?(sha256:[\da-f]{64})$/i.exec(text.trim()) ?? [];
  if (found === undefined)
    throw new InvalidArgumentError(
      `Expected a hash as reaper prints it, sha256: and 64 hex digits, as sha256:${example}.`,
    );
  return found.toLowerCase();
}

const example = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Returns ms since the epoch. Without an offset it would be this host’s own time, and a day that the month does not
 * have one of the next. The same as in a file of policy tests, without what parses these: it would slow every start.
 */
export function instant(text: string): number {
  const [, local] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const at = Date.parse(text);
  if (local === undefined || Number.isNaN(at) || !isWhatItSays(local))
    throw new InvalidArgumentError(
      'Expected a time with its offset, as 2026-11-22T18:30:00Z or 2026-11-22T18:30:00-05:00.',
    );
  return at;
}

/** Whether day and hour come back as they were read: the 30th of February and 24:00 do not. */
function isWhatItSays(local: string): boolean {
  return new Date(`${local}Z`).toISOString().slice(0, 16) === local.slice(0, 16);
}

/** From 0 to 100. */
export function percentage(text: string): number {
  if (!/^\d{1,3}(\.\d+)?$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError('Expected a number from 0 to 100.');
  return Number(text);
}
