import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** As a part is compiled: V8 compares what it is given with what it was given by the length alone. */
const wrapped = (text) => `(function (exports, require, module, need) {${text}\n})`;

/**
 * Puts the parts of the bundle, `{ name, text, early }`, into the one file that ships.
 *
 * Node parses all of a file before it runs any of it, which for this one would take longer than most commands do. So
 * each part lies in a comment, which is passed over fast, and is read and compiled when it is first needed. An error
 * tells the line of this same file.
 *
 * Returns besides what `compiledFile` takes: the build’s name, and those parts that a run needs early, by the line
 * before each.
 */
export async function oneFile(parts) {
  const loader = await readFile(new URL('loader.cjs', import.meta.url), 'utf8');
  const build = createHash('sha256')
    .update(loader)
    .update(JSON.stringify([wrapped(''), parts]))
    .digest('hex');
  const loaderOf = (index) =>
    `#!/usr/bin/env node\n${loader}`
      .replace('INDEX', () => JSON.stringify(index))
      .replace('BUILD', () => `'${build}'`);

  let line = linesOf(loaderOf({}));
  const written = parts.map(({ name, text: bare, early }) => {
    const text = wrapped(bare);
    if (text.includes('*@@/')) throw new Error(`${name} has in it what stands for the end of a comment`);
    const hidden = text.replaceAll('*/', '*@@/');
    const comment = `/* ${name}\n${hidden}\n*/\n`;
    const part = { name, early, comment, length: hidden.length, line };
    line += linesOf(comment) - 1;
    return part;
  });
  // Places count from the end, since the index itself stands before them.
  let fromEnd = written.reduce((sum, { comment }) => sum + comment.length, 0);
  const index = {};
  for (const { name, comment, length, line: before, early } of written) {
    index[name] = [fromEnd - `/* ${name}\n`.length, length, before, early ? 1 : 0];
    fromEnd -= comment.length;
  }
  return {
    file: loaderOf(index) + written.map(({ comment }) => comment).join(''),
    build,
    early: new Map(written.filter(({ early }) => early).map(({ line: before, name }) => [before, name])),
  };
}

/** What lies beside the file: a line that tells what is where, then what V8 made of each part, by the line before it. */
export function compiledFile({ build, early }, codeByLine) {
  const parts = [...early].flatMap(([before, name]) => {
    const code = codeByLine.get(before);
    return code === undefined ? [] : [{ name, code }];
  });
  const places = {};
  let at = 0;
  for (const { name, code } of parts) {
    places[name] = [at, code.length];
    at += code.length;
  }
  return Buffer.concat([
    Buffer.from(`${JSON.stringify({ build, places })}\n`),
    ...parts.map(({ code }) => code),
  ]);
}

function linesOf(text) {
  return text.split('\n').length;
}
