/**
 * Puts together what has all traits in common, in the order of the first of each; no group has more than `most`.
 * Traits are compared as keys of a Map are, and not joined into a text, which could come out alike for others.
 */
export function groupsOf<T>(
  items: Iterable<T>,
  traits: (item: T) => readonly unknown[],
  most = Number.POSITIVE_INFINITY,
): (readonly [T, ...T[]])[] {
  const groups: [T, ...T[]][] = [];
  const root = newBranch<T>();
  for (const item of items) {
    let branch = root;
    for (const trait of traits(item)) {
      const next = branch.by.get(trait) ?? newBranch<T>();
      branch.by.set(trait, next);
      branch = next;
    }
    if (branch.open !== undefined && branch.open.length < most) branch.open.push(item);
    else groups.push((branch.open = [item]));
  }
  return groups;
}

interface Branch<T> {
  readonly by: Map<unknown, Branch<T>>;
  /** The last group of those with these traits. */
  open: [T, ...T[]] | undefined;
}

function newBranch<T>(): Branch<T> {
  return { by: new Map(), open: undefined };
}
