import type { TestExpression } from 'unbash';
import { all, any, not, type Truth } from '../../decide/truth.ts';

/** Takes the words of a command and returns whether it succeeds, where that shows: `true`, `false`, `test -d …`. */
export function valueOfWords([name, ...words]: readonly string[], systemdRuns: boolean): Truth {
  if (name === 'true' || name === ':') return true;
  if (name === 'false') return false;
  if (name === 'test') return valueOfTest(words, systemdRuns);
  if (name === '[') return valueOfTest(words.slice(0, -1), systemdRuns);
  return 'unknown';
}

/** `-o` binds less than `-a`, and `!` most. */
function valueOfTest(words: readonly string[], systemdRuns: boolean): Truth {
  return any(split(words, '-o'), (either) =>
    all(split(either, '-a'), ([first, ...rest]) =>
      first === '!' ? not(valueOfTest(rest, systemdRuns)) : valueOfLook([first, ...rest], systemdRuns),
    ),
  );
}

function split(words: readonly string[], at: string): string[][] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === at) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

/** The same of what stands between `[[` and `]]`. */
export function valueOfExpression(expression: TestExpression, systemdRuns: boolean): Truth {
  const valueOf = (operand: TestExpression): Truth => valueOfExpression(operand, systemdRuns);
  switch (expression.type) {
    case 'TestUnary':
      return valueOfLook([expression.operator, expression.operand.value], systemdRuns);
    case 'TestLogical':
      return (expression.operator === '&&' ? all : any)(expression.operands, valueOf);
    case 'TestNot':
      return expression.negations.length % 2 === 1
        ? not(valueOf(expression.operand))
        : valueOf(expression.operand);
    case 'TestGroup':
      return valueOf(expression.expression);
    case 'TestBinary':
      break;
  }
  return 'unknown';
}

/** The folder that is there where systemd runs, and nowhere else: sd_booted(3). */
function valueOfLook(words: readonly (string | undefined)[], systemdRuns: boolean): Truth {
  const [look, path, more] = words;
  const isFolder = more === undefined && /^\/run\/systemd\/system\/*$/.test(path ?? '');
  return isFolder && (look === '-d' || look === '-e') ? systemdRuns : 'unknown';
}
