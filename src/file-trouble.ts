import { getSystemErrorMap } from 'node:util';

/** In plain words, for who does not know the codes of the file system. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a file stands where a folder is needed',
  EISDIR: 'this is a folder',
  EEXIST: 'something else is there already',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ELOOP: 'this is a link, or leads round in a circle',
  ENAMETOOLONG: 'its name is too long',
  EROFS: 'this file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ETIMEDOUT: 'it is a pipe, and nothing came',
};

const ofWriting: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
};

/** Why a file could not be read, or written; what the system says of it where there are no words of ours. */
export function fileTrouble(error: unknown, doing: 'read' | 'write'): string {
  const { code = '', errno, message = String(error) } = error as Partial<NodeJS.ErrnoException>;
  const own = (doing === 'write' ? ofWriting[code] : undefined) ?? words[code];
  return own ?? getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
