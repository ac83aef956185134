import type { Document } from 'mongodb';
import type { Proxy } from './proxy.ts';

/**
 * Stands in for a clock that is wrong by so many ms (ahead if positive): shifts in a member's answers to reaper what
 * that member's own clock stamps, and that all alike. These are the time in `hello`, and the dates in its local list
 * of sessions and its operations. The record in config.system.sessions has the primary's time and stays.
 */
export function wrongBy(millis: number): Proxy['alter'] {
  return (answer, command) => {
    if (command === 'hello') return { ...answer, localTime: shifted(answer['localTime'], millis) };
    const cursor: Document | undefined = answer['cursor'];
    // $listLocalSessions and $currentOp are of no collection.
    if (!String(cursor?.['ns']).endsWith('.$cmd.aggregate')) return undefined;
    return { ...answer, cursor: shifted(cursor, millis) };
  };
}

/** A value with all its dates, however deep, put so many ms later. */
function shifted(value: unknown, millis: number): unknown {
  if (value instanceof Date) return new Date(value.getTime() + millis);
  if (Array.isArray(value)) return value.map((item) => shifted(item, millis));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shifted(item, millis)]));
}

/** What BSON has besides documents are objects of its own classes. */
function isPlain(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
