import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { fileTrouble } from '../src/file-trouble.ts';

const errorOf = (doing: Promise<unknown>): Promise<unknown> => doing.catch((error: unknown) => error);

describe('what a file system refuses is said in plain words', () => {
  test.each([
    ['/nowhere/file', 'there is no such file'],
    ['/', 'this is a folder'],
    ['/etc/passwd/file', 'a file stands where a folder is needed'],
  ])('to read %s', async (path, words) => {
    expect(fileTrouble(await errorOf(readFile(path)), 'read')).toBe(words);
  });

  test.each([
    ['/nowhere/file', 'there is no such folder'],
    ['/', 'this is a folder'],
  ])('to write %s', async (path, words) => {
    expect(fileTrouble(await errorOf(writeFile(path, '')), 'write')).toBe(words);
  });

  test('in the words of the system where it is rare, and else in its own', () => {
    expect(fileTrouble(Object.assign(new Error('EIO: x'), { code: 'EIO', errno: -5 }), 'read')).toBe(
      'i/o error',
    );
    expect(fileTrouble(new Error('nothing came'), 'read')).toBe('nothing came');
  });
});
