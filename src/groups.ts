/** Puts together what is alike, in the order of the first of each; no group has more than `most`. */
export function groupsOf<T>(
  items: Iterable<T>,
  alike: (item: T) => string,
  most = Number.POSITIVE_INFINITY,
): (readonly [T, ...T[]])[] {
  const groups: [T, ...T[]][] = [];
  const open = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = alike(item);
    const group = open.get(key);
    if (group !== undefined && group.length < most) group.push(item);
    else {
      const next: [T, ...T[]] = [item];
      open.set(key, next);
      groups.push(next);
    }
  }
  return groups;
}
