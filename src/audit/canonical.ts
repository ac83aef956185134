import canonicalize from 'canonicalize';
import type { JsonValue } from './json-value.ts';

/**
 * Takes plain data and returns it as RFC 8785 canonical JSON. Half a character, which a shell lets through in a
 * reason, has no canonical form and becomes U+FFFD.
 *
 * `JSON.stringify` writes numbers and texts as the RFC wants them, so only the order of keys is left to do: many times
 * faster than the library, which is asked where an engine would have an order of its own.
 */
export function canonicalJson(value: JsonValue): string {
  const odd = { found: false };
  const text = JSON.stringify(ordered(value, odd));
  return odd.found ? libraryJson(JSON.parse(text)) : text;
}

/** The same by the library, for JSON that was read: throws a TypeError or an Error for what has no canonical form. */
export function libraryJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('nothing to write');
  return text;
}

/** What is in order already is returned as it is: to copy a hundred thousand sessions would take longer than to write them. */
function ordered(value: JsonValue, odd: { found: boolean }): JsonValue {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('no number of JSON');
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    const sorted = items.map((each) => ordered(each, odd));
    return sorted.every((each, at) => each === items[at]) ? items : sorted;
  }
  const given = value as Readonly<Record<string, JsonValue>>;
  const keys = Object.keys(given);
  if (!areInOrder(keys)) return sortedBy(keys.sort(), given, odd);
  let changed: Record<string, JsonValue> | undefined;
  for (const key of keys) {
    const each = given[key];
    const found = ordered(each, odd);
    if (found !== each) (changed ??= { ...given })[key] = found;
  }
  return changed ?? given;
}

/** Also whether they are such as an object keeps in the order in which they came. */
function areInOrder(keys: readonly string[]): boolean {
  // Digits come before ':'.
  return keys.every(
    (key, at) =>
      key >= ':' && key !== '__proto__' && key.isWellFormed() && (at === 0 || key > (keys[at - 1] ?? key)),
  );
}

function sortedBy(
  keys: readonly string[],
  given: Readonly<Record<string, JsonValue>>,
  odd: { found: boolean },
): JsonValue {
  const sorted: Record<string, JsonValue> = {};
  for (const key of keys) {
    // Such keys come first in every object, and `__proto__` would not come at all.
    if (/^\d/.test(key) || key === '__proto__') odd.found = true;
    const each = given[key];
    if (each !== undefined) set(sorted, key.toWellFormed(), ordered(each, odd));
  }
  return sorted;
}

function set(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true });
  else object[key] = value;
}
