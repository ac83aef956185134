import { isNode, LineCounter, parseDocument, visit, type Document, type ErrorCode } from 'yaml';
import { excess, excessOfCopies, traps, unseenCharacters } from './yaml-traps.ts';

/** Something that is wrong with a text as YAML, and the offset at which it is. */
export interface YamlProblem {
  readonly offset: number;
  readonly message: string;
}

/** A YAML text as a tree that knows its places and as plain data; `value` counts only without problems. */
export interface ParsedYaml {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
}

/** More would let a small file grow without bounds. */
const mostCopies = 100;

/** The parser's own words say what it expected; these say what to write. */
const words: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: "what begins with * needs quotes, as '*@admin'",
  BAD_SCALAR_START: 'what begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a colon and a space within a text: put the text in quotes',
  MULTIPLE_DOCS: 'a second document begins here; a policy is one document, so remove the ---',
  NON_STRING_KEY: 'a list or map where a key should be',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab; indent with spaces',
  TAG_RESOLVE_FAILED: 'a tag; a policy needs none, remove what begins with !',
};

/** Takes any text and returns it parsed, with all that is wrong in it. Pure. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // One meaning for every file: no %YAML 1.1 with its `yes` and its times in base 60, no tags, no keys but text.
      schema: 'core',
      resolveKnownTags: false,
      stringKeys: true,
      // `traps` looks for them.
      uniqueKeys: false,
    });
    const problems = problemsIn(document, text, lines);
    if (problems.length > 0) return { document, lines, value: undefined, problems };
    const value: unknown = document.toJS({ maxAliasCount: mostCopies });
    const message = excessOfCopies(value);
    return { document, lines, value, problems: message === undefined ? [] : [{ offset: 0, message }] };
  } catch (error) {
    // The parser throws for what would exhaust it.
    const message = exhaustion(error);
    if (message === undefined) throw error;
    return { document: parseDocument(''), lines, value: undefined, problems: [{ offset: 0, message }] };
  }
}

function problemsIn(document: Document, text: string, lines: LineCounter): YamlProblem[] {
  const tooMuch = excess(document);
  const complaints = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    offset: pos[0],
    message: words[code] ?? message,
  }));
  const problems = [
    ...unseenCharacters(text),
    ...complaints,
    ...(tooMuch ? [tooMuch] : traps(document, text)),
  ];
  return firstsOfLines(problems.length === 0 ? unknownAliases(document) : problems, lines);
}

/** Only the first of each line: the others mostly follow from it. */
function firstsOfLines(problems: readonly YamlProblem[], lines: LineCounter): YamlProblem[] {
  const firsts = new Map<number, YamlProblem>();
  for (const problem of problems) {
    const { line } = lines.linePos(problem.offset);
    if (problem.offset < (firsts.get(line)?.offset ?? Infinity)) firsts.set(line, problem);
  }
  return [...firsts.values()];
}

function exhaustion(error: unknown): string | undefined {
  if (error instanceof RangeError) return 'nested too deeply';
  if (!(error instanceof ReferenceError)) return undefined;
  return `more than ${mostCopies} copies of one thing, made with &name and *name: write them out`;
}

/** `*name` without its `&name` before it: mostly a glob that lacks its quotes. */
function unknownAliases(document: Document): YamlProblem[] {
  const anchors = new Set<string>();
  const problems: YamlProblem[] = [];
  visit(document, {
    Node(_key, node) {
      if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_key, { source, range }, path) {
      const offset = range?.[0] ?? 0;
      if (path.some((node) => isNode(node) && 'anchor' in node && node.anchor === source)) {
        problems.push({
          offset,
          message: `*${source} stands for a part that it lies in itself: write it out`,
        });
      }
      if (anchors.has(source)) return;
      problems.push({
        offset,
        message: `without quotes this stands for what is marked &${source}, and nothing is; a pattern needs them: '*${source}'`,
      });
    },
  });
  return problems;
}
