import { ReaperError } from './errors.ts';
import { formatDuration } from './policy/duration.ts';

/** Aborted when a run is to stop; its reason says why. To be disposed of, so that no timer holds the process. */
export interface Stop extends Disposable {
  readonly signal: AbortSignal;
}

/** Takes how long a run may take (ms) and what else may stop it, as a signal of the host. */
export function stopAfter(timeout: number, outer: AbortSignal | undefined): Stop {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new ReaperError('stopped', `the run took longer than ${formatDuration(timeout)} (--timeout)`, {
        remedy: 'see which member is slow; the next run tries again',
      }),
    );
  }, timeout);
  const onOuter = (): void => controller.abort(outer?.reason);
  if (outer?.aborted === true) onOuter();
  outer?.addEventListener('abort', onOuter);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onOuter);
    },
  };
}

/**
 * Waits for work that may be left alone at any point, since it ends nothing; throws the reason when stopped. What
 * comes of it afterwards is handed to `leave`.
 */
export async function unlessStopped<T>(
  signal: AbortSignal,
  work: Promise<T>,
  leave: (value: T) => unknown = () => undefined,
): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } catch (error) {
    // What fails after nobody waits for it any more is no error of this process.
    if (signal.aborted) work.then(leave).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
