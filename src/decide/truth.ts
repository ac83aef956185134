/** Three-valued logic after Kleene (P1): what cannot be decided is neither true nor false. */
export type Truth = boolean | 'unknown';

export function not(value: Truth): Truth {
  return value === 'unknown' ? 'unknown' : !value;
}

/** True if all items are, false if one is not, else unknown. Tests no more of them than it must. */
export function all<T>(items: readonly T[], test: (item: T) => Truth): Truth {
  let result: Truth = true;
  for (const item of items) {
    const value = test(item);
    if (value === false) return false;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

/** True if one item is, false if none is, else unknown. Tests no more of them than it must. */
export function any<T>(items: readonly T[], test: (item: T) => Truth): Truth {
  let result: Truth = false;
  for (const item of items) {
    const value = test(item);
    if (value === true) return true;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}
