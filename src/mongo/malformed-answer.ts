import { inspect } from 'node:util';
import { ReaperError } from '../errors.ts';

/** The error of a server whose answer makes no sense; `message` says which answer, and what is wrong with it. */
export function malformedAnswer(message: string): ReaperError {
  return new ReaperError('malformed-answer', message, {
    remedy: 'nothing was ended; check that this really is a MongoDB server, with: reaper check',
  });
}

/** Returns a function that takes a field out of a command’s answer, and throws a ReaperError if it is not such a value. */
export function fieldsOf(command: string, answer: unknown) {
  return <T>(field: string, isSuch: (value: unknown) => value is T): T => {
    const value = isMap(answer) ? answer[field] : undefined;
    if (isSuch(value)) return value;
    const shown = inspect(value, { depth: 2, breakLength: Infinity }).slice(0, 200);
    throw malformedAnswer(`the server’s ${command} makes no sense: ${field} is ${shown}`);
  };
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A date that a calendar has: BSON can hold others. */
export function isTime(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** A whole number, 0 or more. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function listOf<T>(isSuch: (value: unknown) => value is T) {
  return (value: unknown): value is readonly T[] => Array.isArray(value) && value.every(isSuch);
}

export function orNone<T>(isSuch: (value: unknown) => value is T) {
  return (value: unknown): value is T | null | undefined =>
    value === undefined || value === null || isSuch(value);
}
