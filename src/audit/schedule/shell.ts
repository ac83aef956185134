import {
  forEachChild,
  parse,
  type AndOr,
  type Command,
  type If,
  type Pipeline,
  type Statement,
  type SyntaxNode,
} from 'unbash';
import { all, not, type Truth } from '../../decide/truth.ts';
import { valueOfExpression, valueOfWords } from './shell-test.ts';

/** One command of a shell line, without its quotes. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** Whether the shell comes to it; unknown behind a condition of which nothing is known. */
  readonly reached: Truth;
  /** It stands in a function or a choice: whether that is called was not looked into. */
  readonly isApart: boolean;
}

/** What a line for a shell says. */
export interface ShellLine {
  /** In the order of the line, with those in subshells and substitutions. */
  readonly commands: readonly ShellCommand[];
  /** What a shell would complain of. */
  readonly faults: readonly string[];
}

/** Takes a line for `sh`. Of its conditions only the plain ones are looked into, and whether systemd runs. */
export function shellLine(line: string, systemdRuns: boolean): ShellLine {
  const walk: Walk = { systemdRuns, commands: [], faults: [], hasLeft: false };
  visit(parse(line), { reached: true, isApart: false }, walk);
  return walk;
}

interface Walk {
  readonly systemdRuns: boolean;
  readonly commands: ShellCommand[];
  readonly faults: string[];
  /** It has come to `exit`, for certain. Within a subshell or a substitution that leaves nothing else. */
  hasLeft: boolean;
}

/** How the shell comes to a node. */
type Way = Pick<ShellCommand, 'reached' | 'isApart'>;

type Visit<Type> = (node: Extract<SyntaxNode, { type: Type }>, way: Way, walk: Walk) => Truth;

const apart = (node: SyntaxNode, way: Way, walk: Walk): Truth =>
  visitInside(node, { ...way, isApart: true }, walk);

/** What is not here is looked through for what stands in it. */
const visits: { readonly [Type in SyntaxNode['type']]?: Visit<Type> } = {
  AndOr: visitAndOr,
  BraceGroup: ({ body }, way, walk) => visit(body, way, walk),
  Case: apart,
  Command: visitCommand,
  CompoundList: ({ commands }, way, walk) => visitAll(commands, way, walk),
  Coproc: apart,
  Function: apart,
  If: visitIf,
  Pipeline: visitPipeline,
  Script: ({ commands, errors = [] }, way, walk) => {
    walk.faults.push(...errors.map(({ message }) => message));
    return visitAll(commands, way, { ...walk });
  },
  Select: apart,
  Statement: ({ command }, way, walk) => visit(command, way, walk),
  Subshell: ({ body }, way, walk) => visit(body, way, { ...walk }),
  TestCommand: ({ expression }, _way, { systemdRuns }) => valueOfExpression(expression, systemdRuns),
  While: ({ kind, clause, body }, way, walk) => {
    const value = visit(clause, way, walk);
    visit(body, where(way, is(value, kind === 'while')), walk);
    return 'unknown';
  },
};

/** Collects the commands of a node, and returns whether it succeeds. */
function visit(node: SyntaxNode, way: Way, walk: Walk): Truth {
  const own = visits[node.type] as Visit<SyntaxNode['type']> | undefined;
  return own === undefined ? visitInside(node, way, walk) : own(node, way, walk);
}

function visitInside(node: SyntaxNode, way: Way, walk: Walk): Truth {
  forEachChild(node, (child) => void visit(child, way, walk));
  return 'unknown';
}

function visitAll(statements: readonly Statement[], way: Way, walk: Walk): Truth {
  let value: Truth = true;
  for (const statement of statements) value = visit(statement, where(way, !walk.hasLeft), walk);
  return value;
}

function visitAndOr({ commands, operators }: AndOr, way: Way, walk: Walk): Truth {
  let value: Truth = 'unknown';
  for (const [at, command] of commands.entries()) {
    const operator = operators[at - 1];
    if (operator === undefined) value = visit(command, way, walk);
    else {
      const goesOn = is(value, operator === '&&');
      const next = visit(command, where(way, goesOn), walk);
      value = goesOn === true ? next : goesOn === false ? value : 'unknown';
    }
  }
  return value;
}

function visitPipeline({ commands, prefixes }: Pipeline, way: Way, walk: Walk): Truth {
  const value = commands.map((command) => visit(command, way, walk)).at(-1) ?? 'unknown';
  const negations = prefixes.filter(({ type }) => type === 'Negation').length;
  return is(value, negations % 2 === 0);
}

function visitIf(node: If, way: Way, walk: Walk): Truth {
  let rest = way;
  for (const { clause, then } of [node, ...node.elif]) {
    const value = visit(clause, rest, walk);
    visit(then, where(rest, value), walk);
    rest = where(rest, not(value));
  }
  if (node.else !== undefined) visit(node.else, rest, walk);
  return 'unknown';
}

function visitCommand(node: Command, way: Way, walk: Walk): Truth {
  const words =
    node.name === undefined
      ? []
      : [node.name.value, ...node.args.map((each) => (each.type === 'Word' ? each.value : each.text))];
  if (words.length > 0) walk.commands.push({ words, ...way });
  visitInside(node, way, walk);
  if (words[0] === 'exit' && way.reached === true && !way.isApart) walk.hasLeft = true;
  return valueOfWords(words, walk.systemdRuns);
}

/** The way to what stands behind a condition. */
function where(way: Way, condition: Truth): Way {
  return { ...way, reached: all([way.reached, condition], (each) => each) };
}

function is(value: Truth, wanted: boolean): Truth {
  return wanted ? value : not(value);
}
