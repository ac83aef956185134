import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** As a part is compiled: V8 compares what it is given with what it was given by the length alone. */
const wrapped = (text) => `(function (exports, require, module, need) {${text}\n})`;

/**
 * Puts the parts of the bundle, `{ name, text, early }`, into the one file that ships.
 *
 * Node parses all of a file before it runs any of it, which for this one would take longer than most commands do. So
 * each part lies in a comment, which is passed over fast, and is read and compiled when it is first needed. An error
 * tells the line of this same file.
 *
 * Returns besides what V8 makes of those parts that a run needs early, for a file beside it.
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
    const part = { name, text, early, comment, length: hidden.length, line };
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
    compiled: compiled(
      written.filter(({ early }) => early),
      build,
    ),
  };
}

/** A line that tells what is where, then the bytes. */
function compiled(parts, build) {
  // Else it would leave out each function that has not run yet.
  setFlagsFromString('--no-lazy');
  const scripts = parts.map(
    ({ text, line }) => new Script(text, { filename: 'reaper.js', lineOffset: line }),
  );
  setFlagsFromString('--lazy');
  const made = scripts.map((script) => script.createCachedData());
  const places = {};
  let at = 0;
  for (const [number, { name }] of parts.entries()) {
    places[name] = [at, made[number].length];
    at += made[number].length;
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify({ build, places })}\n`), ...made]);
}

function linesOf(text) {
  return text.split('\n').length;
}
