import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compiledFile, oneFile } from '../../build/one-file.mjs';
import { codeUsedBy } from '../../build/record-code.ts';

const partsSaying = (word: string) => [
  { name: './main.js', text: `exports.main = 1; need('./word.js');`, early: false },
  { name: './word.js', text: `console.log('${word}'); /* a comment */ need('./late.js')`, early: true },
  { name: './late.js', text: `console.log(new Error('x').stack.split('\\n')[1]);`, early: false },
];

let file: string;
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'reaper-one-file-')), 'program.js');
});
afterEach(() => rm(join(file, '..'), { recursive: true }));

const says = (...flags: string[]) =>
  execFileSync(process.execPath, [...flags, file], { encoding: 'utf8' }).split('\n')[0];

/** Writes the program, and beside it what another program of the same length was compiled to, as of this build. */
async function withForged(buildOf = (build: string) => build): Promise<void> {
  const [right, other] = await Promise.all([oneFile(partsSaying('right')), oneFile(partsSaying('other'))]);
  await writeFile(file, other.file);
  const code = await codeUsedBy([file]);
  await writeFile(file, right.file);
  const forged = compiledFile({ build: buildOf(right.build), early: right.early }, code);
  await writeFile(`${file}.compiled`, forged, { mode: 0o644 });
}

describe('the one file that ships', () => {
  test('runs alone, and tells the line of an error', async () => {
    const { file: text } = await oneFile(partsSaying('right'));
    await writeFile(file, text);
    const [word, at] = execFileSync(process.execPath, [file], { encoding: 'utf8' }).split('\n');
    expect(word).toBe('right');
    const line = text.split('\n').findIndex((each) => each.includes('console.log(new Error')) + 1;
    expect(at).toContain(`program.js:${line}:`);
  });

  test('is not what it seems where a part has in it what hides the end of a comment', async () => {
    await expect(oneFile([{ name: './main.js', text: `'*@@/'`, early: false }])).rejects.toThrow('./main.js');
  });

  test('takes what was compiled at its build', async () => {
    await withForged();
    // Only a forgery shows that it is taken: what V8 is given must come from the same build, and the same owner.
    expect(says()).toBe('other');
  });

  test('has nothing in it that tells where it was built', async () => {
    await withForged();
    const compiled = await readFile(`${file}.compiled`);
    expect(compiled.includes('program.js')).toBe(true);
    expect(compiled.includes(dirname(file))).toBe(false);
  });

  test.each([0o664, 0o646])('but not where others may write it: %o', async (mode) => {
    await withForged();
    await chmod(`${file}.compiled`, mode);
    expect(says()).toBe('right');
  });

  test('nor of another build, nor if it makes no sense', async () => {
    await withForged((build) => build.replace(/^./, 'x'));
    expect(says()).toBe('right');
    await writeFile(`${file}.compiled`, 'nonsense');
    expect(says()).toBe('right');
  });

  test('nor does another V8 take it: without a compiler it runs all the same', async () => {
    await withForged();
    expect(says('--jitless')).toBe('right');
  });
});
