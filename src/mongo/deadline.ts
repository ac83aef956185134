/** A server that did not answer in time. */
export class NoAnswer extends Error {}

/** A server that lives answers a short question at once, also after a login. In ms. */
export const openDeadline = 8_000;

/**
 * Waits for a promise, but no longer than `millis`; then throws. The driver’s own timeouts do not end a
 * command on a server that is stopped while the connection stays up.
 */
export async function within<T>(millis: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer to ${what} within ${millis / 1000} s`)), millis);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}
