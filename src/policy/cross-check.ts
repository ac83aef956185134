import { z } from 'zod';

/** An error at a place in the document that no single field can see. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The names that would have been right, if there are any. */
  readonly allowed?: readonly string[];
  readonly found?: string;
}

const named = z.object({ name: z.string() });
const entries = z.array(z.unknown()).catch([]);
const map = z.record(z.string(), z.unknown());
const loose = map.catch({});

/**
 * Takes the policy as plain data, however broken, and returns what is wrong between its parts: names used
 * twice, time intervals that do not exist, no rules at all (P11).
 */
export function crossCheck(document: unknown): Finding[] {
  const { success, data: policy } = map.safeParse(document);
  if (!success) return [];
  const rules = entries.parse(policy['rules']);
  const exemptions = entries.parse(policy['exemptions']);
  const names = intervalNames(policy['time_intervals']);
  const known: Known = { names, set: new Set(names) };
  return [
    ...duplicates(rules, 'rules'),
    ...duplicates(exemptions, 'exemptions'),
    ...rules.flatMap((rule, at) => missingIntervals(loose.parse(rule)['when'], known, ['rules', at, 'when'])),
    ...exemptions.flatMap((exemption, at) => missingIntervals(exemption, known, ['exemptions', at])),
    ...noNames(policy['time_intervals']),
    ...withoutRules(policy, rules),
  ];
}

/** The time intervals of the policy. */
interface Known {
  readonly names: readonly string[];
  readonly set: ReadonlySet<string>;
}

function duplicates(list: readonly unknown[], key: string): Finding[] {
  const seen = new Set<string>();
  return list.flatMap((item, at) => {
    const parsed = named.safeParse(item);
    if (!parsed.success) return [];
    const { name } = parsed.data;
    if (seen.has(name)) {
      const message = `${JSON.stringify(name)} is the name of an earlier one; each needs a name of its own`;
      return [{ path: [key, at, 'name'], message }];
    }
    seen.add(name);
    return [];
  });
}

/** Also within `any_of` and `not`, however deep. */
function missingIntervals(when: unknown, known: Known, path: readonly PropertyKey[]): Finding[] {
  const conditions = loose.parse(when);
  const branches = entries.parse(conditions['any_of']);
  return [
    ...(['during', 'outside'] as const).flatMap((key) => missing(conditions[key], known, [...path, key])),
    ...branches.flatMap((branch, at) => missingIntervals(branch, known, [...path, 'any_of', at])),
    ...('not' in conditions ? missingIntervals(conditions['not'], known, [...path, 'not']) : []),
  ];
}

function missing(value: unknown, known: Known, path: readonly PropertyKey[]): Finding[] {
  const names = typeof value === 'string' ? [value] : entries.parse(value);
  return names.flatMap((name, at): Finding[] => {
    if (typeof name !== 'string' || known.set.has(name)) return [];
    return [
      {
        path: typeof value === 'string' ? path : [...path, at],
        message: 'no such time interval',
        found: name,
        allowed: known.names,
      },
    ];
  });
}

function intervalNames(value: unknown): string[] {
  if (!Array.isArray(value)) return Object.keys(loose.parse(value));
  return value.flatMap((item) => {
    const parsed = named.safeParse(item);
    return parsed.success ? [parsed.data.name] : [];
  });
}

/** As names these would be lost on the way, or were meant to copy another map’s intervals, which YAML 1.2 does not. */
function noNames(intervals: unknown): Finding[] {
  if (typeof intervals !== 'object' || intervals === null) return [];
  return ['__proto__', '<<']
    .filter((name) => Object.hasOwn(intervals, name))
    .map((name) => ({ path: ['time_intervals', name], message: `${name} is no name for a time interval` }));
}

function withoutRules(policy: Record<string, unknown>, rules: readonly unknown[]): Finding[] {
  const notRequired = loose.parse(policy['authority'])['not_required'];
  if (
    rules.length > 0 ||
    notRequired !== undefined ||
    (policy['rules'] !== undefined && !Array.isArray(policy['rules']))
  ) {
    return [];
  }
  return [
    {
      path: ['rules'],
      message:
        'a policy needs at least one rule; where termination is documented as not required, say so with authority.not_required',
    },
  ];
}
