import { isCollection, isScalar, visit, type Document, type Node, type Pair } from 'yaml';
import type { YamlProblem } from './parse-yaml.ts';

/** No policy written by hand comes near; what does would only keep the program busy. */
const deepest = 100;
const mostValues = 100_000;
const mostAliases = 1000;

/**
 * Characters that no reader sees, or that one program takes for the end of a line and another does not: with them
 * a policy says one thing on a screen and another here. What writes emoji and some languages is left alone.
 */
const unseen =
  /(?!\t|\n|\r\n|\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Takes the text of a YAML file and returns where it holds something that cannot be seen. */
export function unseenCharacters(text: string): YamlProblem[] {
  return Array.from(text.matchAll(unseen), ({ 0: character, index }) => {
    const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    return {
      offset: index,
      message: `an invisible character, U+${code}: remove it; where a name has one, write it as an escape in double quotes`,
    };
  });
}

/** What is YAML and too much of it, at its first place; a document with this is not looked at any further. */
export function excess(document: Document): YamlProblem | undefined {
  let found: YamlProblem | undefined;
  let values = 0;
  let aliases = 0;
  const stop = (node: Node, message: string): symbol => {
    found = { offset: node.range?.[0] ?? 0, message };
    return visit.BREAK;
  };
  visit(document, {
    Node(_key, node, path) {
      if (path.filter(isCollection).length > deepest) return stop(node, 'nested too deeply');
      if (++values > mostValues) return stop(node, `more than ${mostValues} values, so it is no policy`);
      return undefined;
    },
    Alias(_key, node) {
      if (++aliases <= mostAliases) return undefined;
      return stop(node, `more than ${mostAliases} copies, made with &name and *name: write them out`);
    },
  });
  return found;
}

/**
 * Takes a document and its text; returns what would be lost, and what different programs read differently: 010 is
 * ten in YAML 1.2 and eight in 1.1, 1e3 a number in one and a text in the other.
 */
export function traps(document: Document, text: string): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Map(_key, { items }) {
      for (const problem of keysTwice(items, text)) problems.push(problem);
    },
    Scalar(_key, { value, source = '', range }) {
      const offset = range?.[0] ?? 0;
      if (typeof value === 'string' && !value.isWellFormed())
        problems.push({ offset, message: 'half a character, which no name can have' });
      if (typeof value === 'number' && isDecimal(String(value)) && !isDecimal(source)) {
        const message = `${source} means different things to different programs; write ${value}, or '${source}' for a text`;
        problems.push({ offset, message });
      }
    },
  });
  return problems;
}

function isDecimal(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
}

/** The parser would compare each key with every other: a file of a megabyte then takes minutes. */
function keysTwice(items: readonly Pair[], text: string): YamlProblem[] {
  const seen = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const isFirst = !seen.has(key.value);
    seen.add(key.value);
    const [start = 0, end = start] = key.range ?? [];
    return isFirst
      ? []
      : [{ offset: start, message: `the key ${text.slice(start, end)} is there twice in one map; keep one` }];
  });
}

/** What is too much in a value once its copies are made; undefined if nothing is. */
export function excessOfCopies(value: unknown): string | undefined {
  const { values, depth } = sizeOf(value, new Map());
  if (depth > deepest) return 'nested too deeply';
  if (values <= mostValues) return undefined;
  return `more than ${mostValues} values, counting each copy made with &name and *name, so it is no policy`;
}

interface Size {
  readonly values: number;
  readonly depth: number;
}

/** A copy is the same object again, so each is counted once however often it is used. */
function sizeOf(value: unknown, known: Map<object, Size>): Size {
  if (typeof value !== 'object' || value === null) return { values: 1, depth: 0 };
  const before = known.get(value);
  if (before !== undefined) return before;
  const sizes = Object.values(value).map((each) => sizeOf(each, known));
  const size = {
    values: sizes.reduce((sum, each) => sum + each.values, 1),
    depth: sizes.reduce((most, each) => Math.max(most, each.depth), 0) + 1,
  };
  known.set(value, size);
  return size;
}
