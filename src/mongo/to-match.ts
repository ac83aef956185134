import type { Document } from 'mongodb';
import type { Narrowing } from '../decide/narrowing.ts';
import { binaryUid } from './binary.ts';
import { anyText, type Pattern } from '../decide/pattern.ts';

/** Takes a narrowing and returns the `$match` that says it to the server; undefined where it leaves nothing out. */
export function toMatch(narrowing: Narrowing): Document | undefined {
  if (narrowing === 'all') return undefined;
  if (narrowing === 'none') return { $expr: false };
  if ('usedBefore' in narrowing) return { lastUse: { $lt: new Date(narrowing.usedBefore) } };
  if ('allOf' in narrowing) return { $and: narrowing.allOf.map((part) => toMatch(part) ?? {}) };
  if ('anyOf' in narrowing) return { $or: narrowing.anyOf.map((part) => toMatch(part) ?? {}) };
  const byName = narrowing.owners.map((pattern) => ({ 'user.name': regexOf(pattern) }));
  const byUid = narrowing.uids.map(binaryUid);
  return {
    $or: [
      { '_id.uid': { $in: byUid } },
      ...byName,
      // Who owns a record without a name is found out later, and may match any glob (L3).
      ...(byName.length > 0 ? [{ 'user.name': { $exists: false } }] : []),
    ],
  };
}

/** One character may be up to four bytes, should the server count those: too much is let through, never too little. */
function regexOf({ parts }: Pattern): RegExp {
  const source = parts.map((part) => {
    if (typeof part === 'string') return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    return part === anyText ? '[\\s\\S]*' : '[\\s\\S]{1,4}';
  });
  return new RegExp(`^${source.join('')}$`);
}
