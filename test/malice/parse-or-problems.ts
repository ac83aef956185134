import { expect } from 'vitest';
import { parsePolicy, PolicyError } from '../../src/policy/load.ts';
import type { Policy } from '../../src/policy/policy.ts';

/** The same cases at each run, and then some that nobody has tried; fast-check prints the seed of what fails. */
export const seed = 281_700;
export const fresh = 500;

/** A policy, or every problem of it; anything else that is thrown is a crash. */
export function parse(bytes: Uint8Array): Policy | PolicyError {
  try {
    return parsePolicy(bytes, 'policy.yaml');
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error;
  }
}

/** One line for each problem, each at a place that is there, and no stack among them. */
export function expectGoodWords({ message, remedy, problems }: PolicyError, bytes: Uint8Array): void {
  const lines = new TextDecoder().decode(bytes).split('\n').length;
  expect(problems.length).toBeGreaterThan(0);
  expect(message.split('\n')).toHaveLength(problems.length);
  expect(message).not.toMatch(/\n\s+at |\[object|undefined/);
  expect(remedy).toContain('reaper check --policy policy.yaml');
  for (const { place, message: words } of problems) {
    expect(place.line).toBeGreaterThanOrEqual(1);
    expect(place.line).toBeLessThanOrEqual(lines);
    expect(place.column).toBeGreaterThanOrEqual(1);
    expect(words).not.toBe('');
  }
}
