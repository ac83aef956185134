import type { Span, Thing, WatchedSession } from './history.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] };

/** A session as its client keeps the record of it. */
export type OwnSession = Open<WatchedSession> & { readonly uses: Open<Span>[]; readonly things: OwnThing[] };
export type OwnThing = Open<Thing> & { readonly uses: Span[] };

/** Sends a command that carries the session's id, and notes when. Throws what the command throws. */
export async function noted<T>(
  session: OwnSession,
  command: () => Promise<T>,
): Promise<{ value: T; span: Span }> {
  const span = { from: Date.now(), to: Infinity };
  session.uses.push(span);
  try {
    return { value: await command(), span };
  } finally {
    span.to = Date.now();
  }
}

/** The same for a thing that the session holds. What fails is the end of it, and is thrown on. */
export async function notedFor<T>(
  session: OwnSession,
  thing: OwnThing,
  command: () => Promise<T>,
): Promise<T> {
  // A driver would answer for what is gone by itself, and it would look alive.
  if (thing.lost !== undefined) throw new Error('gone already');
  const from = Date.now();
  try {
    const { value, span } = await noted(session, command);
    thing.uses.push(span);
    return value;
  } catch (error) {
    const { codeName, name } = error as { codeName?: string; name: string };
    thing.lost = { span: { from, to: Date.now() }, error: codeName ?? name };
    throw error;
  }
}
